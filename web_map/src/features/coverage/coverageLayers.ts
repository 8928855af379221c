import type { Feature, FeatureCollection } from 'geojson'
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import type { Schema } from '@/api/client'
import { hatchImage } from '@/map/images'
import { GAP_LAYERS } from '@/map/layers/gaps'
import { FONT, TOKENS } from '@/map/tokens'

const SOURCES = ['scenes', 'site-gaps'] as const
const isKind = (kind: string) => ['==', ['geometry-type'], kind] as never
const only = (kind: string, more?: unknown) => (more ? ['all', isKind(kind), more] : isKind(kind)) as never
const CHOSEN = ['==', ['get', 'chosen'], true]

/** Scenes with what is asked of them, and gaps hatched over them; the chosen ones stand out. */
function layers(dark: boolean): LayerSpecification[] {
  const tokens = TOKENS[dark ? 'dark' : 'light']
  const [scenes, gaps] = [{ source: 'scenes' }, { source: 'site-gaps' }]
  return [
    { ...scenes, id: 'scene-fill', type: 'fill', filter: only('Polygon'), paint: { 'fill-color': tokens.district, 'fill-opacity': ['case', CHOSEN as never, 0.12, 0.02] } },
    { ...scenes, id: 'scene-line', type: 'line', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': tokens.text, 'line-opacity': ['case', CHOSEN as never, 0.95, 0.35], 'line-width': ['case', CHOSEN as never, 2.6, 1] } },
    { ...gaps, id: 'site-gap-fill', type: 'fill', filter: only('Polygon'), paint: { 'fill-color': tokens.gap, 'fill-opacity': ['case', CHOSEN as never, 0.28, 0.06] } },
    { ...gaps, id: 'site-gap-hatch', type: 'fill', filter: only('Polygon'), paint: { 'fill-pattern': hatchImage(dark), 'fill-opacity': 0.85 } },
    { ...gaps, id: 'site-gap-edge', type: 'line', filter: only('Polygon'), paint: { 'line-color': tokens.gap, 'line-width': ['case', CHOSEN as never, 2.6, 1.2] } },
    { ...gaps, id: 'site-gap-line', type: 'line', filter: only('LineString'), paint: { 'line-color': tokens.gap, 'line-width': ['case', CHOSEN as never, 6, 3.5], 'line-dasharray': [1.6, 1] } },
    { ...gaps, id: 'site-gap-point', type: 'circle', filter: only('Point'), paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': 9, 'circle-stroke-color': tokens.gap, 'circle-stroke-width': ['case', CHOSEN as never, 4, 2.4] } },
    {
      ...scenes, id: 'scene-name', type: 'symbol', minzoom: 15,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-optional': true, 'text-max-width': 12 },
      paint: { 'text-color': tokens.text, 'text-halo-color': tokens.halo, 'text-halo-width': 1.6, 'text-opacity': ['case', CHOSEN as never, 1, 0.75] },
    },
  ]
}

/** Put the layers on the map unless they are there; the city's own gaps give way to the site's, which follow the choice. */
export function addCoverage(map: MapLibre, dark: boolean): boolean {
  for (const id of GAP_LAYERS) if (map.getLayer(id) && map.getLayoutProperty(id, 'visibility') !== 'none') map.setLayoutProperty(id, 'visibility', 'none')
  if (map.getSource('scenes')) return false
  for (const name of SOURCES) map.addSource(name, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  const under = map.getLayer('device-off') ? 'device-off' : undefined
  for (const layer of layers(dark)) map.addLayer(layer, under)
  return true
}

export function drawScenes(map: MapLibre, scenes: Schema['SceneOut'][], chosen: number | null): void {
  const features: Feature[] = scenes.flatMap((one) =>
    one.geometry ? [{ type: 'Feature', id: one.id, geometry: one.geometry as never, properties: { name: one.name, chosen: one.id === chosen } }] : [],
  )
  set(map, 'scenes', { type: 'FeatureCollection', features })
}

export function drawGaps(map: MapLibre, gaps: Feature[], chosen: number | null): void {
  const features = gaps.map((one) => ({ ...one, properties: { ...one.properties, chosen: one.id === chosen } }))
  set(map, 'site-gaps', { type: 'FeatureCollection', features })
}

function set(map: MapLibre, source: (typeof SOURCES)[number], features: FeatureCollection): void {
  map.getSource<GeoJSONSource>(source)?.setData(features)
}

export const GAP_PICKED = ['site-gap-fill', 'site-gap-line', 'site-gap-point']
