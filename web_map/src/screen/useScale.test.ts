import { expect, it } from 'vitest'
import { designOf, stageOf } from './useScale'

it('a full-HD wall has a unit of one pixel and narrow columns', () => {
  expect(stageOf(1920, 1080)).toEqual({ unit: 1, column: 420, wide: false })
})

it('a double wall keeps the unit, widens its columns and gives the rest to the map', () => {
  expect(stageOf(3840, 1080)).toEqual({ unit: 1, column: 520, wide: true })
})

it('text is never stretched: the unit is the smaller of both ratios', () => {
  expect(stageOf(2560, 1440).unit).toBeCloseTo(4 / 3)
  expect(stageOf(1920, 900).unit).toBeCloseTo(900 / 1080)
})

it('a design size is two numbers or nothing', () => {
  expect(designOf('6720x2160')).toEqual({ width: 6720, height: 2160 })
  expect(designOf('6720×2160')).toBeNull()
  expect(designOf(null)).toBeNull()
})
