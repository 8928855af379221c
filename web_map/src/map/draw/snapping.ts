import type { Geometry, Position } from 'geojson'

export interface Pixel {
  x: number
  y: number
}

/** Rings and lines of a geometry, as lists of positions. */
export function pathsOf(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case 'Point': return [[geometry.coordinates]]
    case 'LineString': return [geometry.coordinates]
    case 'Polygon':
    case 'MultiLineString': return geometry.coordinates
    case 'MultiPolygon': return geometry.coordinates.flat()
    default: return []
  }
}

/**
 * The place a click snaps to: the nearest vertex within reach, else the nearest point of an edge within reach, else nothing.
 * Distances are on the screen, in pixels; the answer is in degrees, on the line itself.
 */
export function snapTarget(at: Pixel, geometries: Geometry[], project: (position: Position) => Pixel, reach: number): Position | undefined {
  let vertex: Position | undefined
  let edge: Position | undefined
  let nearestVertex = reach
  let nearestEdge = reach
  for (const path of geometries.flatMap(pathsOf)) {
    let before: { position: Position; pixel: Pixel } | null = null
    for (const position of path) {
      const pixel = project(position)
      const away = Math.hypot(pixel.x - at.x, pixel.y - at.y)
      if (away <= nearestVertex) {
        nearestVertex = away
        vertex = position
      }
      if (before) {
        const share = along(at, before.pixel, pixel)
        const foot = { x: before.pixel.x + share * (pixel.x - before.pixel.x), y: before.pixel.y + share * (pixel.y - before.pixel.y) }
        const off = Math.hypot(foot.x - at.x, foot.y - at.y)
        if (off <= nearestEdge) {
          nearestEdge = off
          edge = between(before.position, position, share)
        }
      }
      before = { position, pixel }
    }
  }
  return vertex ?? edge
}

/** Where on a segment its point nearest to `at` lies, 0–1. */
function along(at: Pixel, from: Pixel, to: Pixel): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const square = dx * dx + dy * dy
  return square === 0 ? 0 : Math.min(1, Math.max(0, ((at.x - from.x) * dx + (at.y - from.y) * dy) / square))
}

function between([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, share: number): Position {
  return [round(ax + share * (bx - ax)), round(ay + share * (by - ay))]
}

/** Nine decimals: 0.1 mm, and what the drawing library accepts. */
export function round(value: number): number {
  return Math.round(value * 1e9) / 1e9
}
