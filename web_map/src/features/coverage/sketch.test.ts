import { expect, it } from 'vitest'
import { shapeOf } from './sketch'

it('closes an area once it has three corners', () => {
  expect(shapeOf('Polygon', [[0, 0], [1, 0]])).toBeNull()
  expect(shapeOf('Polygon', [[0, 0], [1, 0], [1, 1]])).toEqual({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] })
})
it('takes the last place of a point, and two corners for a line', () => {
  expect(shapeOf('Point', [[0, 0], [2, 2]])).toEqual({ type: 'Point', coordinates: [2, 2] })
  expect(shapeOf('LineString', [[0, 0]])).toBeNull()
  expect(shapeOf('LineString', [[0, 0], [1, 1]])).toEqual({ type: 'LineString', coordinates: [[0, 0], [1, 1]] })
})
