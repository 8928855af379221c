import type { ExpressionSpecification } from 'maplibre-gl'
import { FONT } from '../tokens'
import type { MapLayer } from './index'

/** Colour of a plan layer: earthworks brown, water blue, people green, machines violet, edges amber. */
export const PLAN_COLOURS: Record<string, string> = {
  phase_zone: '#8a97a5', gate: '#d9480f', hoarding: '#b7791f', pit: '#8d5a2b', tower_crane: '#7a4fc4', crawler_crane: '#7a4fc4',
  gantry: '#7a4fc4', yard: '#a08a3c', segment_yard: '#a08a3c', road: '#6d7681', water_edge: '#2b7bd6', edge_protection: '#d97706',
  living: '#2f9e63', office: '#4b8f29', wash: '#2b7bd6', spoil: '#8d5a2b', scaffold: '#a2567e', shaft: '#6b4a2b', tunnel: '#5f4bb6',
  deck: '#5b7c99', fire_lane: '#c2121f', substation: '#c98a00', obstacle: '#4f5b66', camera_point: '#0f8f7a', gatekeeper_point: '#0f8f7a',
  dust_point: '#0f8f7a',
}

export const planColour = ['match', ['get', 'layer'], ...Object.entries(PLAN_COLOURS).flat(), '#6d7681'] as unknown as ExpressionSpecification

export const planLayers: MapLayer = {
  source: 'plan_layers',
  draw: ({ tokens, dark }) => [
    {
      id: 'plan-fill', type: 'fill', source: 'plan_layers', 'source-layer': 'plan_layers', minzoom: 13.5, filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': planColour, 'fill-opacity': dark ? 0.35 : 0.26, 'fill-outline-color': planColour },
    },
    {
      id: 'plan-line', type: 'line', source: 'plan_layers', 'source-layer': 'plan_layers', minzoom: 13.5,
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': planColour, 'line-width': ['interpolate', ['linear'], ['zoom'], 13.5, 0.7, 17, 2] },
    },
    {
      id: 'plan-point', type: 'circle', source: 'plan_layers', 'source-layer': 'plan_layers', minzoom: 14.5, filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-color': planColour, 'circle-radius': 5, 'circle-stroke-color': tokens.halo, 'circle-stroke-width': 1.4 },
    },
    {
      id: 'plan-name', type: 'symbol', source: 'plan_layers', 'source-layer': 'plan_layers', minzoom: 16,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 0.9], 'text-anchor': 'top', 'text-optional': true },
      paint: { 'text-color': tokens.text, 'text-halo-color': tokens.halo, 'text-halo-width': 1.4 },
    },
  ],
}
