import { describe, expect, it } from 'vitest'
import { cellsOf, decoded, readRows, type CodeOf, type Told } from './rows'

const WORDS: Record<string, string> = { 'camera_kind.云台球机': 'ptz', 'camera_tag.出入口': 'gate', 'camera_tag.基坑': 'pit' }
const codeOf: CodeOf = (table, word) => WORDS[`${table}.${word}`] ?? null
const told: Told = (key, value) => `${key} ${value}`.trim()
const read = (text: string) => readRows(cellsOf(text), codeOf, told)

describe('a list of cameras', () => {
  it('is read with Chinese headings in any order, units in brackets, and words for codes', () => {
    const { rows, unknown } = read('名称,编码,方位角（°）,标签,经度,纬度,备注\n西门,C-1,东北,出入口;基坑,121.47,31.23,x\n')
    expect(unknown).toEqual(['备注'])
    expect(rows[0]?.camera).toMatchObject({ code: 'C-1', name: '西门', tags: ['gate', 'pit'], pose: { azimuth_deg: '东北', location: [121.47, 31.23] } })
  })
  it('leaves out what a cell leaves out: nothing is made up', () => {
    expect(read('code,name,tilt_deg,lon,lat\nC-1,West,,,\n').rows[0]?.camera?.pose).not.toHaveProperty('tilt_deg')
  })
  it('names line, field and value of every mistake, and goes on', () => {
    const { rows } = read('编码,名称,俯角,类型,经度\nC-1,西门,陡,云台球机,\n,东门,20,飞机,121.4\n"C-3","南, 门",20,,\n')
    expect(rows.map((row) => row.line)).toEqual([2, 3, 4])
    expect(rows[0]?.faults).toEqual([{ field: 'tilt_deg', text: 'number 陡' }])
    expect(rows[1]?.faults.map((fault) => fault.field)).toEqual(['kind', 'code', 'location'])
    expect(rows[2]?.camera).toMatchObject({ code: 'C-3', name: '南, 门', pose: { tilt_deg: 20 } })
  })
  it('is read from semicolons and tabs too, and from what Chinese Excel writes', () => {
    expect(read('code;name\nC-1;West\n').rows[0]?.camera?.name).toBe('West')
    expect(read('code\tname\r\nC-1\tWest\r\n').rows[0]?.camera?.name).toBe('West')
    expect(decoded(new Uint8Array([0xb1, 0xe0, 0xc2, 0xeb]).buffer)).toBe('编码')
  })
})
