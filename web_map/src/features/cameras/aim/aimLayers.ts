import type { FeatureCollection } from 'geojson'
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import { shadowImage } from '@/map/images'
import { GAP_LAYERS } from '@/map/layers/gaps'
import { FONT, TOKENS } from '@/map/tokens'

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }
const part = (name: string) => ['==', ['get', 'part'], name] as ['==', ['get', string], string]

/** The camera that is aimed, above everything else: seen, hidden, blind, rings, how it was before. */
function layers(dark: boolean): LayerSpecification[] {
  const tokens = TOKENS[dark ? 'dark' : 'light']
  const source = 'aim'
  return [
    { id: 'aim-before', type: 'line', source, filter: part('before'), paint: { 'line-color': tokens.deviceOff, 'line-width': 1.4, 'line-dasharray': [3, 2.4] } },
    { id: 'aim-reach', type: 'line', source, filter: part('reach'), paint: { 'line-color': tokens.district, 'line-width': 1.4, 'line-dasharray': [1, 2] } },
    { id: 'aim-visible', type: 'fill', source, filter: part('visible'), paint: { 'fill-color': tokens.deviceOn, 'fill-opacity': 0.2, 'fill-antialias': false } },
    { id: 'aim-ring-area', type: 'fill', source, filter: part('ring-area'), paint: { 'fill-color': tokens.deviceOn, 'fill-opacity': 0.1, 'fill-antialias': false } },
    { id: 'aim-hidden', type: 'fill', source, filter: part('hidden'), paint: { 'fill-color': tokens.edge, 'fill-opacity': dark ? 0.42 : 0.16, 'fill-antialias': false } },
    { id: 'aim-hidden-lines', type: 'fill', source, filter: part('hidden'), paint: { 'fill-pattern': shadowImage(dark), 'fill-opacity': 0.9 } },
    { id: 'aim-blind', type: 'fill', source, filter: part('blind'), paint: { 'fill-color': tokens.gap, 'fill-opacity': 0.16, 'fill-antialias': false } },
    { id: 'aim-outline', type: 'line', source, filter: part('outline'), paint: { 'line-color': tokens.deviceOn, 'line-width': 2.2 } },
    { id: 'aim-ring', type: 'line', source, filter: part('ring'), paint: { 'line-color': tokens.deviceOn, 'line-width': 1.2, 'line-opacity': 0.9 } },
    { id: 'aim-axis', type: 'line', source, filter: part('axis'), paint: { 'line-color': tokens.text, 'line-width': 1.2, 'line-dasharray': [4, 3], 'line-opacity': 0.7 } },
    {
      id: 'aim-ring-label', type: 'symbol', source, filter: part('ring-label'),
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 11.5, 'text-anchor': 'left', 'text-offset': [0.9, -0.5], 'text-allow-overlap': true, 'text-padding': 0 },
      paint: { 'text-color': tokens.text, 'text-halo-color': tokens.halo, 'text-halo-width': 1.6 },
    },
  ]
}

/** Gaps are what stands in force, not what is being aimed: they are shown when asked for. */
export function showGaps(map: MapLibre, shown: boolean): void {
  const visibility = shown ? 'visible' : 'none'
  for (const id of GAP_LAYERS) if (map.getLayer(id) && map.getLayoutProperty(id, 'visibility') !== visibility) map.setLayoutProperty(id, 'visibility', visibility)
}

/** Put the layers on the map unless they are there: a change of theme throws out what is not in the style. */
export function addAim(map: MapLibre, cameraId: number, deviceId: number | null, dark: boolean): void {
  for (const id of ['footprint-fill', 'footprint-line', 'footprint-line-offline']) {
    if (!map.getLayer(id)) continue
    const own = id === 'footprint-fill' ? null : ['==', ['get', 'online'], id === 'footprint-line' ? 1 : 0]
    const others = ['!=', ['id'], cameraId]
    if (!JSON.stringify(map.getFilter(id) ?? null).includes('"id"')) map.setFilter(id, (own ? ['all', own, others] : others) as never)
  }
  for (const id of ['device-on', 'device-off', 'device-near-on', 'device-near-off', 'device-name']) {
    if (deviceId !== null && map.getLayer(id) && !map.getFilter(id)) map.setFilter(id, ['!=', ['id'], deviceId])
  }
  if (map.getSource('aim')) return
  map.addSource('aim', { type: 'geojson', data: NOTHING, tolerance: 0, buffer: 64 })
  for (const layer of layers(dark)) map.addLayer(layer)
}

export function drawAim(map: MapLibre, features: FeatureCollection): void {
  map.getSource<GeoJSONSource>('aim')?.setData(features)
}
