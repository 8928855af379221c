import type { ExpressionSpecification } from 'maplibre-gl'
import { SEVERITIES, SEVERITY } from '../severity'
import { FONT } from '../tokens'
import type { MapLayer } from './index'

/** Layers of incidents under the pointer. */
export const INCIDENT_LAYERS = ['incident-dot']

function byGrade(value: (severity: (typeof SEVERITIES)[number]) => string | number, other: string | number): ExpressionSpecification {
  return ['match', ['get', 'severity'], ...SEVERITIES.flatMap((one) => [one, value(one)]), other] as unknown as ExpressionSpecification
}

/** Open incidents by grade, with its numeral; closed ones of the last month are faint. */
export const incidents: MapLayer = {
  source: 'incidents',
  draw: ({ tokens, dark }) => [
    {
      id: 'incident-dot', type: 'circle', source: 'incidents', 'source-layer': 'incidents', minzoom: 9,
      layout: { 'circle-sort-key': ['-', ['case', ['==', ['get', 'open'], true], 10, 0], byGrade((one) => SEVERITIES.indexOf(one), 4)] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, ['case', ['==', ['get', 'open'], true], byGrade((one) => 4.6 - SEVERITIES.indexOf(one) * 0.7, 2), 0], 14, ['case', ['==', ['get', 'open'], true], 8, 3.4]],
        'circle-color': byGrade((one) => SEVERITY[one][dark ? 'dark' : 'light'], tokens.text),
        'circle-opacity': ['case', ['==', ['get', 'open'], true], 0.95, 0.3],
        'circle-stroke-color': tokens.halo,
        'circle-stroke-width': ['case', ['boolean', ['feature-state', 'hover'], false], 3, ['==', ['get', 'open'], true], 1.2, 0],
      },
    },
    {
      id: 'incident-numeral', type: 'symbol', source: 'incidents', 'source-layer': 'incidents', minzoom: 14, filter: ['==', ['get', 'open'], true],
      layout: { 'text-field': byGrade((one) => SEVERITY[one].numeral, ''), 'text-font': FONT, 'text-size': 11, 'text-allow-overlap': true },
      paint: { 'text-color': dark ? '#08111c' : '#ffffff' },
    },
  ],
}
