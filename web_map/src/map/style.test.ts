import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { buildStyle } from './style'

describe('the style of the map', () => {
  for (const dark of [false, true]) {
    it(`is valid, ${dark ? 'dark' : 'light'}`, () => {
      expect(validateStyleMin(buildStyle({ dark, locale: 'zh', baseMap: null, pmtiles: null }))).toEqual([])
    })
  }
})
