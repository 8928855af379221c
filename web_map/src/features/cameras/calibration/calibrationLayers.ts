import type { Feature, FeatureCollection, Position } from 'geojson'
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import type { Schema } from '@/api/client'
import { TOKENS } from '@/map/tokens'
import type { Shown } from '../aim/shown'
import { footOf, RAD, type Point, type SiteFrame } from '../geometry'
import type { Residual } from './camera'
import type { Pair } from './pairs'

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }
const part = (name: string) => ['==', ['get', 'part'], name] as ['==', ['get', string], string]

/** Above the footprint: the misfits on the ground, the place of a pixel and how sure it is. */
function layers(dark: boolean): LayerSpecification[] {
  const tokens = TOKENS[dark ? 'dark' : 'light']
  const [misfit, looked] = dark ? ['#ffb454', '#ffd166'] : ['#a85b00', '#8a5300']
  const source = 'calibration'
  return [
    { id: 'calibration-misfit', type: 'line', source, filter: part('misfit'), paint: { 'line-color': misfit, 'line-width': 2 } },
    { id: 'calibration-ellipse', type: 'fill', source, filter: part('ellipse'), paint: { 'fill-color': looked, 'fill-opacity': 0.22 } },
    { id: 'calibration-ellipse-line', type: 'line', source, filter: part('ellipse'), paint: { 'line-color': looked, 'line-width': 2 } },
    { id: 'calibration-camera', type: 'circle', source, filter: part('camera'), paint: { 'circle-radius': 7, 'circle-color': tokens.deviceOn, 'circle-stroke-color': tokens.halo, 'circle-stroke-width': 2.4 } },
    { id: 'calibration-ghost', type: 'circle', source, filter: part('ghost'), paint: { 'circle-radius': 6, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': looked, 'circle-stroke-width': 2 } },
    { id: 'calibration-looked', type: 'circle', source, filter: part('looked'), paint: { 'circle-radius': 5, 'circle-color': looked, 'circle-stroke-color': tokens.halo, 'circle-stroke-width': 1.6 } },
  ]
}

export function addCalibration(map: MapLibre, dark: boolean): void {
  if (map.getSource('calibration')) return
  map.addSource('calibration', { type: 'geojson', data: NOTHING, tolerance: 0 })
  for (const layer of layers(dark)) map.addLayer(layer)
}
export function drawCalibration(map: MapLibre, features: FeatureCollection): void {
  map.getSource<GeoJSONSource>('calibration')?.setData(features)
}

/** What is looked up: a place by the server with its ellipse, and places computed here. */
export interface LookedUp {
  located: Schema['LocatedPixelOut'] | null
  ghosts: Point[]
}

export function featuresOf(pairs: Pair[], residuals: Residual[], looked: LookedUp, shown: Shown | null, frame: SiteFrame): FeatureCollection {
  const features: Feature[] = []
  const add = (name: string, geometry: Feature['geometry']): void => void features.push({ type: 'Feature', geometry, properties: { part: name } })
  for (const one of residuals) {
    const place = pairs.find((pair) => pair.key === one.key)?.place
    if (one.on && place && one.ground) add('misfit', { type: 'LineString', coordinates: [place, frame.toLonLat(one.ground)] })
  }
  if (shown?.view) add('camera', { type: 'Point', coordinates: frame.toLonLat(footOf(shown.view)) })
  for (const ghost of looked.ghosts) add('ghost', { type: 'Point', coordinates: frame.toLonLat(ghost) })
  if (looked.located) {
    add('ellipse', { type: 'Polygon', coordinates: [ellipseOf(looked.located, frame)] })
    add('looked', { type: 'Point', coordinates: looked.located.location })
  }
  return { type: 'FeatureCollection', features }
}

const CORNERS = 72
/** The 95 % ellipse as a closed ring. */
export function ellipseOf(located: Schema['LocatedPixelOut'], frame: SiteFrame): Position[] {
  const [x, y] = frame.toLocal(located.location)
  const azimuth = located.ellipse_orientation_deg * RAD
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const angle = (2 * Math.PI * (corner % CORNERS)) / CORNERS
    const [long, short] = [located.ellipse_major_m * Math.cos(angle), located.ellipse_minor_m * Math.sin(angle)]
    return frame.toLonLat([x + long * Math.sin(azimuth) + short * Math.cos(azimuth), y + long * Math.cos(azimuth) - short * Math.sin(azimuth)])
  })
}
