import { describe, expect, it } from 'vitest'
import { hectares, instant, metres } from './format'

describe('numbers and times', () => {
  it('tells large areas in hectares and small ones in square metres', () => {
    expect(hectares(24_000)).toBe('2.40 ha')
    expect(hectares(817.5)).toBe('818 m²')
    expect(hectares(null)).toBe('–')
  })
  it('tells an unknown length as unknown, not as zero', () => {
    expect(metres(undefined)).toBe('–')
    expect(metres(0)).toBe('0 m')
    expect(metres(12_345)).toBe('12.35 km')
  })
  it('tells instants in Shanghai time', () => {
    expect(instant('2026-11-24T02:00:00Z')).toBe('2026-11-24 10:00')
  })
})
