import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import CodeChip from './CodeChip.vue'
import NumberField from './NumberField.vue'
import { i18n } from '@/i18n'

const field = (value: number | null) => mount(NumberField, { props: { name: 'height_m', label: 'Height', unit: 'm', value, min: 0, max: 40, slider: true } })

describe('a field of a pose', () => {
  it('shows an unknown figure as unknown, not as zero', () => {
    expect(field(null).find('input[type=number]').element).toHaveProperty('value', '')
    expect(field(null).classes()).toContain('unknown')
    expect(field(0).find('input[type=number]').element).toHaveProperty('value', '0')
  })
  it('makes a figure unknown again when it is emptied', async () => {
    const made = field(8)
    const input = made.find('input[type=number]')
    Object.assign(input.element, { value: '' })
    await input.trigger('change')
    expect(made.emitted('change')).toEqual([[null]])
  })
  it('keeps a figure within its limits', async () => {
    const made = field(8)
    const input = made.find('input[type=number]')
    Object.assign(input.element, { value: '400' })
    await input.trigger('change')
    expect(made.emitted('change')).toEqual([[40]])
  })
})

it('tells every method and every connection by a shape besides its colour', () => {
  const shapes = (table: 'footprint_method' | 'connectivity', codes: string[]): (string | undefined)[] =>
    codes.map((code) => mount(CodeChip, { props: { table, code }, global: { plugins: [i18n] } }).find('[aria-hidden]').text())
  const [methods, connections] = [shapes('footprint_method', ['unposed', 'nominal', 'pinhole', 'calibrated']), shapes('connectivity', ['online', 'offline', 'unknown'])]
  expect(new Set(methods).size).toBe(4)
  expect(new Set(connections).size).toBe(3)
})
