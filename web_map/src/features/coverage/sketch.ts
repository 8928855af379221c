import type { Feature, Geometry, Position } from 'geojson'
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import { computed, ref } from 'vue'
import { TOKENS } from '@/map/tokens'

export type SketchKind = 'Polygon' | 'LineString' | 'Point'

/** The geometry of corners that were clicked; null while there are too few of them. */
export function shapeOf(kind: SketchKind, corners: Position[]): Geometry | null {
  if (kind === 'Point') return corners.length ? { type: 'Point', coordinates: corners.at(-1) as Position } : null
  if (kind === 'LineString') return corners.length >= 2 ? { type: 'LineString', coordinates: corners } : null
  return corners.length >= 3 ? { type: 'Polygon', coordinates: [[...corners, corners[0] as Position]] } : null
}

/** One shape drawn by clicking corners on a map; what it may be is judged by the server. */
export function sketch(map: MapLibre, kind: () => SketchKind, dark: boolean) {
  const corners = ref<Position[]>([])
  const geometry = computed(() => shapeOf(kind(), corners.value))
  const tokens = TOKENS[dark ? 'dark' : 'light']
  map.addSource('sketch', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  map.addLayer({ id: 'sketch-fill', type: 'fill', source: 'sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': tokens.deviceOn, 'fill-opacity': 0.2 } })
  map.addLayer({ id: 'sketch-line', type: 'line', source: 'sketch', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': tokens.deviceOn, 'line-width': 2.5 } })
  map.addLayer({ id: 'sketch-corner', type: 'circle', source: 'sketch', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': tokens.deviceOn, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 2 } })
  map.getCanvas().style.cursor = 'crosshair'

  function show(): void {
    const features: Feature[] = corners.value.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }))
    const line = corners.value.length === 2 ? shapeOf('LineString', corners.value) : geometry.value
    if (line && line.type !== 'Point') features.unshift({ type: 'Feature', properties: {}, geometry: line })
    map.getSource<GeoJSONSource>('sketch')?.setData({ type: 'FeatureCollection', features })
  }
  function set(next: Position[]): void {
    corners.value = next
    show()
  }
  map.doubleClickZoom.disable()
  map.on('click', (event: MapMouseEvent) => {
    const place: Position = [event.lngLat.lng, event.lngLat.lat]
    set(kind() === 'Point' ? [place] : [...corners.value, place])
  })
  return { geometry, corners, undo: () => set(corners.value.slice(0, -1)), clear: () => set([]) }
}
