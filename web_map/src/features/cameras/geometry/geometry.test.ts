import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { areaOf, convergenceDeg, look, nearBlindZone, panReach, sees, shadows, SiteFrame, type ExactView, type NominalView, type Obstacle, type Optics, type Point, type Pose } from '.'

interface Case {
  name: string
  target_z: number
  camera: Record<'x' | 'y' | 'z' | 'azimuth' | 'tilt' | 'roll' | 'hfov' | 'vfov' | 'width_px' | 'min_ppm', number>
  obstacles: { polygon?: Point[]; base?: Point[]; bottom?: number; top: number }[]
  area_m2: number
  area_tol_m2: number
  points: [number, number, number][]
}
const CASES = JSON.parse(readFileSync('../tests/spatial/cameras/golden/footprints.json', 'utf8')) as Case[]
const POSE: Pose = { x: 3, y: -4, z: 6, azimuthDeg: 75, tiltDeg: 25, rollDeg: 3 }
const LENS: Optics = { hfovDeg: 62, vfovDeg: 37.5, widthPx: 2560, k1: 0, k2: 0, rangeM: 100, fisheye: false }

/** The referee has no far limit. */
const viewOf = ({ camera }: Case): ExactView => ({
  kind: 'exact',
  pose: { x: camera.x, y: camera.y, z: camera.z, azimuthDeg: camera.azimuth, tiltDeg: camera.tilt, rollDeg: camera.roll },
  optics: { hfovDeg: camera.hfov, vfovDeg: camera.vfov, widthPx: camera.width_px, k1: 0, k2: 0, rangeM: 1e6, fisheye: false },
})
const wall = (west: number, south: number, east: number, north: number, top: number): Obstacle => ({ rings: [[[west, south], [east, south], [east, north], [west, north]]], bottom: 0, top })

describe('the footprint drawn in the browser', () => {
  it.each(CASES)('has the area of the referee and not one labelled point wrong: $name', (given) => {
    const view = viewOf(given)
    const obstacles = given.obstacles.map((one) => ({ rings: [one.polygon ?? one.base ?? []], bottom: one.bottom ?? 0, top: one.top }))
    const seen = look(view, given.target_z, given.camera.min_ppm, shadows(view, given.target_z, obstacles))
    expect(Math.abs(seen.area - given.area_m2)).toBeLessThanOrEqual(given.area_tol_m2)
    expect(given.points.filter(([x, y, label]) => sees(seen, [x, y]) !== (label === 1))).toEqual([])
  })

  it.each([
    ['a bent picture', { ...LENS, hfovDeg: 88, vfovDeg: 57, k1: -0.28, rangeM: 60 }, [4127.6, 3228.75, 492.73, 88.66]],
    ['a fisheye that sees half a sphere', { ...LENS, hfovDeg: 180, vfovDeg: 180, widthPx: 2000, rangeM: 40, fisheye: true }, [2677.58, 1100.13, 151.57, 0]],
    ['a fisheye of 120°', { ...LENS, hfovDeg: 120, vfovDeg: 120, widthPx: 2000, rangeM: 40, fisheye: true }, [1727.04, 1577.14, 237.18, 27.19]],
    ['a plain lens', LENS, [1866.67, 1866.67, 726.33, 147.88]],
  ])('has the rings of the server: %s', (_, optics, wanted) => {
    const areas = [0, 25, 62.5, 125].map((density) => look({ kind: 'exact', pose: POSE, optics }, 0, density, []).area)
    areas.forEach((area, index) => expect(Math.abs(area - (wanted[index] ?? 0))).toBeLessThanOrEqual(0.004 * (wanted[index] ?? 0)))
  })

  it('has the near blind zone of the server', () => {
    expect(areaOf(nearBlindZone(POSE, LENS, 0).pieces)).toBeCloseTo(30.97, 1)
    expect(areaOf(nearBlindZone(POSE, { ...LENS, hfovDeg: 88, vfovDeg: 57, k1: -0.28, rangeM: 60 }, 0).pieces)).toBeCloseTo(18.55, 0)
  })

  it('reaches as far as the server says when it pans', () => {
    const limits = { fromDeg: 300, toDeg: 60, tiltMaxDeg: 60, hfovNarrowestDeg: 2.4 }
    expect(areaOf(panReach(POSE, LENS, limits, 0, 25).pieces)).toBeCloseTo(10432.65, 0)
    expect(areaOf(panReach(POSE, LENS, { ...limits, fromDeg: 0, toDeg: 360 }, 0, 25).pieces)).toBeCloseTo(31297.96, 0)
  })

  it('is a sector when height and tilt are unknown, and shrinks to 16 m at 60 px/m (GF-2, GF-2b)', () => {
    const view: NominalView = { kind: 'nominal', x: 0, y: 0, azimuthDeg: 45, hfovDeg: 90, rangeM: 100, widthPx: 1920 }
    expect(look(view, 0, 0, []).area / ((Math.PI * 100 ** 2) / 4)).toBeCloseTo(1, 3)
    expect(look(view, 0, 60, []).area / ((Math.PI * 16 ** 2) / 4)).toBeCloseTo(1, 3)
  })

  it('loses to a full-height wall what GF-3 says', () => {
    const view: NominalView = { kind: 'nominal', x: 0, y: 0, azimuthDeg: 45, hfovDeg: 90, rangeM: 100, widthPx: 1920 }
    const seen = look(view, 0, 0, shadows(view, 0, [wall(49.999, 0, 50.001, 50, 3)]))
    // what the wall hides is the sector beyond x = 50 m below 45°
    expect(areaOf(seen.hidden) / ((Math.PI * 100 ** 2) / 8 - (50 * 50) / 2)).toBeCloseTo(1, 2)
    expect(seen.area + areaOf(seen.hidden)).toBeCloseTo(areaOf(seen.free.pieces), 6)
  })

  it('never grows when something more stands in the way', () => {
    const view: ExactView = { kind: 'exact', pose: POSE, optics: LENS }
    let before = look(view, 0, 0, []).area
    const standing: Obstacle[] = []
    for (let step = 0; step < 12; step += 1) {
      standing.push(wall(10 + 5 * step, -12 + 3 * step, 14 + 5 * step, -8 + 3 * step, 1 + step))
      const { area } = look(view, 0, 0, shadows(view, 0, standing))
      expect(area).toBeLessThanOrEqual(before + 1e-6)
      before = area
    }
  })

  it('sees over a wall with a hole in it nothing that the wall hides: a hoarding around the camera', () => {
    const ring = (half: number): Point[] => [[-half, -half], [half, -half], [half, half], [-half, half]]
    const view: ExactView = { kind: 'exact', pose: { ...POSE, x: 0, y: 0, rollDeg: 0, z: 6 }, optics: LENS }
    const seen = look(view, 0, 0, shadows(view, 0, [{ rings: [ring(20.1), ring(20)], bottom: 0, top: 2 }]))
    expect(sees(seen, [12, 3])).toBe(true)
    expect(sees(seen, [25, 6.7])).toBe(false)
    expect(sees(seen, [45, 12])).toBe(true)
  })
})

describe('the frame of a site', () => {
  const frame = new SiteFrame(121.4704, 31.2269)
  it.each([
    [[121.4914, 31.2269], [2000.825, 0.1901]], [[121.4704, 31.2449], [0, 1995.7235]],
    [[121.4554, 31.2119], [-1429.3864, -1663.0017]], [[121.4909, 31.2448], [1952.8181, 1984.8173]],
  ])('agrees with PROJ to a millimetre at %s', (place, wanted) => {
    const [x, y] = frame.toLocal(place)
    expect(Math.hypot(x - (wanted[0] ?? 0), y - (wanted[1] ?? 0))).toBeLessThan(0.001)
    const [lon, lat] = frame.toLonLat([x, y])
    expect(Math.hypot(lon - (place[0] ?? 0), lat - (place[1] ?? 0))).toBeLessThan(1e-9)
  })
  it('knows how far grid north is from true north in both zones', () => {
    expect(convergenceDeg([121.4704, 31.2269])).toBeCloseTo(0.762421, 5)
    expect(convergenceDeg([121.6, 31])).toBeCloseTo(-0.721160, 5)
  })
})

it('is computed in a few milliseconds among forty obstacles', () => {
  const standing = Array.from({ length: 40 }, (_, index) => wall((index % 8) * 12 - 40, Math.floor(index / 8) * 12 - 30, (index % 8) * 12 - 34, Math.floor(index / 8) * 12 - 26, 1 + (index % 5)))
  const began = performance.now()
  for (let round = 0; round < 50; round += 1) {
    const view: ExactView = { kind: 'exact', pose: { ...POSE, azimuthDeg: round * 7 }, optics: LENS }
    const cast = shadows(view, 0, standing)
    for (const density of [0, 25, 62.5, 125, 250]) look(view, 0, density, cast)
  }
  const each = (performance.now() - began) / 50
  console.info(`footprint, four rings and shadows of 40 obstacles: ${each.toFixed(2)} ms`)
  expect(each).toBeLessThan(25)
})
