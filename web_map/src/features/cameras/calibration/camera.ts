import type { Schema } from '@/api/client'
import { axesOf, RAD, straightened, turningRadius, type Point, type Pose, type SiteFrame } from '../geometry'
import { isWhole, type Pair, type Pixel, type Size } from './pairs'

/** A camera with a full pose, on a picture of a size; what spatial/cameras/resection.py fits. Pixels from the top-left corner. */
export interface PosedCamera {
  pose: Pose
  focalPx: number
  k1: number
  k2: number
  size: Size
}
type Full = Pick<Schema['FittedPoseOut'], 'location' | 'height_m' | 'azimuth_deg' | 'tilt_deg' | 'roll_deg' | 'hfov_deg' | 'k1' | 'k2'>

export function cameraOf(full: Full, frame: SiteFrame, size: Size): PosedCamera {
  const [x, y] = frame.toLocal(full.location)
  const pose = { x, y, z: full.height_m, azimuthDeg: full.azimuth_deg, tiltDeg: full.tilt_deg, rollDeg: full.roll_deg }
  return { pose, focalPx: size.widthPx / 2 / Math.tan((full.hfov_deg * RAD) / 2), k1: full.k1, k2: full.k2, size }
}

/** The stored pose as a full one, or null while something of it is unknown. */
export function fullPose(pose: Schema['PoseOut']): Full | null {
  const { location, height_m, azimuth_deg, tilt_deg, hfov_deg, roll_deg, k1, k2 } = pose
  if (!location || height_m === null || azimuth_deg === null || tilt_deg === null || hfov_deg === null) return null
  return { location: [location[0], location[1]], height_m, azimuth_deg, tilt_deg, roll_deg, hfov_deg, k1, k2 }
}

/** Pixel of a direction in camera axes; null behind the lens, or where the model of the lens turns back. */
function imaged(camera: PosedCamera, right: number, up: number, forward: number): Pixel | null {
  if (forward <= 1e-6) return null
  const [x, y] = [right / forward, -up / forward]
  const square = x * x + y * y
  if (Math.sqrt(square) > turningRadius(camera.k1, camera.k2)) return null
  const bend = camera.focalPx * (1 + camera.k1 * square + camera.k2 * square * square)
  return [x * bend + camera.size.widthPx / 2, y * bend + camera.size.heightPx / 2]
}

/** Where a place at a height is in the picture. */
export function pixelOf(camera: PosedCamera, [x, y]: Point, z: number): Pixel | null {
  const { forward, right, up } = axesOf(camera.pose)
  const away = [x - camera.pose.x, y - camera.pose.y, z - camera.pose.z]
  const along = (axis: readonly number[]): number => axis.reduce((sum, part, index) => sum + part * (away[index] ?? 0), 0)
  return imaged(camera, along(right), along(up), along(forward))
}

/** Where the ray of a pixel meets a level plane; null at and above the horizon. */
export function groundOf(camera: PosedCamera, [u, v]: Pixel, planeZ: number): Point | null {
  const { widthPx, heightPx } = camera.size
  const [x, y] = straightened((u - widthPx / 2) / camera.focalPx, (v - heightPx / 2) / camera.focalPx, camera)
  const { forward, right, up } = axesOf(camera.pose)
  const ray = [0, 1, 2].map((axis) => (forward[axis] ?? 0) + x * (right[axis] ?? 0) - y * (up[axis] ?? 0)) as [number, number, number]
  const depth = (planeZ - camera.pose.z) / ray[2]
  return Math.abs(ray[2]) > 1e-9 && depth > 0 ? [camera.pose.x + depth * ray[0], camera.pose.y + depth * ray[1]] : null
}

const HORIZON_STEPS = 60
/** The horizon across the picture, from left to right; empty when the camera does not see it. */
export function horizonOf(camera: PosedCamera): Pixel[] {
  const { forward, right, up } = axesOf(camera.pose)
  const line: Pixel[] = []
  for (let step = 0; step <= HORIZON_STEPS; step += 1) {
    const bearing = (camera.pose.azimuthDeg - 80 + (160 * step) / HORIZON_STEPS) * RAD
    const [east, north] = [Math.sin(bearing), Math.cos(bearing)]
    const pixel = imaged(camera, east * right[0] + north * right[1], east * up[0] + north * up[1], east * forward[0] + north * forward[1])
    if (pixel) line.push(pixel)
  }
  const seen = line.some(([u, v]) => u >= 0 && u <= camera.size.widthPx && v >= 0 && v <= camera.size.heightPx)
  return seen ? line : []
}

/** How far a pair is from what a camera makes of it: in the picture, and on the level of the place. */
export interface Residual {
  key: number
  on: boolean
  from: Pixel
  to: Pixel
  px: number
  /** Where the pixel points on the map's side; null above the horizon. */
  ground: Point | null
  m: number | null
}

export function residualsOf(camera: PosedCamera, pairs: Pair[], frame: SiteFrame): Residual[] {
  return pairs.filter(isWhole).flatMap((one) => {
    const [from, place] = [one.pixel as Pixel, frame.toLocal(one.place as [number, number])]
    const to = pixelOf(camera, place, one.heightM)
    if (!to) return []
    const ground = groundOf(camera, from, one.heightM)
    const m = ground ? Math.hypot(ground[0] - place[0], ground[1] - place[1]) : null
    return [{ key: one.key, on: one.on, from, to, px: Math.hypot(to[0] - from[0], to[1] - from[1]), ground, m }]
  })
}

/** Root of the mean square of the fitted pairs' misfits, pixels. */
export function rmsPx(residuals: Residual[]): number | null {
  const fitted = residuals.filter((one) => one.on)
  return fitted.length ? Math.sqrt(fitted.reduce((sum, one) => sum + one.px ** 2, 0) / fitted.length) : null
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200]
/** So many times larger than they are must misfits be drawn to be seen: the largest becomes about 40 px on the screen. */
export function exaggeration(residuals: Residual[], screenPerPx: number): number {
  const largest = Math.max(0, ...residuals.filter((one) => one.on).map((one) => one.px))
  return [...STEPS].reverse().find((step) => largest * screenPerPx * step <= 40) ?? 1
}
