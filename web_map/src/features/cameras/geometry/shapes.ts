import earcut from 'earcut'

/** Metres east and north in the site frame. */
export type Point = [number, number]
/** Corners in order, not closed. */
export type Ring = Point[]

/**
 * A part of the ground: its outlines, for the eye (islands and holes alike, even-odd), and convex pieces that do not overlap and
 * make it up, for everything that is computed. Convex pieces need no library of polygon booleans: a convex shape is taken from a
 * convex one by cutting along its sides.
 */
export interface Ground {
  outlines: Ring[]
  pieces: Ring[]
}

export const NOTHING: Ground = { outlines: [], pieces: [] }
const TINY_M2 = 1e-9

/** Signed area; positive counter-clockwise. */
export function signedArea(ring: Ring): number {
  let twice = 0
  for (let index = 0, last = ring.length - 1; index < ring.length; last = index, index += 1) {
    const [ax, ay] = ring[last] as Point
    const [bx, by] = ring[index] as Point
    twice += ax * by - bx * ay
  }
  return twice / 2
}

export const areaOf = (pieces: Ring[]): number => pieces.reduce((sum, piece) => sum + Math.abs(signedArea(piece)), 0)

export const counterClockwise = (ring: Ring): Ring => (signedArea(ring) < 0 ? [...ring].reverse() : ring)

/** The part of a ring on the left of the line from `a` to `b`, or on its right (Sutherland–Hodgman). */
export function cut(ring: Ring, a: Point, b: Point, left: boolean): Ring {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const sign = left ? 1 : -1
  const beside = ([x, y]: Point): number => sign * (dx * (y - a[1]) - dy * (x - a[0]))
  const kept: Ring = []
  for (let index = 0; index < ring.length; index += 1) {
    const here = ring[index] as Point
    const next = ring[(index + 1) % ring.length] as Point
    const [from, to] = [beside(here), beside(next)]
    if (from >= 0) kept.push(here)
    if ((from > 0 && to < 0) || (from < 0 && to > 0)) {
      const share = from / (from - to)
      kept.push([here[0] + share * (next[0] - here[0]), here[1] + share * (next[1] - here[1])])
    }
  }
  return kept.length >= 3 ? kept : []
}

/** A ring, of any form, within a convex counter-clockwise one. */
export function within(ring: Ring, convex: Ring): Ring {
  let left = ring
  for (let index = 0; index < convex.length && left.length; index += 1) {
    left = cut(left, convex[index] as Point, convex[(index + 1) % convex.length] as Point, true)
  }
  return left
}

/** Take a convex counter-clockwise shape away from convex pieces. What is taken away comes back too: both lists are free of overlaps. */
export function without(pieces: Ring[], convex: Ring): { left: Ring[]; taken: Ring[] } {
  const left: Ring[] = []
  const taken: Ring[] = []
  const bounds = boxOf(convex)
  for (const piece of pieces) {
    if (apart(boxOf(piece), bounds)) {
      left.push(piece)
      continue
    }
    const outside: Ring[] = []
    let rest = piece
    for (let index = 0; index < convex.length && rest.length; index += 1) {
      const [a, b] = [convex[index] as Point, convex[(index + 1) % convex.length] as Point]
      const beyond = cut(rest, a, b, false)
      if (beyond.length && Math.abs(signedArea(beyond)) > TINY_M2) outside.push(beyond)
      rest = cut(rest, a, b, true)
    }
    if (rest.length && Math.abs(signedArea(rest)) > TINY_M2) {
      left.push(...outside)
      taken.push(rest)
    } else left.push(piece)
  }
  return { left, taken }
}

type Box = [number, number, number, number]
function boxOf(ring: Ring): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of ring) {
    if (x < box[0]) box[0] = x
    if (y < box[1]) box[1] = y
    if (x > box[2]) box[2] = x
    if (y > box[3]) box[3] = y
  }
  return box
}
const apart = (a: Box, b: Box): boolean => a[0] > b[2] || b[0] > a[2] || a[1] > b[3] || b[1] > a[3]

/** The convex hull, counter-clockwise (Andrew's monotone chain). */
export function hull(points: Point[]): Ring {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (given: Point[]): Ring => {
    const chain: Ring = []
    for (const point of given) {
      while (chain.length >= 2 && turn(chain[chain.length - 2] as Point, chain[chain.length - 1] as Point, point) <= 0) chain.pop()
      chain.push(point)
    }
    return chain.slice(0, -1)
  }
  return sorted.length < 3 ? sorted : [...half(sorted), ...half([...sorted].reverse())]
}

const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

/** Is a place in the ring? Even-odd. */
export function contains(ring: Ring, [x, y]: Point): boolean {
  let inside = false
  for (let index = 0, last = ring.length - 1; index < ring.length; last = index, index += 1) {
    const [ax, ay] = ring[index] as Point
    const [bx, by] = ring[last] as Point
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside
}

/** A polygon as convex pieces: itself, when it is convex, else triangles. The first ring is the outline, the others are holes. */
export function convexPieces(rings: Ring[]): Ring[] {
  const outline = rings[0]
  if (!outline || outline.length < 3) return []
  if (rings.length === 1 && Math.abs(signedArea(outline)) >= Math.abs(signedArea(hull(outline))) * (1 - 1e-9)) return [counterClockwise(outline)]
  const corners = rings.flat()
  const holes = rings.slice(0, -1).reduce<number[]>((starts, ring) => [...starts, (starts[starts.length - 1] ?? 0) + ring.length], [])
  const found = earcut(corners.flat(), holes)
  const pieces: Ring[] = []
  for (let index = 0; index < found.length; index += 3) {
    const piece = [0, 1, 2].map((step) => corners[found[index + step] as number] as Point)
    if (Math.abs(signedArea(piece)) > TINY_M2) pieces.push(counterClockwise(piece))
  }
  return pieces
}

/** Distance of a place from the nearest side of a ring. */
export function distanceTo(ring: Ring, [x, y]: Point): number {
  let nearest = Infinity
  for (let index = 0; index < ring.length; index += 1) {
    const [ax, ay] = ring[index] as Point
    const [bx, by] = ring[(index + 1) % ring.length] as Point
    const [dx, dy] = [bx - ax, by - ay]
    const square = dx * dx + dy * dy
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square))
    nearest = Math.min(nearest, Math.hypot(ax + share * dx - x, ay + share * dy - y))
  }
  return nearest
}

/** A circle as a ring, counter-clockwise. */
export function circle([x, y]: Point, radius: number, corners = 128): Ring {
  return Array.from({ length: corners }, (_, index) => {
    const angle = (2 * Math.PI * index) / corners
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  })
}
