import { describe, expect, it } from 'vitest'
import { boundsOf, measureRing, nudged, placedCorners, selfCrossing } from './geometry'

// GF-1: 200 m × 120 m at 121.4704 E, 31.2269 N
const golden = [[121.4693138, 31.2263409], [121.4714123, 31.2263215], [121.4714353, 31.2274034], [121.4693366, 31.2274228], [121.4693138, 31.2263409]]

describe('measures while drawing', () => {
  it('tell the golden rectangle within half a per cent', () => {
    const { area, length } = measureRing(golden)
    expect(Math.abs(area / 24_000 - 1)).toBeLessThan(0.005)
    expect(Math.abs(length / 640 - 1)).toBeLessThan(0.005)
  })
})

describe('a ring', () => {
  it('that crosses itself is told where', () => {
    const place = selfCrossing([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]])
    expect(place).toEqual([1, 1])
  })
  it('that does not cross itself is let pass', () => {
    expect(selfCrossing(golden)).toBeNull()
  })
})

it('moves a vertex by metres', () => {
  const [lon = 0, lat = 0] = nudged([121.5, 31.2], 10, 0)
  expect(lat).toBe(31.2)
  expect(Math.abs((lon - 121.5) * 111_320 * Math.cos((31.2 * Math.PI) / 180) - 10)).toBeLessThan(1e-6)
})

it('has no bounds without features', () => {
  expect(boundsOf([])).toBeNull()
})

it('counts the corners placed, not the one under the pointer', () => {
  expect(placedCorners([])).toBe(0)
  expect(placedCorners([[0, 0], [1, 1]])).toBe(1)
  expect(placedCorners([[0, 0], [1, 0], [1, 1], [0.5, 0.5], [0, 0]])).toBe(3)
})
