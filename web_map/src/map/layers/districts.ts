import type { MapLayer } from './index'

export const districts: MapLayer = {
  source: 'districts',
  draw: ({ tokens }) => [
    { id: 'district-land', type: 'fill', source: 'districts', 'source-layer': 'districts', paint: { 'fill-color': tokens.land, 'fill-antialias': false } },
    {
      id: 'district-glow', type: 'line', source: 'districts', 'source-layer': 'districts',
      paint: { 'line-color': tokens.district, 'line-width': 7, 'line-blur': 7, 'line-opacity': tokens.glow },
    },
    {
      id: 'district-line', type: 'line', source: 'districts', 'source-layer': 'districts',
      paint: { 'line-color': tokens.district, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.8, 14, 2], 'line-opacity': 0.8 },
    },
  ],
}
