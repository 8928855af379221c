import { nearBlindZone, sector, seenGround } from './footprints'
import { focalPx, type Optics, type Pose } from './optics'
import { shadowsOf, type Obstacle } from './shadows'
import { areaOf, contains, NOTHING, without, type Ground, type Point, type Ring } from './shapes'

/** A camera of which only place, azimuth, angle and range are known. */
export interface NominalView {
  kind: 'nominal'
  x: number
  y: number
  azimuthDeg: number
  hfovDeg: number
  rangeM: number
  widthPx: number
}
export interface ExactView {
  kind: 'exact'
  pose: Pose
  optics: Optics
}
export type View = NominalView | ExactView

/** The densities people know: detection, observation, recognition, identification (EN 62676-4). */
export const RINGS_PX_PER_M = [25, 62.5, 125, 250] as const

/** What is seen of a plane, what is hidden of it by something, and how large the seen part is. */
export interface Seen {
  free: Ground
  visible: Ring[]
  hidden: Ring[]
  area: number
}

export const footOf = (view: View): Point => (view.kind === 'nominal' ? [view.x, view.y] : [view.pose.x, view.pose.y])

/** Ground in the picture at a density, as if nothing stood in the way. */
export function inView(view: View, planeZ: number, pxPerM: number): Ground {
  if (view.kind === 'exact') return seenGround(view.pose, view.optics, planeZ, pxPerM)
  const focal = focalPx(view.hfovDeg, view.widthPx, view.hfovDeg >= 150)
  const radius = pxPerM > 0 ? Math.min(view.rangeM, focal / pxPerM) : view.rangeM
  return sector([view.x, view.y], view.azimuthDeg, view.hfovDeg, radius)
}

/** Shadows of everything that stands around; a nominal view has no height, so all of them are endless. */
export function shadows(view: View, planeZ: number, obstacles: Obstacle[]): Ring[] {
  if (view.kind === 'exact') return obstacles.flatMap((one) => shadowsOf(footOf(view), view.pose.z, one, planeZ, view.optics.rangeM))
  return obstacles.flatMap((one) => shadowsOf(footOf(view), 0.01, { ...one, bottom: -1, top: 1e3 }, 0, view.rangeM))
}

/** Ground in the picture, divided into what is seen and what is hidden. */
export function look(view: View, planeZ: number, pxPerM: number, cast: Ring[]): Seen {
  const free = inView(view, planeZ, pxPerM)
  let visible = free.pieces
  const hidden: Ring[] = []
  for (const shadow of cast) {
    const { left, taken } = without(visible, shadow)
    visible = left
    hidden.push(...taken)
  }
  return { free, visible, hidden, area: areaOf(visible) }
}

export const blindZone = (view: View): Ground => (view.kind === 'exact' ? nearBlindZone(view.pose, view.optics, 0) : NOTHING)

export const sees = (seen: Seen, place: Point): boolean => seen.visible.some((piece) => contains(piece, place))
