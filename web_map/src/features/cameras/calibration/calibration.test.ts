import { describe, expect, it } from 'vitest'
import { SiteFrame } from '../geometry'
import { exaggeration, groundOf, horizonOf, pixelOf, residualsOf, rmsPx, type PosedCamera } from './camera'
import { blank, bodyOf, exchanged, fitted, nudged, pairOfField, picked, type Pair, type Pixel } from './pairs'

const SIZE = { widthPx: 1920, heightPx: 1080 }
const POSE = { x: 12, y: -7.5, z: 8, azimuthDeg: 35, tiltDeg: 24, rollDeg: 1.5 }
const CAMERA: PosedCamera = { pose: POSE, focalPx: 960 / Math.tan((39 * Math.PI) / 180), k1: -0.2, k2: 0.05, size: SIZE }
const FRAME = new SiteFrame(121.47, 31.23)
const near = (found: readonly number[] | null, wanted: number[], digits: number): void => wanted.forEach((one, index) => expect(found?.[index]).toBeCloseTo(one, digits))
const pairAt = (key: number, x: number, y: number, off: Pixel = [0, 0], heightM = 0): Pair => {
  const [u, v] = pixelOf(CAMERA, [x, y], heightM) as Pixel
  return { key, pixel: [u + off[0], v + off[1]], place: FRAME.toLonLat([x, y]), heightM, on: true }
}

describe('a fitted camera in the browser', () => {
  it('puts places where the server puts them (spatial/cameras/resection.py)', () => {
    near(pixelOf(CAMERA, [20, 8], 0), [815.45752, 561.02631], 4)
    near(pixelOf(CAMERA, [30, 4], 2.5), [1415.18202, 358.39041], 4)
    near(pixelOf(CAMERA, [40, 45], 6), [797.96178, 80.28954], 4)
    expect(pixelOf(CAMERA, [-40, -60], 0)).toBeNull()
  })
  it('finds the ground of a pixel where the server finds it, and none above the horizon', () => {
    near(groundOf(CAMERA, [900, 700], 0), [18.773855, 3.606365], 4)
    near(groundOf(CAMERA, [200, 900], 0), [10.33753, 4.591627], 4)
    expect(groundOf(CAMERA, [960, 3], 0)).toBeNull()
  })
  it('has the horizon where ground ends', () => {
    const level = { ...CAMERA, pose: { ...POSE, tiltDeg: 10, rollDeg: 0 } }
    const middle = horizonOf(level).find(([u]) => Math.abs(u - 960) < 25) as Pixel
    expect(groundOf(level, [middle[0], middle[1] + 2], 0)).not.toBeNull()
    expect(groundOf(level, [middle[0], middle[1] - 2], 0)).toBeNull()
    expect(horizonOf({ ...CAMERA, pose: { ...POSE, tiltDeg: 80 } })).toEqual([])
  })
  it('tells misfits in pixels and metres, and counts only what is fitted', () => {
    const pairs = [pairAt(1, 20, 8, [3, 4]), pairAt(2, 30, 4), { ...pairAt(3, 22, 20, [0, 50]), on: false }, blank(4)]
    const found = residualsOf(CAMERA, pairs, FRAME)
    near(found.map((one) => one.px), [5, 0, 50], 2)
    expect(found[0]?.m).toBeGreaterThan(0.05)
    expect(found[0]?.m).toBeLessThan(0.3)
    expect(rmsPx(found)).toBeCloseTo(5 / Math.SQRT2, 2)
    expect(exaggeration(found, 0.5)).toBe(10)
  })
})

describe('pairs of points', () => {
  it('are picked in either order: a pick fills the half that is missing, then begins the next pair', () => {
    const first = picked([], null, { place: [121, 31] })
    const whole = picked(first.pairs, first.key, { pixel: [10, 20] })
    expect(whole.pairs).toEqual([{ key: 1, pixel: [10, 20], place: [121, 31], heightM: 0, on: true }])
    expect(picked(whole.pairs, whole.key, { pixel: [30, 40] }).pairs).toHaveLength(2)
  })
  it('are sent when they are whole and on, and a refused field leads back to its pair', () => {
    const pairs = [{ ...pairAt(1, 20, 8), on: false }, blank(2), pairAt(3, 30, 4), pairAt(4, 22, 20)]
    expect(fitted(pairs).map((one) => one.key)).toEqual([3, 4])
    expect(bodyOf(pairs, SIZE).points).toHaveLength(2)
    expect(pairOfField(pairs, '/points/1/u_px')).toBe(4)
    expect(pairOfField(pairs, '/points')).toBeNull()
  })
  it('exchange their places and stay inside the picture', () => {
    const [one, other] = exchanged([pairAt(1, 20, 8), pairAt(2, 30, 4, [0, 0], 2)], 1, 2)
    expect([one?.heightM, other?.heightM]).toEqual([2, 0])
    expect(nudged([1919.95, 0.05], 1, -0.1, SIZE)).toEqual([1920, 0])
  })
})
