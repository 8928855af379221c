import { describe, expect, it } from 'vitest'
import { fitted, isWhole, nudged, pick, sent, type Picked } from './points'

const at = (...keys: number[]): Picked[] => keys.map((key) => ({ key, u_px: 10, v_px: 20, location: [121, 31], height_m: 0, off: false }))

describe('picking control points', () => {
  it('begins a point with the pixel or with the place, and lets it go once it has both', () => {
    const first = pick([], null, { pixel: [5, 6] })
    expect(first.current).toBe(1)
    expect(isWhole(first.points[0] as Picked)).toBe(false)
    const second = pick(first.points, first.current, { location: [121, 31] })
    expect(second.points).toHaveLength(1)
    expect(second.current).toBeNull()
    expect(pick(second.points, null, { location: [122, 31] }).points).toHaveLength(2)
  })
  it('moves the point that is held and goes on holding it', () => {
    const moved = pick(at(1, 2), 2, { pixel: [7, 8] })
    expect(moved.points[1]).toMatchObject({ u_px: 7, v_px: 8, location: [121, 31] })
    expect(moved.current).toBe(2)
  })
  it('sends what is whole and not left out', () => {
    const points = [...at(1, 2), { key: 3, u_px: 1, v_px: 1, location: null, height_m: 0, off: false }, { ...(at(4)[0] as Picked), off: true }]
    expect(fitted(points).map((one) => one.key)).toEqual([1, 2])
    expect(sent(points)[0]).toEqual({ u_px: 10, v_px: 20, location: [121, 31], height_m: 0 })
  })
  it('is nudged by a tenth of a pixel', () => {
    const one = at(1)[0] as Picked
    expect(nudged(one, 'ArrowRight', false)).toMatchObject({ u_px: 10.1, v_px: 20 })
    expect(nudged(one, 'ArrowUp', true)).toMatchObject({ v_px: 19 })
    expect(nudged(one, 'a', false)).toBeNull()
  })
})
