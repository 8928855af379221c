import { describe, expect, it } from 'vitest'
import { pmtilesLayers, pmtilesSource } from './pmtilesBase'
import { TOKENS } from './tokens'

describe('a PMTiles base map', () => {
  it('draws only the layers that the file has, roads above water', () => {
    const base = { url: 'pmtiles://x', raster: false, layers: ['roads', 'water', 'pois'] }
    expect(pmtilesLayers(base, TOKENS.light, false, 'zh').map((layer) => layer.id)).toEqual(['base-water', 'base-roads'])
  })
  it('of pictures is one raster layer', () => {
    const base = { url: 'pmtiles://x', raster: true, layers: [] }
    expect(pmtilesSource(base).type).toBe('raster')
    expect(pmtilesLayers(base, TOKENS.dark, true, 'en')).toHaveLength(1)
  })
})
