import { describe, expect, it } from 'vitest'
import { beside, cellState, interval, matrixOf, percent, sized, type Requirement } from './cells'

const one = (scene_id: number, element: string, share: number | null, met: boolean | null = null): Requirement =>
  ({ scene_id, scene_name: `scene ${scene_id}`, scene_type: 'S01', element, share, met }) as unknown as Requirement

describe('a cell of the matrix', () => {
  it('is unknown when nothing was measured, which is neither met nor nothing', () => {
    expect(cellState(one(1, 'E01', null))).toBe('unknown')
    expect(cellState(one(1, 'E01', 0, false))).toBe('none')
    expect(cellState(one(1, 'E01', 0.4, false))).toBe('partly')
    expect(cellState(one(1, 'E01', 1, true))).toBe('met')
  })
  it('never rounds nearly all up to all, nor a little down to nothing', () => {
    expect(percent(0.9999)).toBe('99.9%')
    expect(percent(0.0001)).toBe('<0.1%')
    expect(percent(1)).toBe('100%')
    expect(percent(0)).toBe('0%')
    expect(percent(null)).toBe('–')
    expect(percent(0.345)).toBe('34.5%')
  })
  it('has an interval only where there is one', () => {
    expect(interval({ share_p05: 0.31, share_p95: 0.52 })).toBe('31%–52%')
    expect(interval({ share_p05: 0.5, share_p95: 0.5 })).toBe('')
    expect(interval({ share_p05: null, share_p95: 0.5 })).toBe('')
  })
  it('tells its size in its unit', () => {
    expect(sized(8282.4, 'area')).toBe('8,282 m²')
    expect(sized(12.34, 'length')).toBe('12.3 m')
    expect(sized(3, 'count')).toBe('3')
  })
})

describe('the matrix', () => {
  const matrix = matrixOf([one(1, 'E02', 1), one(1, 'E01', 0.5), one(2, 'E03', 0), one(3, 'E01', null)])
  it('has a row for each scene and a column for each element that any of them requires', () => {
    expect(matrix.rows.map((row) => row.scene_id)).toEqual([1, 2, 3])
    expect(matrix.elements).toEqual(['E01', 'E02', 'E03'])
  })
  it('is walked by arrows, over what is not required', () => {
    expect(beside(matrix, 1, 'E01', 'ArrowRight')).toEqual({ scene: 1, element: 'E02' })
    expect(beside(matrix, 1, 'E01', 'ArrowDown')).toEqual({ scene: 3, element: 'E01' })
    expect(beside(matrix, 1, 'E02', 'ArrowRight')).toBeNull()
    expect(beside(matrix, 1, 'E01', 'Escape')).toBeNull()
  })
})
