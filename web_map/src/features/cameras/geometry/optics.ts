/** The values of camera geometry; the words of spatial/cameras/values.py. Azimuth clockwise from true north, tilt positive down. */
export interface Pose {
  x: number
  y: number
  /** Metres of the lens above the site datum. */
  z: number
  azimuthDeg: number
  tiltDeg: number
  rollDeg: number
}

/** The lens and the analysed picture. */
export interface Optics {
  hfovDeg: number
  vfovDeg: number
  widthPx: number
  k1: number
  k2: number
  rangeM: number
  /** Equidistant: r = f·θ, the usual model of a fisheye. */
  fisheye: boolean
}

export type Vector = [number, number, number]
export interface Axes {
  forward: Vector
  right: Vector
  up: Vector
}
export const RAD = Math.PI / 180

export function axesOf(pose: Pose): Axes {
  const [a, t, r] = [pose.azimuthDeg * RAD, pose.tiltDeg * RAD, pose.rollDeg * RAD]
  const [sa, ca, st, ct, sr, cr] = [Math.sin(a), Math.cos(a), Math.sin(t), Math.cos(t), Math.sin(r), Math.cos(r)]
  const [rx, ry] = [ca, -sa]
  const [ux, uy, uz] = [sa * st, ca * st, ct]
  return {
    forward: [sa * ct, ca * ct, -st],
    right: [rx * cr - ux * sr, ry * cr - uy * sr, -uz * sr],
    up: [rx * sr + ux * cr, ry * sr + uy * cr, uz * cr],
  }
}

/** fx in pixels; of an equidistant lens, pixels per radian. */
export function focalPx(hfovDeg: number, widthPx: number, equidistant: boolean): number {
  const half = (hfovDeg * RAD) / 2
  return equidistant ? widthPx / (2 * half) : widthPx / (2 * Math.tan(half))
}

/** The vertical angle that follows from the horizontal one and the picture's shape, square pixels. */
export function verticalAngleDeg(hfovDeg: number, widthPx: number, heightPx: number): number {
  return (2 * Math.atan((Math.tan((hfovDeg * RAD) / 2) * heightPx) / widthPx)) / RAD
}

export const angleOfFocalDeg = (focalMm: number, sensorWidthMm: number): number => (2 * Math.atan(sensorWidthMm / 2 / focalMm)) / RAD
export const focalOfAngleMm = (hfovDeg: number, sensorWidthMm: number): number => sensorWidthMm / (2 * Math.tan((hfovDeg * RAD) / 2))

/** Points along the picture's border when distortion bends it. */
const BORDER_POINTS = 64

/** The border of the picture in normalised coordinates (u right, v down), the distortion taken away. */
export function border(optics: Optics): [number, number][] {
  const [wide, high] = [Math.tan((optics.hfovDeg * RAD) / 2), Math.tan((optics.vfovDeg * RAD) / 2)]
  const corners: [number, number][] = [[-wide, -high], [wide, -high], [wide, high], [-wide, high]]
  if (optics.k1 === 0 && optics.k2 === 0) return corners
  const limit = turningRadius(optics.k1, optics.k2)
  const steps = BORDER_POINTS / 4
  return corners.flatMap(([u, v], side) => {
    const [nextU, nextV] = corners[(side + 1) % 4] as [number, number]
    return Array.from({ length: steps }, (_, step) => undistorted(u + (step / steps) * (nextU - u), v + (step / steps) * (nextV - v), optics, limit))
  })
}

/** Newton on r_d = r (1 + k1 r² + k2 r⁴). Beyond the radius where the model turns back the point is held there. */
function undistorted(u: number, v: number, { k1, k2 }: Pick<Optics, 'k1' | 'k2'>, limit: number): [number, number] {
  const bent = Math.hypot(u, v)
  let radius = bent
  for (let round = 0; round < 20; round += 1) {
    const square = radius * radius
    const error = radius * (1 + k1 * square + k2 * square * square) - bent
    const slope = 1 + 3 * k1 * square + 5 * k2 * square * square
    radius = Math.min(limit, Math.max(0, radius - error / (Math.abs(slope) < 1e-6 ? 1e-6 : slope)))
  }
  const scale = bent > 0 ? radius / bent : 1
  return [u * scale, v * scale]
}

/** A point of the picture in normalised coordinates, the distortion taken away. */
export const straightened = (u: number, v: number, optics: Pick<Optics, 'k1' | 'k2'>): [number, number] => undistorted(u, v, optics, turningRadius(optics.k1, optics.k2))

/** Where the distorted radius stops growing, 0.1 % inside; far away when it never does. */
export function turningRadius(k1: number, k2: number): number {
  const roots: number[] = []
  if (k2 === 0) {
    if (k1 !== 0) roots.push(-1 / (3 * k1))
  } else {
    const inner = 9 * k1 * k1 - 20 * k2
    if (inner >= 0) for (const sign of [-1, 1]) roots.push((-3 * k1 + sign * Math.sqrt(inner)) / (10 * k2))
  }
  const turning = roots.filter((root) => root > 0)
  return turning.length ? Math.sqrt(Math.min(...turning)) * 0.999 : 10
}
