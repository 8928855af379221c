import { stateColour } from '../expressions'
import type { MapLayer } from './index'

export const sites: MapLayer = {
  source: 'sites',
  draw: ({ tokens, dark }) => [
    {
      id: 'site-fill', type: 'fill', source: 'sites', 'source-layer': 'sites', minzoom: 10,
      paint: {
        'fill-color': stateColour(dark),
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 10, 0.5, 14, ['case', ['boolean', ['feature-state', 'hover'], false], 0.38, 0.2]],
      },
    },
    {
      id: 'site-casing', type: 'line', source: 'sites', 'source-layer': 'sites', minzoom: 11,
      paint: { 'line-color': tokens.edge, 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1.6, 16, 5], 'line-opacity': dark ? 0.6 : 0.8 },
    },
    {
      id: 'site-line', type: 'line', source: 'sites', 'source-layer': 'sites', minzoom: 11,
      paint: { 'line-color': stateColour(dark), 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.8, 16, 2.6] },
    },
  ],
}
