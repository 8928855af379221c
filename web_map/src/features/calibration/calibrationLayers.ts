import type { Feature } from 'geojson'
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import type { Schema } from '@/api/client'
import { GAP_LAYERS } from '@/map/layers/gaps'
import { FONT, TOKENS } from '@/map/tokens'
import type { Picked } from './points'

/** Metres in a degree of latitude, for drawing an ellipse of a few metres. */
const METRES_PER_DEGREE = 111_320

/** An ellipse on the ground: semi-axes in metres, the long one's azimuth clockwise from north. */
export function ellipseOf(one: Schema['LocatedPixelOut']): Feature {
  const turn = (one.ellipse_orientation_deg * Math.PI) / 180
  const [lon, lat] = one.location as [number, number]
  const ring = Array.from({ length: 49 }, (_, index) => {
    const angle = (index / 48) * 2 * Math.PI
    const [long, short] = [one.ellipse_major_m * Math.cos(angle), one.ellipse_minor_m * Math.sin(angle)]
    const [east, north] = [long * Math.sin(turn) + short * Math.cos(turn), long * Math.cos(turn) - short * Math.sin(turn)]
    return [lon + east / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), lat + north / METRES_PER_DEGREE]
  })
  return { type: 'Feature', properties: { part: 'ellipse' }, geometry: { type: 'Polygon', coordinates: [ring] } }
}

/** What other cameras see would only hide the ground here. */
const OTHERS = ['footprint-fill', 'footprint-line', 'footprint-line-offline']

export interface Shown {
  points: Picked[]
  current: number | null
  ghost: Schema['FootprintOut'] | null
  fitted: [number, number] | null
  located: Schema['LocatedPixelOut'] | null
}

/** Put the layers on the map unless they are there: points, the footprint the fit would give, and a located pixel with its ellipse. */
export function addCalibration(map: MapLibre, dark: boolean): void {
  for (const id of [...GAP_LAYERS, ...OTHERS]) if (map.getLayer(id) && map.getLayoutProperty(id, 'visibility') !== 'none') map.setLayoutProperty(id, 'visibility', 'none')
  if (map.getSource('calibration')) return
  const tokens = TOKENS[dark ? 'dark' : 'light']
  const part = (name: string) => ['==', ['get', 'part'], name] as never
  const source = 'calibration'
  map.addSource(source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  map.addLayer({ id: 'calibration-ghost', type: 'fill', source, filter: part('ghost'), paint: { 'fill-color': tokens.deviceOn, 'fill-opacity': 0.16 } })
  map.addLayer({ id: 'calibration-ghost-line', type: 'line', source, filter: part('ghost'), paint: { 'line-color': tokens.deviceOn, 'line-width': 2, 'line-dasharray': [3, 2] } })
  map.addLayer({ id: 'calibration-ellipse', type: 'fill', source, filter: part('ellipse'), paint: { 'fill-color': '#d98a00', 'fill-opacity': 0.35, 'fill-outline-color': '#d98a00' } })
  map.addLayer({ id: 'calibration-lens', type: 'circle', source, filter: part('lens'), paint: { 'circle-radius': 6, 'circle-color': tokens.deviceOn, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 2 } })
  map.addLayer({ id: 'calibration-point', type: 'circle', source, filter: part('point'), paint: { 'circle-radius': 7, 'circle-color': ['case', ['get', 'on'], '#ffd24a', '#ffffff'] as never, 'circle-stroke-color': tokens.edge, 'circle-stroke-width': 2.2 } })
  map.addLayer({ id: 'calibration-number', type: 'symbol', source, filter: part('point'), layout: { 'text-field': ['get', 'number'], 'text-font': FONT, 'text-size': 12, 'text-offset': [1.1, -0.8], 'text-allow-overlap': true }, paint: { 'text-color': tokens.text, 'text-halo-color': tokens.halo, 'text-halo-width': 1.8 } })
}

export function drawCalibration(map: MapLibre, shown: Shown): void {
  const features: Feature[] = shown.points.flatMap((one, index) =>
    one.location ? [{ type: 'Feature', properties: { part: 'point', number: String(index + 1), on: one.key === shown.current }, geometry: { type: 'Point', coordinates: one.location } }] : [],
  )
  if (shown.ghost?.geometry) features.push({ type: 'Feature', properties: { part: 'ghost' }, geometry: shown.ghost.geometry as never })
  if (shown.fitted) features.push({ type: 'Feature', properties: { part: 'lens' }, geometry: { type: 'Point', coordinates: shown.fitted } })
  if (shown.located) features.push(ellipseOf(shown.located))
  map.getSource<GeoJSONSource>('calibration')?.setData({ type: 'FeatureCollection', features })
}
