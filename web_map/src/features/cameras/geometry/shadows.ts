import type { Point, Ring } from './shapes'
import { circle, contains, convexPieces, distanceTo, hull } from './shapes'

/** A prism that hides what is behind it, in the site frame; the first ring is its outline, the others are holes. */
export interface Obstacle {
  rings: Ring[]
  bottom: number
  top: number
}

/** Metres by which a camera must be above a top for the shadow to end. */
const LEVEL_WITH_M = 1e-6
/** Endless shadows are drawn to so many ranges away, so that they cover every footprint. */
const BEYOND = 3
const NEAREST_M = 0.05

/**
 * What an obstacle hides of a plane, as convex shapes that may overlap: of each convex piece of its base, the hull of two images
 * under homotheties about the camera's foot. A thing as high as the camera throws its shadow to the end of the range.
 */
export function shadowsOf(foot: Point, z: number, obstacle: Obstacle, planeZ: number, range: number): Ring[] {
  const low = Math.max(obstacle.bottom, planeZ)
  if (obstacle.top <= planeZ || z <= planeZ || low >= z) return []
  const ends = z - obstacle.top > LEVEL_WITH_M
  const outline = obstacle.rings[0] ?? []
  const holes = obstacle.rings.slice(1)
  if (!ends && contains(outline, foot) && !holes.some((hole) => contains(hole, foot))) return [circle(foot, BEYOND * range, 64)]
  const near = Math.max(distanceTo(outline, foot), NEAREST_M)
  const endless = Math.max((BEYOND * range) / near, 1)
  const scaleLow = Math.min((z - planeZ) / (z - low), endless)
  const scaleHigh = ends ? Math.min((z - planeZ) / (z - obstacle.top), endless) : endless
  const scaled = (piece: Ring, scale: number): Point[] => piece.map(([x, y]) => [foot[0] + (x - foot[0]) * scale, foot[1] + (y - foot[1]) * scale])
  return convexPieces(obstacle.rings).map((piece) => hull([...scaled(piece, scaleLow), ...scaled(piece, scaleHigh)]))
}
