import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import { TOKENS } from '@/map/tokens'

/** From here on the tiles hold the terminals themselves. */
const TILES_FROM_ZOOM = 13

export interface Dot {
  id: number
  location: number[] | null
  connectivity: string
}

/** The terminals of a list as dots, for zooms at which the tiles hold none. */
export function showDots(map: MapLibre | null, devices: Dot[]): void {
  if (!map?.getLayer('ground')) return
  if (!map.getSource('device-dots')) {
    const tokens = TOKENS.light
    map.addSource('device-dots', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({
      id: 'device-dot', type: 'circle', source: 'device-dots', maxzoom: TILES_FROM_ZOOM,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 2.6, 13, 5],
        'circle-color': ['match', ['get', 'connectivity'], 'online', tokens.deviceOn, 'offline', tokens.gap, tokens.deviceOff],
        'circle-stroke-color': '#ffffff', 'circle-stroke-width': 0.8,
      },
    })
  }
  const features = devices
    .filter((one) => one.location)
    .map((one) => ({ type: 'Feature' as const, id: one.id, geometry: { type: 'Point' as const, coordinates: one.location ?? [] }, properties: { connectivity: one.connectivity } }))
  map.getSource<GeoJSONSource>('device-dots')?.setData({ type: 'FeatureCollection', features } satisfies FeatureCollection)
}
