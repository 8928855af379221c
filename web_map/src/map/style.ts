import type { SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Schema } from '@/api/client'
import { graticule } from './graticule'
import { MAP_LAYERS } from './layers'
import { pmtilesLayers, pmtilesSource, type PmtilesBase } from './pmtilesBase'
import { FONT, TOKENS } from './tokens'

export interface StyleChoice {
  dark: boolean
  locale: 'zh' | 'en'
  baseMap: Schema['BaseMapOut'] | null
  /** The opened file when the base map is one. */
  pmtiles: PmtilesBase | null
}

/** The whole map as data: our own ground and layers, and perhaps a base map between them. */
export function buildStyle(choice: StyleChoice): StyleSpecification {
  const tokens = TOKENS[choice.dark ? 'dark' : 'light']
  const sources: Record<string, SourceSpecification> = { graticule: { type: 'geojson', data: graticule() } }
  for (const layer of MAP_LAYERS) sources[layer.source] = { type: 'vector', url: `${location.origin}/tiles/${layer.source}.json` }
  const raster = choice.baseMap?.kind === 'raster' ? choice.baseMap.urls ?? [] : []
  raster.forEach((url, index) => {
    sources[`base-${index}`] = { type: 'raster', tiles: [location.origin + url], tileSize: 256, maxzoom: 18, attribution: choice.baseMap?.attribution ?? '' }
  })
  if (choice.pmtiles) sources['base-file'] = pmtilesSource(choice.pmtiles)
  const drawn = MAP_LAYERS.flatMap((layer) => layer.draw({ tokens, dark: choice.dark, locale: choice.locale }))
  const land = drawn.filter((layer) => layer.id === 'district-land' && raster.length === 0 && !choice.pmtiles)
  return {
    version: 8,
    sources,
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': tokens.ground } },
      ...land,
      ...raster.map((_, index) => ({ id: `base-${index}`, type: 'raster' as const, source: `base-${index}` })),
      ...(choice.pmtiles ? pmtilesLayers(choice.pmtiles, tokens, choice.dark, choice.locale) : []),
      ...[0.5, 0.1, 0.02].map((step) => ({
        id: `grid-${step}`,
        type: 'line' as const,
        source: 'graticule',
        minzoom: step === 0.5 ? 0 : step === 0.1 ? 8.5 : 11,
        filter: ['==', ['get', 'step'], step] as ['==', ['get', string], number],
        paint: { 'line-color': tokens.grid, 'line-width': step === 0.5 ? 1 : 0.7 },
      })),
      ...drawn.filter((layer) => layer.id !== 'district-land'),
      {
        id: 'grid-label',
        type: 'symbol',
        source: 'graticule',
        minzoom: 9,
        filter: ['==', ['get', 'step'], 0.1],
        layout: { 'symbol-placement': 'line', 'text-field': ['get', 'label'], 'text-size': 10, 'text-font': FONT, 'symbol-spacing': 500 },
        paint: { 'text-color': tokens.gridText, 'text-halo-color': tokens.halo, 'text-halo-width': 1 },
      },
    ],
  }
}
