import type { Schema } from '@/api/client'

export type Pixel = [u: number, v: number]
export type Place = [lon: number, lat: number]

/** A thing seen in the picture and on the map. Either half may be picked first; until both are there it takes no part in the fit. */
export interface Pair {
  key: number
  pixel: Pixel | null
  place: Place | null
  /** Metres above the site datum. */
  heightM: number
  on: boolean
}

export const FEWEST_TO_FIT = 4
export const FEWEST_TO_VERIFY = 5
/** As many as the API takes. */
export const MOST_PAIRS = 40

export const isWhole = (pair: Pair): boolean => pair.pixel !== null && pair.place !== null
/** The pairs that are fitted, in the order in which the API counts them. */
export const fitted = (pairs: Pair[]): Pair[] => pairs.filter((one) => one.on && isWhole(one))
export const nextKey = (pairs: Pair[]): number => pairs.reduce((most, one) => Math.max(most, one.key), 0) + 1
export const blank = (key: number): Pair => ({ key, pixel: null, place: null, heightM: 0, on: true })

export const changed = (pairs: Pair[], key: number, patch: Partial<Pair>): Pair[] => pairs.map((one) => (one.key === key ? { ...one, ...patch } : one))
export const without = (pairs: Pair[], key: number): Pair[] => pairs.filter((one) => one.key !== key)

/** A pick fills the half that the chosen pair lacks; otherwise it begins a new pair. */
export function picked(pairs: Pair[], chosen: number | null, half: { pixel: Pixel } | { place: Place }): { pairs: Pair[]; key: number } {
  const waiting = pairs.find((one) => one.key === chosen && ('pixel' in half ? one.pixel === null : one.place === null))
  if (waiting) return { pairs: changed(pairs, waiting.key, half), key: waiting.key }
  const key = nextKey(pairs)
  return { pairs: [...pairs, { ...blank(key), ...half }], key }
}

/** Two pairs that were taken for each other: each gets the place of the other. */
export function exchanged(pairs: Pair[], one: number, other: number): Pair[] {
  const [a, b] = [pairs.find((pair) => pair.key === one), pairs.find((pair) => pair.key === other)]
  if (!a || !b) return pairs
  return changed(changed(pairs, one, { place: b.place, heightM: b.heightM }), other, { place: a.place, heightM: a.heightM })
}

/** A pixel some pixels further, kept inside the picture, to a hundredth. */
export function nudged([u, v]: Pixel, right: number, down: number, size: Size): Pixel {
  return [within(u + right, size.widthPx), within(v + down, size.heightPx)]
}
const within = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value * 100) / 100))

export interface Size {
  widthPx: number
  heightPx: number
}

export function bodyOf(pairs: Pair[], size: Size): Schema['CalibrationIn'] {
  const points = fitted(pairs).map(({ pixel, place, heightM }) => ({ u_px: pixel?.[0] ?? 0, v_px: pixel?.[1] ?? 0, location: place as Place, height_m: heightM }))
  return { points, width_px: size.widthPx, height_px: size.heightPx, location_crs: 'cgcs2000' }
}

/** The points of a stored calibration, on a picture that may be of another size. */
export function pairsOf(stored: Schema['CalibrationOut'], size: Size): Pair[] {
  const [wide, high] = [size.widthPx / stored.width_px, size.heightPx / stored.height_px]
  return stored.points.map((one, index) => ({
    key: index + 1,
    pixel: [(one.u_px ?? 0) * wide, (one.v_px ?? 0) * high],
    place: [one.lon ?? 0, one.lat ?? 0],
    heightM: one.height_m ?? 0,
    on: true,
  }))
}

/** Which pair a refused field means: `/points/3/u_px` counts the fitted ones from 0. */
export function pairOfField(pairs: Pair[], field: string): number | null {
  const found = /^\/points\/(\d+)(?:\/|$)/.exec(field)
  return found ? (fitted(pairs)[Number(found[1])]?.key ?? null) : null
}
