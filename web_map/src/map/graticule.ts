import type { FeatureCollection, LineString } from 'geojson'

/** Lines of longitude and latitude over the city, every 0.5°, 0.1° and 0.02°, labelled: a ground that needs no server. */
export function graticule(): FeatureCollection<LineString, { step: number; label: string }> {
  const [west, south, east, north] = [120.5, 30.4, 122.6, 32]
  const features: FeatureCollection<LineString, { step: number; label: string }>['features'] = []
  const add = (step: number, label: string, coordinates: [number, number][]): void => {
    features.push({ type: 'Feature', properties: { step, label }, geometry: { type: 'LineString', coordinates } })
  }
  for (const step of [0.5, 0.1, 0.02]) {
    const coarser = step === 0.5 ? null : step === 0.1 ? 0.5 : 0.1
    const digits = step === 0.02 ? 2 : 1
    for (const value of range(west, east, step, coarser)) add(step, `${value.toFixed(digits)}°E`, [[value, south], [value, north]])
    for (const value of range(south, north, step, coarser)) add(step, `${value.toFixed(digits)}°N`, [[west, value], [east, value]])
  }
  return { type: 'FeatureCollection', features }
}

/** Multiples of `step` in the interval that are not multiples of the coarser step. */
function range(from: number, to: number, step: number, coarser: number | null): number[] {
  const values: number[] = []
  for (let index = Math.ceil(from / step); index * step <= to + 1e-9; index += 1) {
    const value = Math.round(index * step * 100) / 100
    if (coarser === null || Math.abs(value / coarser - Math.round(value / coarser)) > 1e-6) values.push(value)
  }
  return values
}
