import type { FilterSpecification } from 'maplibre-gl'
import { hatchImage } from '../images'
import type { MapLayer } from './index'

/** Layers of gaps, for pages that narrow them to an element or to another view. */
export const GAP_LAYERS = ['gap-hatch', 'gap-edge', 'gap-line', 'gap-point']

/** What gaps show when no page says otherwise: mandatory requirements, as all standing cameras would meet them. */
export const GAPS_SHOWN: FilterSpecification = ['all', ['==', ['get', 'view'], 'nominal'], ['==', ['get', 'mandatory'], 1]]

/** A filter of one of the layers: the page's own, and the shapes that the layer draws. */
export function gapFilter(layer: string, shown: FilterSpecification = GAPS_SHOWN): FilterSpecification {
  const kind = layer === 'gap-point' ? 'Point' : layer === 'gap-line' ? 'LineString' : 'Polygon'
  return ['all', ['==', ['geometry-type'], kind], shown] as FilterSpecification
}

/** What nobody watches: red lines at 45° every 8 px in a dashed edge; stretches and places that nobody watches are red too. */
export const gaps: MapLayer = {
  source: 'gaps',
  draw: ({ tokens, dark }) => {
    const shared = { source: 'gaps', 'source-layer': 'gaps', minzoom: 13 } as const
    return [
      { ...shared, id: 'gap-hatch', type: 'fill', filter: gapFilter('gap-hatch'), paint: { 'fill-pattern': hatchImage(dark), 'fill-opacity': 0.6 } },
      {
        ...shared, id: 'gap-edge', type: 'line', filter: gapFilter('gap-edge'),
        paint: { 'line-color': tokens.gap, 'line-width': 1, 'line-opacity': 0.65, 'line-dasharray': [4, 3] },
      },
      {
        ...shared, id: 'gap-line', type: 'line', filter: gapFilter('gap-line'),
        paint: { 'line-color': tokens.gap, 'line-width': 3, 'line-dasharray': [1.6, 1] },
      },
      {
        ...shared, id: 'gap-point', type: 'circle', filter: gapFilter('gap-point'),
        paint: { 'circle-color': 'rgba(0,0,0,0)', 'circle-radius': 9, 'circle-stroke-color': tokens.gap, 'circle-stroke-width': 2.4 },
      },
    ]
  },
}
