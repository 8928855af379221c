import { expect, it } from 'vitest'
import { gridOf, idsOf } from './usePlaza'

it('camera ids of an address are numbers, each once and at most sixteen', () => {
  expect(idsOf('3,5,3,x,-1,1.5')).toEqual([3, 5])
  expect(idsOf(Array.from({ length: 20 }, (_, n) => n + 1).join(','))).toHaveLength(16)
  expect(idsOf(undefined)).toEqual([])
})

it('the grid holds what is chosen', () => {
  expect(gridOf('4', 2)).toBe(4)
  expect(gridOf('1', 5)).toBe(9)
  expect(gridOf('7', 1)).toBe(1)
  expect(gridOf(undefined, 16)).toBe(16)
})
