import { describe, expect, it } from 'vitest'
import { words, type Words } from './words'

const [en, zh] = [words('en'), words('zh')]

function keys(words: Words, path = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === 'string' ? [path + key] : keys(value, `${path}${key}.`)))
}
const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
const at = (words: Words, key: string) => key.split('.').reduce<string | Words>((found, part) => (found as Words)[part]!, words) as string

describe('the words of the interface', () => {
  it('exist in both languages', () => {
    expect(keys(en).sort()).toEqual(keys(zh).sort())
  })
  it('have the same gaps to fill in both languages', () => {
    for (const key of keys(zh)) expect([key, holes(at(en, key))]).toEqual([key, holes(at(zh, key))])
  })
})
