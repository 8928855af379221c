import { axesOf, border, focalPx, RAD, type Optics, type Pose } from './optics'
import { circle, hull, NOTHING, signedArea, within, without, type Ground, type Point, type Ring } from './shapes'

/**
 * Ground that is in the picture, the browser's side of spatial/cameras/footprints.py: the same mathematics, so that what is drawn
 * while somebody drags is what the server will store. "At least q px/m" is one straight line of the picture, so a footprint is the
 * picture's outline clipped once and thrown onto the ground.
 */
const DIRECTIONS = 180

/** Ground on a plane seen with at least so many pixels per metre across the view; 0 = any. */
export function seenGround(pose: Pose, optics: Optics, planeZ: number, pxPerM: number): Ground {
  const above = pose.z - planeZ
  if (above <= 0) return NOTHING
  const ground = optics.fisheye ? fisheyeGround(pose, optics, above, pxPerM) : pinholeGround(pose, optics, above, pxPerM)
  return ground.pieces.length ? ground : NOTHING
}

function depthMax(optics: Optics, pxPerM: number): number {
  return pxPerM <= 0 ? optics.rangeM : Math.min(focalPx(optics.hfovDeg, optics.widthPx, optics.fisheye) / pxPerM, optics.rangeM)
}

function pinholeGround(pose: Pose, optics: Optics, above: number, pxPerM: number): Ground {
  const { forward, right, up } = axesOf(pose)
  const rate = above / depthMax(optics, pxPerM)
  const insideBy = ([u, v]: Point): number => -(forward[2] + u * right[2] - v * up[2]) - rate
  const onGround = ([u, v]: Point): Point => {
    const depth = above / -(forward[2] + u * right[2] - v * up[2])
    return [pose.x + depth * (forward[0] + u * right[0] - v * up[0]), pose.y + depth * (forward[1] + u * right[1] - v * up[1])]
  }
  const picture = border(optics)
  const outline = clipped(picture, insideBy).map(onGround)
  if (outline.length < 3) return NOTHING
  // an undistorted outline is convex; one bent by distortion is a fan of triangles about the middle of the picture
  const fan: Ring[] = picture.length === 4 ? [picture] : picture.map((corner, index) => [[0, 0], corner, picture[(index + 1) % picture.length] as Point])
  const pieces = fan.map((piece) => clipped(piece, insideBy).map(onGround)).filter((piece) => piece.length >= 3 && Math.abs(signedArea(piece)) > 1e-9)
  return { outlines: [outline], pieces: pieces.map(orderly) }
}

const orderly = (ring: Ring): Ring => (signedArea(ring) < 0 ? [...ring].reverse() : ring)

/** A ring clipped by one line: corners where `insideBy` ≥ 0, and the crossings of its sides. */
function clipped(ring: Ring, insideBy: (point: Point) => number): Ring {
  const kept: Ring = []
  for (let index = 0; index < ring.length; index += 1) {
    const here = ring[index] as Point
    const next = ring[(index + 1) % ring.length] as Point
    const [from, to] = [insideBy(here), insideBy(next)]
    if (from >= 0) kept.push(here)
    if (from >= 0 !== to >= 0) {
      const share = from / (from - to)
      kept.push([here[0] + share * (next[0] - here[0]), here[1] + share * (next[1] - here[1])])
    }
  }
  return kept
}

/** An equidistant lens: inside its cone, and near enough that f / distance is the density demanded. */
function fisheyeGround(pose: Pose, optics: Optics, above: number, pxPerM: number): Ground {
  const far = depthMax(optics, pxPerM)
  if (far <= above) return NOTHING
  const disc = circle([pose.x, pose.y], Math.sqrt(far * far - above * above))
  const halfDeg = optics.hfovDeg / 2
  const { forward } = axesOf(pose)
  if (halfDeg >= 90 && forward[2] <= -Math.sin(30 * RAD)) return { outlines: [disc], pieces: [disc] }
  const { start, rim } = coneGround(pose, optics, above)
  const outline = within(rim, disc)
  if (!outline.length) return NOTHING
  // what a plane cuts from a cone narrower than half a sphere is convex
  if (halfDeg < 90) return { outlines: [outline], pieces: [orderly(outline)] }
  const pieces = rim.map((corner, index) => within(orderly([start, corner, rim[(index + 1) % rim.length] as Point]), disc))
  const solid = pieces.filter((piece) => piece.length >= 3 && Math.abs(signedArea(piece)) > 1e-9)
  return { outlines: [outline], pieces: solid }
}

/** Where a cone about the optical axis meets the plane; star-shaped about the point the axis meets, or one near it. */
function coneGround(pose: Pose, optics: Optics, above: number): { start: Point; rim: Ring } {
  const { forward } = axesOf(pose)
  const cosHalf = Math.cos((optics.hfovDeg * RAD) / 2)
  const down = Math.max(-forward[2], Math.sin(2 * RAD))
  let start: Point = [(forward[0] / down) * above, (forward[1] / down) * above]
  const reach = Math.hypot(...start)
  if (reach > optics.rangeM) start = [(start[0] * optics.rangeM) / reach, (start[1] * optics.rangeM) / reach]
  const rim = Array.from({ length: DIRECTIONS }, (_, index): Point => {
    const bearing = (2 * Math.PI * index) / DIRECTIONS
    const [dx, dy] = [Math.sin(bearing), Math.cos(bearing)]
    let [low, high] = [0, 2 * optics.rangeM]
    for (let round = 0; round < 40; round += 1) {
      const middle = (low + high) / 2
      const [x, y] = [start[0] + middle * dx, start[1] + middle * dy]
      const along = x * forward[0] + y * forward[1] - above * forward[2]
      if (along >= cosHalf * Math.hypot(x, y, above)) low = middle
      else high = middle
    }
    return [pose.x + start[0] + low * dx, pose.y + start[1] + low * dy]
  })
  return { start: [pose.x + start[0], pose.y + start[1]], rim }
}

/** Ground between the camera's foot and the near edge of its picture; nothing when the foot itself is seen. */
export function nearBlindZone(pose: Pose, optics: Optics, planeZ: number): Ground {
  const ground = seenGround(pose, optics, planeZ, 0)
  if (!ground.pieces.length) return NOTHING
  const whole = hull([[pose.x, pose.y], ...ground.outlines.flat()])
  let pieces = [whole]
  for (const piece of ground.pieces) pieces = without(pieces, piece).left
  return { outlines: [], pieces }
}

/** A sector of a camera whose height or tilt is not known. 64 corners to a right angle. */
export function sector(foot: Point, azimuthDeg: number, hfovDeg: number, radius: number): Ground {
  if (radius <= 0) return NOTHING
  if (hfovDeg >= 360) {
    const disc = circle(foot, radius)
    return { outlines: [disc], pieces: [disc] }
  }
  const steps = Math.max(2, Math.ceil((hfovDeg / 90) * 64) + 1)
  const bearing = (step: number): number => (azimuthDeg - hfovDeg / 2 + (hfovDeg * step) / (steps - 1)) * RAD
  const arc = Array.from({ length: steps }, (_, step): Point => [foot[0] + radius * Math.sin(bearing(step)), foot[1] + radius * Math.cos(bearing(step))])
  // more than half a circle is not convex: two sectors are
  const halves = hfovDeg <= 180 ? [arc] : [arc.slice(0, Math.ceil(steps / 2)), arc.slice(Math.ceil(steps / 2) - 1)]
  return { outlines: [[foot, ...arc]], pieces: halves.map((half) => orderly([foot, ...half])) }
}

export interface PanLimits {
  fromDeg: number
  toDeg: number
  tiltMaxDeg: number
  hfovNarrowestDeg: number
}

/** Everything a PTZ camera can bring into its picture at full zoom: an annular sector, which it does not watch all at once. */
export function panReach(pose: Pose, optics: Optics, limits: PanLimits, planeZ: number, pxPerM: number): Ground {
  const above = pose.z - planeZ
  if (above <= 0) return NOTHING
  const narrow = { ...optics, hfovDeg: limits.hfovNarrowestDeg, fisheye: false }
  const depth = depthMax(narrow, pxPerM)
  const steepest = Math.min(90, limits.tiltMaxDeg + optics.vfovDeg / 2)
  const inner = steepest < 90 ? above / Math.tan(steepest * RAD) : 0
  const outer = Math.sqrt(Math.max(depth * depth - above * above, 0))
  if (outer <= inner) return NOTHING
  const span = (((limits.toDeg - limits.fromDeg) % 360) + 360) % 360 || 360
  const steps = Math.max(4, Math.trunc(span) * 2)
  const at = (step: number, radius: number): Point => {
    const bearing = (limits.fromDeg + (span * step) / (steps - 1)) * RAD
    return [pose.x + radius * Math.sin(bearing), pose.y + radius * Math.cos(bearing)]
  }
  const arc = (radius: number): Ring => Array.from({ length: steps }, (_, step) => at(step, radius))
  const near: Ring = inner > 0 ? arc(inner) : [[pose.x, pose.y]]
  const pieces = Array.from({ length: steps - 1 }, (_, step): Ring =>
    orderly(inner > 0 ? [at(step, inner), at(step, outer), at(step + 1, outer), at(step + 1, inner)] : [[pose.x, pose.y], at(step, outer), at(step + 1, outer)]))
  const outlines = span === 360 ? (inner > 0 ? [arc(outer), near] : [arc(outer)]) : [[...arc(outer), ...near.reverse()]]
  return { outlines, pieces }
}
