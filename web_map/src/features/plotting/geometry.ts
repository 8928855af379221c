import type { Feature, Geometry, Position } from 'geojson'

/** Every position of a geometry, in order. */
export function positionsOf(geometry: Geometry): Position[] {
  switch (geometry.type) {
    case 'Point': return [geometry.coordinates]
    case 'MultiPoint':
    case 'LineString': return geometry.coordinates
    case 'MultiLineString':
    case 'Polygon': return geometry.coordinates.flat()
    case 'MultiPolygon': return geometry.coordinates.flat(2)
    case 'GeometryCollection': return geometry.geometries.flatMap(positionsOf)
  }
}

/** West, south, east, north of features; nothing for none. */
export function boundsOf(features: Feature[]): [number, number, number, number] | null {
  const all = features.flatMap((one) => positionsOf(one.geometry))
  if (!all.length) return null
  const lon = all.map((one) => one[0] ?? 0)
  const lat = all.map((one) => one[1] ?? 0)
  return [Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)]
}

/** Mean radius that makes equal areas at Shanghai good to 0.3 % while somebody draws; the server's measure is the true one. */
const METRES_PER_DEGREE = 111_320

/** Area (m²) and outline (m) of a ring of longitude and latitude, for the live display. */
export function measureRing(ring: Position[]): { area: number; length: number } {
  const first = ring[0]
  if (!first || ring.length < 2) return { area: 0, length: 0 }
  const scale = Math.cos(((first[1] ?? 0) * Math.PI) / 180)
  const plane = ring.map(([lon = 0, lat = 0]) => [lon * METRES_PER_DEGREE * scale, lat * METRES_PER_DEGREE * 0.9966] as const)
  let area = 0
  let length = 0
  for (let index = 0; index < plane.length; index += 1) {
    const here = plane[index]
    const next = plane[(index + 1) % plane.length]
    if (!here || !next) continue
    area += here[0] * next[1] - next[0] * here[1]
    if (index + 1 < plane.length) length += Math.hypot(next[0] - here[0], next[1] - here[1])
  }
  return { area: Math.abs(area / 2), length }
}

/** Move a position by metres east and north. */
export function nudged(position: Position, east: number, north: number): Position {
  const [lon = 0, lat = 0] = position
  return [lon + east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), lat + north / METRES_PER_DEGREE]
}

/** Where two segments cross, if they do. */
export function crossing(a: Position, b: Position, c: Position, d: Position): Position | null {
  const [ax = 0, ay = 0] = a, [bx = 0, by = 0] = b, [cx = 0, cy = 0] = c, [dx = 0, dy = 0] = d
  const cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
  if (Math.abs(cross) < 1e-18) return null
  const s = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / cross
  const u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / cross
  return s > 0 && s < 1 && u > 0 && u < 1 ? [ax + s * (bx - ax), ay + s * (by - ay)] : null
}

/** The first place where a closed ring crosses itself. */
export function selfCrossing(ring: Position[]): Position | null {
  const edges = ring.length - 1
  for (let i = 0; i < edges; i += 1) {
    for (let j = i + 2; j < edges; j += 1) {
      if (i === 0 && j === edges - 1) continue
      const [a, b, c, d] = [ring[i], ring[i + 1], ring[j], ring[j + 1]]
      const found = a && b && c && d ? crossing(a, b, c, d) : null
      if (found) return found
    }
  }
  return null
}

/** Corners that were clicked in a shape being drawn: without the one under the cursor and the one that closes the ring. */
export function placedCorners(positions: Position[]): number {
  const same = (a?: Position, b?: Position): boolean => a?.[0] === b?.[0] && a?.[1] === b?.[1]
  const closed = positions.length > 3 && same(positions[0], positions[positions.length - 1])
  return Math.max(0, positions.length - (closed ? 2 : 1))
}
