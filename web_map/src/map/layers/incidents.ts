import type { ExpressionSpecification } from 'maplibre-gl'
import { SEVERITIES, SEVERITY } from '../severity'
import { FONT } from '../tokens'
import type { MapLayer } from './index'

/** Layers of incidents under the pointer. */
export const INCIDENT_LAYERS = ['incident-dot']
/** Closed ones are shown for so long. */
const SHOWN_FOR_S = 30 * 24 * 3600

function byGrade(value: (severity: (typeof SEVERITIES)[number]) => string | number, other: string | number): ExpressionSpecification {
  return ['match', ['get', 'severity'], ...SEVERITIES.flatMap((one) => [one, value(one)]), other] as unknown as ExpressionSpecification
}
const open: ExpressionSpecification = ['==', ['get', 'open'], true]
/** How many are open in it; a single one is one. */
const openCount: ExpressionSpecification = ['coalesce', ['get', 'open_count'], 1]
const several: ExpressionSpecification = ['>', openCount, 1]
/** A cell grows with how many are open in it: four times as many, twice as wide. */
const more: ExpressionSpecification = ['*', 1.7, ['-', ['sqrt', ['min', openCount, 50]], 1]]
const radius = (opened: ExpressionSpecification | number, closed: number): ExpressionSpecification => ['case', open, ['+', opened, more], closed]

/** Open incidents by grade, with its numeral; cells of several with their number; closed ones of the last month are faint. */
export const incidents: MapLayer = {
  source: 'incidents',
  draw: ({ tokens, dark }) => [
    {
      id: 'incident-dot', type: 'circle', source: 'incidents', 'source-layer': 'incidents', minzoom: 8,
      filter: ['any', open, ['has', 'count'], ['>', ['get', 'occurred'], Math.round(Date.now() / 1000) - SHOWN_FOR_S]],
      layout: { 'circle-sort-key': ['-', ['case', open, 10, 0], byGrade((one) => SEVERITIES.indexOf(one), 4)] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, radius(byGrade((one) => 4.6 - SEVERITIES.indexOf(one) * 0.7, 2), 0), 11, radius(5, 0), 14, radius(8, 3.4)],
        'circle-color': byGrade((one) => SEVERITY[one][dark ? 'dark' : 'light'], tokens.text),
        'circle-opacity': ['case', open, 0.95, 0.3],
        'circle-stroke-color': tokens.halo,
        'circle-stroke-width': ['case', ['boolean', ['feature-state', 'hover'], false], 3, open, 1.2, 0],
      },
    },
    {
      id: 'incident-numeral', type: 'symbol', source: 'incidents', 'source-layer': 'incidents', minzoom: 11,
      filter: ['all', open, ['any', several, ['>=', ['zoom'], 14]]],
      layout: {
        'text-field': ['case', several, ['to-string', ['get', 'open_count']], byGrade((one) => SEVERITY[one].numeral, '')],
        'text-font': FONT, 'text-size': 11, 'text-allow-overlap': true,
      },
      paint: { 'text-color': dark ? '#08111c' : '#ffffff' },
    },
  ],
}
