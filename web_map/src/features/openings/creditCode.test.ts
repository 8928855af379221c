import { expect, it } from 'vitest'
import { creditCodeFits } from './creditCode'

it('knows a valid credit code from one whose last character was changed', () => {
  expect(creditCodeFits('91350100M000100Y43')).toBe(true)
  expect(creditCodeFits('91350100M000100Y4Z')).toBe(false)
  expect(creditCodeFits('91350100M000100Y4I')).toBe(false)
  expect(creditCodeFits('')).toBe(false)
})
