import { describe, expect, it } from 'vitest'
import { viewFromHash } from './view'

describe('a view in the address', () => {
  it('is zoom, latitude, longitude', () => {
    expect(viewFromHash('#12.5/31.23/121.47')).toEqual({ zoom: 12.5, center: [121.47, 31.23] })
  })
  it('is nothing when it cannot be understood', () => {
    for (const hash of ['', '#', '#a/b/c', '#12/91/121', '#12/31']) expect(viewFromHash(hash)).toBeNull()
  })
})
