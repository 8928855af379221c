import type { Schema } from '@/api/client'

/** A control point while it is picked: the pixel, the place, or both may still be missing. */
export interface Picked {
  key: number
  u_px: number | null
  v_px: number | null
  location: [number, number] | null
  height_m: number
  /** Left out of the fit, but kept. */
  off: boolean
}

export const isWhole = (one: Picked): boolean => one.u_px !== null && one.v_px !== null && one.location !== null
/** The points a fit is asked with, in the order of the list. */
export const fitted = (points: Picked[]): Picked[] => points.filter((one) => isWhole(one) && !one.off)
export const sent = (points: Picked[]): Schema['PointIn'][] =>
  fitted(points).map((one) => ({ u_px: one.u_px as number, v_px: one.v_px as number, location: one.location as [number, number], height_m: one.height_m }))

type Place = { pixel: [number, number] } | { location: [number, number] }

/**
 * A click on the picture or on the map: it gives the current point what it lacks, or moves it when it lacks nothing, or begins a new
 * one. A point that was just completed is let go, so that the next click begins the next. Returns the list and the current key.
 */
export function pick(points: Picked[], current: number | null, place: Place): { points: Picked[]; current: number | null } {
  const held = points.find((one) => one.key === current)
  const given = 'pixel' in place ? { u_px: place.pixel[0], v_px: place.pixel[1] } : { location: place.location }
  if (held) {
    const next = { ...held, ...given }
    return { points: points.map((one) => (one.key === current ? next : one)), current: !isWhole(held) && isWhole(next) ? null : current }
  }
  const key = Math.max(0, ...points.map((one) => one.key)) + 1
  return { points: [...points, { key, u_px: null, v_px: null, location: null, height_m: 0, off: false, ...given }], current: key }
}

/** Move the pixel of a point by arrows: a tenth of a pixel, or one with Shift. */
export function nudged(one: Picked, key: string, coarse: boolean): Picked | null {
  const step = coarse ? 1 : 0.1
  const [du, dv] = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[key] ?? [0, 0]
  if ((du === 0 && dv === 0) || one.u_px === null || one.v_px === null) return null
  const round = (value: number): number => Math.round(Math.max(value, 0) * 10) / 10
  return { ...one, u_px: round(one.u_px + du * step), v_px: round(one.v_px + dv * step) }
}
