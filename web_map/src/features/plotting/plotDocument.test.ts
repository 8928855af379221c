import { describe, expect, it } from 'vitest'
import { itemsOf, merge, type PlotItem } from './plotDocument'

const item = (id: string, x: number): PlotItem => ({ id, layer: 'gate', name: '', attributes: {}, geometry: { type: 'Point', coordinates: [x, 31] } })

describe('merging two editors', () => {
  it('takes from each what only that one changed', () => {
    const { merged, conflicts } = merge([item('a', 1), item('b', 1)], [item('a', 2), item('b', 1)], [item('a', 1), item('b', 3)])
    expect(merged.map((one) => (one.geometry as { coordinates: number[] }).coordinates[0])).toEqual([2, 3])
    expect(conflicts).toEqual([])
  })
  it('asks about what both changed', () => {
    const { merged, conflicts } = merge([item('a', 1)], [item('a', 2)], [item('a', 3)])
    expect(merged).toEqual([])
    expect(conflicts.map((one) => one.id)).toEqual(['a'])
  })
  it('keeps what was deleted on one side deleted', () => {
    expect(merge([item('a', 1)], [], [item('a', 1)]).merged).toEqual([])
    expect(merge([item('a', 1)], [item('a', 1)], []).merged).toEqual([])
  })
})

it('makes a multipolygon of one part drawable', () => {
  const ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
  const plot = { features: { type: 'FeatureCollection', features: [{ type: 'Feature', id: 'x', geometry: { type: 'MultiPolygon', coordinates: [[ring]] }, properties: { layer: 'boundary' } }] } }
  expect(itemsOf(plot as never)[0]?.geometry).toEqual({ type: 'Polygon', coordinates: [ring] })
})
