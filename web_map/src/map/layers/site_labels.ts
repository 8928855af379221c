import { stateColour } from '../expressions'
import { FONT } from '../tokens'
import type { MapLayer } from './index'

export const siteLabels: MapLayer = {
  source: 'site_labels',
  draw: ({ tokens, dark }) => [
    {
      id: 'site-dot', type: 'circle', source: 'site_labels', 'source-layer': 'site_labels', maxzoom: 14.5,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, ['case', ['boolean', ['feature-state', 'hover'], false], 7, 3.4], 13, ['case', ['boolean', ['feature-state', 'hover'], false], 10, 6]],
        'circle-color': stateColour(dark),
        'circle-opacity': ['case', ['==', ['get', 'plotted'], 1], 0.92, 0.15],
        'circle-stroke-color': ['case', ['==', ['get', 'plotted'], 1], tokens.halo, stateColour(dark)],
        'circle-stroke-width': ['case', ['==', ['get', 'plotted'], 1], 1, 1.6],
      },
    },
    {
      id: 'site-label', type: 'symbol', source: 'site_labels', 'source-layer': 'site_labels', minzoom: 12.5,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 12.5, 11, 16, 14],
        'text-offset': [0, 1.1],
        'text-anchor': 'top',
        'text-max-width': 12,
      },
      paint: { 'text-color': tokens.text, 'text-halo-color': tokens.halo, 'text-halo-width': 1.6 },
    },
  ],
}
