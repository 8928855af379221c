import type { Map as MapLibre } from 'maplibre-gl'

/** `#12.50/31.23000/121.47000`: zoom, latitude, longitude, as maps everywhere write it. */
export function viewFromHash(hash: string): { center: [number, number]; zoom: number } | null {
  const [zoom, lat, lon] = hash.replace('#', '').split('/').map(Number)
  if (zoom === undefined || lat === undefined || lon === undefined || [zoom, lat, lon].some((one) => !Number.isFinite(one))) return null
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { center: [lon, lat], zoom } : null
}

export function viewToHash(map: MapLibre): string {
  const { lng, lat } = map.getCenter()
  return `#${map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`
}
