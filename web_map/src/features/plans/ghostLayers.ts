import type { Feature } from 'geojson'
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import { iconImage } from '@/map/images'
import { FONT, TOKENS } from '@/map/tokens'

/** A camera that is not there, or not aimed so: its footprint is dashed, its symbol violet, its number that of the list. */
export interface Ghost {
  id: string
  label: string
  location: number[] | null
  azimuth_deg: number | null
  footprint: unknown
  /** Where a camera that stands looks now, to be seen beside where it is to look. */
  turn_from?: number | null
  chosen?: boolean
}
/** Length of the lines that show a turn, metres. */
const TURN_M = 14

/** Put the layers on the map unless they are there. */
export function addGhosts(map: MapLibre, dark: boolean): void {
  if (map.getSource('ghosts')) return
  const tokens = TOKENS[dark ? 'dark' : 'light']
  const violet = dark ? '#b79cf0' : '#7a4fc4'
  const part = (name: string) => ['==', ['get', 'part'], name] as never
  const chosen = ['==', ['get', 'chosen'], true] as never
  const source = 'ghosts'
  map.addSource(source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  map.addLayer({ id: 'ghost-fill', type: 'fill', source, filter: part('footprint'), paint: { 'fill-color': violet, 'fill-opacity': ['case', chosen, 0.3, 0.13] } })
  map.addLayer({ id: 'ghost-line', type: 'line', source, filter: part('footprint'), paint: { 'line-color': violet, 'line-width': ['case', chosen, 3, 1.8], 'line-dasharray': [2.4, 1.6] } })
  map.addLayer({ id: 'ghost-forbidden', type: 'fill', source, filter: part('forbidden'), paint: { 'fill-color': tokens.gap, 'fill-opacity': 0.16, 'fill-outline-color': tokens.gap } })
  map.addLayer({ id: 'ghost-turn', type: 'line', source, filter: part('turn'), paint: { 'line-color': ['match', ['get', 'when'], 'before', tokens.deviceOff, violet] as never, 'line-width': 2.4 } })
  map.addLayer({
    id: 'ghost-camera', type: 'symbol', source, filter: part('camera'),
    layout: { 'icon-image': iconImage('camera', 'on', dark), 'icon-rotate': ['coalesce', ['get', 'azimuth_deg'], 0] as never, 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 1.3], 'text-anchor': 'top', 'text-allow-overlap': true },
    paint: { 'icon-opacity': 0.85, 'text-color': violet, 'text-halo-color': tokens.halo, 'text-halo-width': 1.8 },
  })
}

export function drawGhosts(map: MapLibre, ghosts: Ghost[], forbidden: unknown[] = []): void {
  const features: Feature[] = forbidden.map((geometry) => ({ type: 'Feature', properties: { part: 'forbidden' }, geometry: geometry as never }))
  for (const one of ghosts) {
    const shared = { id: one.id, chosen: Boolean(one.chosen) }
    if (one.footprint) features.push({ type: 'Feature', properties: { ...shared, part: 'footprint' }, geometry: one.footprint as never })
    if (!one.location) continue
    features.push({ type: 'Feature', properties: { ...shared, part: 'camera', label: one.label, azimuth_deg: one.azimuth_deg }, geometry: { type: 'Point', coordinates: one.location } })
    if (one.turn_from === undefined || one.turn_from === null || one.azimuth_deg === null) continue
    for (const [when, azimuth] of [['before', one.turn_from], ['after', one.azimuth_deg]] as const) {
      features.push({ type: 'Feature', properties: { part: 'turn', when }, geometry: { type: 'LineString', coordinates: [one.location, ahead(one.location, azimuth)] } })
    }
  }
  map.getSource<GeoJSONSource>('ghosts')?.setData({ type: 'FeatureCollection', features })
}

/** The place some metres ahead in a direction. */
function ahead([lon = 0, lat = 0]: number[], azimuth_deg: number): [number, number] {
  const turn = (azimuth_deg * Math.PI) / 180
  return [lon + (TURN_M * Math.sin(turn)) / (111_320 * Math.cos((lat * Math.PI) / 180)), lat + (TURN_M * Math.cos(turn)) / 110_574]
}
