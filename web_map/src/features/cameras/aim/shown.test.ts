import { describe, expect, it } from 'vitest'
import { SiteFrame, type Obstacle } from '../geometry'
import { emptyPose } from './poseDraft'
import { compute, featuresOf, handlesOf } from './shown'

const FRAME = new SiteFrame(121.47, 31.23)
const EXACT = { ...emptyPose(), location: [121.47, 31.23] as [number, number], azimuth_deg: 90, hfov_deg: 62, range_m: 60, width_px: 2560, height_px: 1440, height_m: 8, tilt_deg: 25 }
const WALL: Obstacle = { rings: [[[20, -5], [21, -5], [21, 5], [20, 5]]], bottom: 0, top: 3 }
const parts = (features: ReturnType<typeof featuresOf>): string[] => features.features.map((one) => String(one.properties?.part))

describe('what is drawn of a pose', () => {
  it('is nothing but what is missing while something is missing', () => {
    const shown = compute({ ...EXACT, azimuth_deg: null }, 'fixed', FRAME, [WALL])
    expect([shown.method, shown.missing, shown.area]).toEqual(['unposed', ['azimuth_deg'], null])
    expect(parts(featuresOf(shown, null, FRAME))).toEqual([])
  })
  it('is ground seen, ground hidden, blind zone and rings, with the pose before beside it', () => {
    const shown = compute(EXACT, 'fixed', FRAME, [WALL])
    const before = compute({ ...EXACT, azimuth_deg: 80 }, 'fixed', FRAME, [])
    expect(new Set(parts(featuresOf(shown, before, FRAME)))).toEqual(new Set(['before', 'visible', 'hidden', 'outline', 'blind', 'ring-area', 'ring', 'ring-label', 'axis']))
  })
  it('has no blind zone and no exact picture while height or tilt is unknown', () => {
    const shown = compute({ ...EXACT, tilt_deg: null }, 'fixed', FRAME, [])
    expect(shown.method).toBe('nominal')
    expect(parts(featuresOf(shown, null, FRAME))).not.toContain('blind')
  })
  it('shows what a PTZ camera can reach apart from what it watches', () => {
    const shown = compute({ ...EXACT, pan_from_deg: 0, pan_to_deg: 180, tilt_max_deg: 60, hfov_narrowest_deg: 3 }, 'ptz', FRAME, [])
    expect(parts(featuresOf(shown, null, FRAME))).toContain('reach')
    expect(shown.area).toBeCloseTo(compute(EXACT, 'fixed', FRAME, []).area ?? 0, 6)
  })
  it('puts the handles on the line of sight', () => {
    const { view } = compute(EXACT, 'fixed', FRAME, [])
    const { turn, range } = view ? handlesOf(view) : { turn: [0, 0], range: [0, 0] }
    expect(range[0]).toBeCloseTo(60, 3)
    expect([turn[1], range[1]]).toEqual([expect.closeTo(0, 3), expect.closeTo(0, 3)])
  })
})
