import { describe, expect, it } from 'vitest'
import { SiteFrame } from '../geometry'
import { draftMissing, emptyPose, methodOf, movedBy, northCorrectionDeg, viewOf } from './poseDraft'
import { useHistory } from './useHistory'

const FRAME = new SiteFrame(121.47, 31.23)
const NOMINAL = { ...emptyPose(), location: [121.4705, 31.2302] as [number, number], azimuth_deg: 45, hfov_deg: 90, range_m: 100, width_px: 1920 }

describe('a pose that is edited', () => {
  it('says what it lacks, and never makes anything up', () => {
    expect(draftMissing({ ...NOMINAL, azimuth_deg: null })).toEqual(['azimuth_deg'])
    expect(viewOf({ ...NOMINAL, azimuth_deg: null }, 'fixed', FRAME)).toBeNull()
    expect(methodOf(emptyPose())).toBe('unposed')
  })
  it('is nominal without height and tilt, exact with them', () => {
    expect(methodOf(NOMINAL)).toBe('nominal')
    const exact = { ...NOMINAL, height_m: 8, tilt_deg: 20, height_px: 1080 }
    expect(methodOf(exact)).toBe('pinhole')
    expect(viewOf(exact, 'fixed', FRAME)).toMatchObject({ kind: 'exact', optics: { vfovDeg: expect.closeTo(58.72, 1) as number } })
  })
  it('turns what was read from a compass or the grid to true north', () => {
    expect(northCorrectionDeg({ ...NOMINAL, azimuth_given: 'grid' })).toBeCloseTo(0.76, 2)
    expect(viewOf({ ...NOMINAL, azimuth_deg: 2, azimuth_given: 'magnetic' }, 'fixed', FRAME)).toMatchObject({ azimuthDeg: 356 })
  })
  it('moves by metres', () => {
    const [x, y] = FRAME.toLocal(NOMINAL.location)
    const [movedX, movedY] = FRAME.toLocal(movedBy(NOMINAL, FRAME, 0.1, -1).location ?? [0, 0])
    expect(movedX - x).toBeCloseTo(0.1, 3)
    expect(movedY - y).toBeCloseTo(-1, 3)
  })
})

describe('its history', () => {
  it('takes one drag back in one step, and forward again', () => {
    const history = useHistory(0)
    for (const value of [1, 2, 3]) history.change(value, 'drag 1')
    history.change(4, 'drag 2')
    history.undo()
    expect(history.value.value).toBe(3)
    history.undo()
    expect([history.value.value, history.canUndo.value]).toEqual([0, false])
    history.redo()
    expect(history.value.value).toBe(3)
  })
  it('forgets what was taken back once something else is changed', () => {
    const history = useHistory(0)
    history.change(1, 'a')
    history.undo()
    history.change(2, 'b')
    expect(history.canRedo.value).toBe(false)
  })
})
