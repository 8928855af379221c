import type { Polygon } from 'geojson'
import { expect, it } from 'vitest'
import { snapTarget } from './snapping'

const square: Polygon = { type: 'Polygon', coordinates: [[[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]]] }
const project = ([x = 0, y = 0]: number[]) => ({ x, y })

it('snaps to a vertex before an edge', () => {
  expect(snapTarget({ x: 97, y: 4 }, [square], project, 10)).toEqual([100, 0])
})
it('snaps to the nearest point of an edge', () => {
  expect(snapTarget({ x: 50, y: 6 }, [square], project, 10)).toEqual([50, 0])
})
it('does not snap out of reach', () => {
  expect(snapTarget({ x: 50, y: 30 }, [square], project, 10)).toBeUndefined()
})
