import type { ExpressionSpecification } from 'maplibre-gl'
import type { MapLayer } from './index'

const online: ExpressionSpecification = ['==', ['coalesce', ['feature-state', 'online'], ['get', 'online']], 1]
const chosen: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false]

/** What cameras see: 22 % fill; a camera that is off line keeps a dashed outline and next to no fill, for nobody watches there. */
export const footprints: MapLayer = {
  source: 'footprints',
  draw: ({ tokens }) => {
    const colour: ExpressionSpecification = ['case', online, tokens.deviceOn, tokens.deviceOff]
    const shared = { source: 'footprints', 'source-layer': 'footprints', minzoom: 14.5 } as const
    return [
      {
        ...shared, id: 'footprint-fill', type: 'fill',
        paint: { 'fill-color': colour, 'fill-opacity': ['case', chosen, 0.34, online, 0.22, 0.06] },
      },
      {
        ...shared, id: 'footprint-line', type: 'line', filter: ['==', ['get', 'online'], 1],
        paint: { 'line-color': tokens.deviceOn, 'line-width': ['case', chosen, 2.4, 1.2], 'line-opacity': 0.85 },
      },
      {
        ...shared, id: 'footprint-line-offline', type: 'line', filter: ['!=', ['get', 'online'], 1],
        paint: { 'line-color': tokens.deviceOff, 'line-width': ['case', chosen, 2.4, 1.3], 'line-dasharray': [3, 2.4] },
      },
    ]
  },
}
