import { FONT } from '../tokens'
import type { MapLayer } from './index'

export const districtLabels: MapLayer = {
  source: 'district_labels',
  draw: ({ tokens, locale }) => [
    {
      id: 'district-label', type: 'symbol', source: 'district_labels', 'source-layer': 'district_labels', maxzoom: 12,
      layout: {
        'text-field': ['get', locale === 'zh' ? 'name_zh' : 'name_en'],
        'text-font': FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 8, 12, 11, 18],
        'text-letter-spacing': 0.1,
      },
      paint: { 'text-color': tokens.districtText, 'text-halo-color': tokens.halo, 'text-halo-width': 1.8 },
    },
  ],
}
