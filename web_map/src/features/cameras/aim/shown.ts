import type { Feature, FeatureCollection, Geometry, Position } from 'geojson'
import type { Schema } from '@/api/client'
import { areaOf, blindZone, footOf, look, panReach, RINGS_PX_PER_M, shadows, type Ground, type Obstacle, type Point, type Ring, type Seen, type SiteFrame, type View } from '../geometry'
import { draftMissing, methodOf, viewOf, type Method, type PoseDraft } from './poseDraft'

/** What a pose shows, computed here while somebody drags. */
export interface Shown {
  method: Method
  missing: string[]
  view: View | null
  seen: Seen | null
  rings: { pxPerM: number; seen: Seen }[]
  blind: Ground | null
  reach: Ground | null
  area: number | null
}

export function compute(draft: PoseDraft, kind: Schema['CameraKind'], frame: SiteFrame, obstacles: Obstacle[]): Shown {
  const view = viewOf(draft, kind, frame)
  const shown: Shown = { method: methodOf(draft), missing: draftMissing(draft), view, seen: null, rings: [], blind: null, reach: null, area: null }
  if (!view) return shown
  const cast = shadows(view, 0, obstacles)
  const seen = look(view, 0, 0, cast)
  const rings = RINGS_PX_PER_M.map((pxPerM) => ({ pxPerM, seen: look(view, 0, pxPerM, cast) })).filter((ring) => ring.seen.area > 0)
  return { ...shown, seen, rings, blind: blindZone(view), reach: kind === 'ptz' ? reachOf(view, draft) : null, area: areaOf(seen.visible) }
}

function reachOf(view: View, draft: PoseDraft): Ground | null {
  const { pan_from_deg, pan_to_deg, tilt_max_deg, hfov_narrowest_deg, hfov_deg } = draft
  if (view.kind !== 'exact' || pan_from_deg === null || pan_to_deg === null || tilt_max_deg === null) return null
  const limits = { fromDeg: pan_from_deg, toDeg: pan_to_deg, tiltMaxDeg: tilt_max_deg, hfovNarrowestDeg: hfov_narrowest_deg ?? hfov_deg ?? 60 }
  return panReach(view.pose, view.optics, limits, 0, 0)
}

/** Where the camera looks and how far: the places of the two handles, half-way and at the end of the range. */
export function handlesOf(view: View): { turn: Point; range: Point } {
  const [x, y] = footOf(view)
  const { azimuthDeg, range } = view.kind === 'nominal' ? { azimuthDeg: view.azimuthDeg, range: view.rangeM } : { azimuthDeg: view.pose.azimuthDeg, range: view.optics.rangeM }
  const angle = (azimuthDeg * Math.PI) / 180
  const at = (distance: number): Point => [x + distance * Math.sin(angle), y + distance * Math.cos(angle)]
  return { turn: at(range * 0.55), range: at(range) }
}

/** The middle of the far edge: where a ring is told apart from the next. */
function farthest(outline: Ring, view: View): Point {
  const [x, y] = footOf(view)
  const angle = ((view.kind === 'nominal' ? view.azimuthDeg : view.pose.azimuthDeg) * Math.PI) / 180
  const along = outline.map((point) => (point[0] - x) * Math.sin(angle) + (point[1] - y) * Math.cos(angle))
  const most = Math.max(...along)
  const edge = outline.filter((_, index) => (along[index] ?? 0) > most - 0.02 * Math.abs(most))
  return [edge.reduce((sum, one) => sum + one[0], 0) / edge.length, edge.reduce((sum, one) => sum + one[1], 0) / edge.length]
}

/** All of it as features for the map, each with its `part`. */
export function featuresOf(shown: Shown, before: Shown | null, frame: SiteFrame): FeatureCollection {
  const features: Feature[] = []
  const add = (part: string, geometry: Geometry | null, properties: Record<string, unknown> = {}): void => {
    if (geometry) features.push({ type: 'Feature', geometry, properties: { part, ...properties } })
  }
  const lonLat = (point: Point): Position => frame.toLonLat(point)
  const closed = (ring: Ring): Position[] => [...ring, ring[0] as Point].map(lonLat)
  const areas = (pieces: Ring[]): Geometry | null => (pieces.length ? { type: 'MultiPolygon', coordinates: pieces.map((piece) => [closed(piece)]) } : null)
  const lines = (rings: Ring[]): Geometry | null => (rings.length ? { type: 'MultiLineString', coordinates: rings.map(closed) } : null)

  if (before?.seen) add('before', lines(before.seen.free.outlines))
  if (shown.reach) add('reach', lines(shown.reach.outlines))
  if (shown.seen) {
    add('visible', areas(shown.seen.visible))
    add('hidden', areas(shown.seen.hidden))
    add('outline', lines(shown.seen.free.outlines))
  }
  if (shown.blind) add('blind', areas(shown.blind.pieces))
  for (const { pxPerM, seen } of shown.rings) {
    // a demand that the whole picture meets is no line on the ground
    if (shown.seen && areaOf(seen.free.pieces) > areaOf(shown.seen.free.pieces) * 0.999) continue
    add('ring-area', areas(seen.visible))
    add('ring', lines(seen.free.outlines))
    if (shown.view) add('ring-label', { type: 'Point', coordinates: lonLat(farthest(seen.free.outlines.flat(), shown.view)) }, { label: `${pxPerM} px/m` })
  }
  if (shown.view) {
    const ends = handlesOf(shown.view)
    add('axis', { type: 'LineString', coordinates: [lonLat(footOf(shown.view)), lonLat(ends.range)] })
  }
  return { type: 'FeatureCollection', features }
}
