import type { Feature } from 'geojson'
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'

const RED = '#d81e2c'
const tone = ['match', ['get', 'severity'], 'error', RED, 'warning', '#d97706', 'import', '#7a4fc4', '#566270'] as never

/** Layers above the drawing: the places remarks mean, and the preview of an import or a command. */
export function addOverlays(map: MapLibre): void {
  for (const name of ['remarks', 'preview']) {
    if (map.getSource(name)) continue
    map.addSource(name, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({ id: `${name}-fill`, type: 'fill', source: name, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': tone, 'fill-opacity': 0.28 } })
    map.addLayer({ id: `${name}-line`, type: 'line', source: name, filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': tone, 'line-width': 2.5, 'line-dasharray': [2, 1.4] } })
    map.addLayer({
      id: `${name}-point`, type: 'circle', source: name, filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 9, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': tone, 'circle-stroke-width': 3 },
    })
  }
}

export function showOverlay(map: MapLibre | null, name: 'remarks' | 'preview', features: Feature[]): void {
  map?.getSource<GeoJSONSource>(name)?.setData({ type: 'FeatureCollection', features })
}
