import type { Schema } from '@/api/client'
import { convergenceDeg, verticalAngleDeg, type Optics, type SiteFrame, type View } from '../geometry'

export type PoseOut = Schema['PoseOut']
export type Method = Schema['FootprintMethod']

/** A pose while it is edited. The names are the API's, so that a refused field is found again. */
export interface PoseDraft {
  location: [number, number] | null
  height_m: number | null
  azimuth_deg: number | null
  azimuth_given: Schema['NorthGiven']
  tilt_deg: number | null
  roll_deg: number
  hfov_deg: number | null
  vfov_deg: number | null
  range_m: number | null
  width_px: number | null
  height_px: number | null
  k1: number
  k2: number
  pan_from_deg: number | null
  pan_to_deg: number | null
  tilt_max_deg: number | null
  hfov_narrowest_deg: number | null
}

/** What every camera needs before it counts, and what makes its footprint exact (sites/cameras/poses.py). */
const NEEDED = ['location', 'azimuth_deg', 'hfov_deg', 'range_m', 'width_px'] as const
const EXACT = ['height_m', 'tilt_deg', 'height_px'] as const
/** Magnetic declination of Shanghai: compasses point west of true north. */
const DECLINATION_DEG = -6

export function emptyPose(): PoseDraft {
  return {
    location: null, height_m: null, azimuth_deg: null, azimuth_given: 'true', tilt_deg: null, roll_deg: 0, hfov_deg: null, vfov_deg: null, range_m: null,
    width_px: null, height_px: null, k1: 0, k2: 0, pan_from_deg: null, pan_to_deg: null, tilt_max_deg: null, hfov_narrowest_deg: null,
  }
}

/** A stored pose to be edited: its azimuth is from true north, whichever it was given from. */
export function draftOf(pose: PoseOut): PoseDraft {
  const draft = emptyPose()
  const kept = Object.fromEntries(Object.keys(draft).map((name) => [name, pose[name as keyof PoseOut]]))
  return { ...draft, ...kept, location: pose.location ? [pose.location[0], pose.location[1]] : null, azimuth_given: 'true' }
}

/** The pose as the API takes it: its own members and no other, for what is unknown to the API is refused. */
export function poseIn(draft: PoseDraft): Schema['PoseIn'] {
  const own = Object.fromEntries(Object.keys(emptyPose()).map((name) => [name, draft[name as keyof PoseDraft]])) as unknown as PoseDraft
  return { ...own, location_crs: 'cgcs2000' }
}

export const draftMissing = (draft: PoseDraft): string[] => NEEDED.filter((name) => draft[name] === null)
/** What would turn a sector into an exact footprint. */
export const missingForExact = (draft: PoseDraft): string[] => EXACT.filter((name) => draft[name] === null)

export function methodOf(draft: PoseDraft): Method {
  if (draftMissing(draft).length) return 'unposed'
  return missingForExact(draft).length ? 'nominal' : 'pinhole'
}

/** Degrees to add to the azimuth as it was given to have it from true north. */
export function northCorrectionDeg(draft: Pick<PoseDraft, 'azimuth_given' | 'location'>): number {
  if (draft.azimuth_given === 'magnetic') return DECLINATION_DEG
  return draft.azimuth_given === 'grid' && draft.location ? convergenceDeg(draft.location) : 0
}
export const turned = (degrees: number): number => ((degrees % 360) + 360) % 360

export function viewOf(draft: PoseDraft, kind: Schema['CameraKind'], frame: SiteFrame): View | null {
  const { location, azimuth_deg, hfov_deg, range_m, width_px, height_m, tilt_deg, height_px } = draft
  if (location === null || azimuth_deg === null || hfov_deg === null || range_m === null || width_px === null) return null
  const [x, y] = frame.toLocal(location)
  const azimuthDeg = turned(azimuth_deg + northCorrectionDeg(draft))
  if (height_m === null || tilt_deg === null || height_px === null) return { kind: 'nominal', x, y, azimuthDeg, hfovDeg: hfov_deg, rangeM: range_m, widthPx: width_px }
  const fisheye = kind === 'fisheye'
  const vfovDeg = draft.vfov_deg ?? (fisheye ? hfov_deg : verticalAngleDeg(hfov_deg, width_px, height_px))
  const optics: Optics = { hfovDeg: hfov_deg, vfovDeg, widthPx: width_px, k1: draft.k1, k2: draft.k2, rangeM: range_m, fisheye }
  return { kind: 'exact', pose: { x, y, z: height_m, azimuthDeg, tiltDeg: tilt_deg, rollDeg: draft.roll_deg }, optics }
}

/** A pose some metres from where it was. */
export function movedBy(draft: PoseDraft, frame: SiteFrame, east: number, north: number): Pick<PoseDraft, 'location'> {
  if (!draft.location) return { location: null }
  const [x, y] = frame.toLocal(draft.location)
  return { location: rounded(frame.toLonLat([x + east, y + north])) }
}

/** Nine decimals of a degree: a tenth of a millimetre. */
export const rounded = ([lon, lat]: [number, number]): [number, number] => [Math.round(lon * 1e9) / 1e9, Math.round(lat * 1e9) / 1e9]
export const tenth = (value: number): number => Math.round(value * 10) / 10
