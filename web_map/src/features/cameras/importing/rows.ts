import type { Schema } from '@/api/client'

/** A list of cameras as people send it: one a line, headings in Chinese or English, in any order. */
export interface CameraRow {
  /** Line of the file, counted from 1 with the headings. */
  line: number
  camera: Schema['CameraIn'] | null
  code: string
  name: string
  faults: { field: string; text: string }[]
}

type Kind = 'text' | 'number' | 'azimuth' | 'kind' | 'level' | 'protocol' | 'tags' | 'algorithms' | 'north'
interface Column {
  field: string
  kind: Kind
  /** Besides the field's own name. */
  headings: string[]
}

export const COLUMNS: Column[] = [
  { field: 'code', kind: 'text', headings: ['编码', '设备编码', '编号'] }, { field: 'name', kind: 'text', headings: ['名称'] },
  { field: 'national_code', kind: 'text', headings: ['国标编码', 'gb_code'] }, { field: 'kind', kind: 'kind', headings: ['类型'] },
  { field: 'level', kind: 'level', headings: ['所在层', '层'] }, { field: 'vendor', kind: 'text', headings: ['厂商', '品牌'] },
  { field: 'tags', kind: 'tags', headings: ['标签', '监看标签'] }, { field: 'algorithms', kind: 'algorithms', headings: ['算法'] },
  { field: 'protocol', kind: 'protocol', headings: ['取流方式', '协议'] }, { field: 'stream', kind: 'text', headings: ['视频流', '视频流地址', '地址'] },
  { field: 'lon', kind: 'number', headings: ['经度', 'longitude'] }, { field: 'lat', kind: 'number', headings: ['纬度', 'latitude'] },
  { field: 'height_m', kind: 'number', headings: ['高度', '安装高度', 'height'] }, { field: 'azimuth_deg', kind: 'azimuth', headings: ['方位角', '朝向', 'azimuth'] },
  { field: 'azimuth_given', kind: 'north', headings: ['方位角的北', 'north'] }, { field: 'tilt_deg', kind: 'number', headings: ['俯角', 'tilt'] },
  { field: 'roll_deg', kind: 'number', headings: ['横滚', 'roll'] }, { field: 'hfov_deg', kind: 'number', headings: ['水平视场角', '视场角', 'hfov'] },
  { field: 'vfov_deg', kind: 'number', headings: ['垂直视场角', 'vfov'] }, { field: 'focal_mm', kind: 'number', headings: ['焦距', 'focal'] },
  { field: 'sensor_width_mm', kind: 'number', headings: ['传感器宽', '传感器宽度'] }, { field: 'range_m', kind: 'number', headings: ['有效距离', '距离', 'range'] },
  { field: 'width_px', kind: 'number', headings: ['画面宽', 'width'] }, { field: 'height_px', kind: 'number', headings: ['画面高', 'picture_height'] },
  { field: 'pan_from_deg', kind: 'number', headings: ['水平起始角'] }, { field: 'pan_to_deg', kind: 'number', headings: ['水平终止角'] },
  { field: 'tilt_max_deg', kind: 'number', headings: ['最低俯角'] }, { field: 'hfov_narrowest_deg', kind: 'number', headings: ['最长焦视场角'] },
]
const IDENTITY = new Set(['code', 'name', 'national_code', 'kind', 'level', 'vendor', 'tags', 'algorithms', 'protocol', 'stream'])

/** Code of a word of a table, in any language: 球机 → ptz. */
export type CodeOf = (table: 'camera_kind' | 'level' | 'stream_protocol' | 'camera_tag' | 'north_given', word: string) => string | null
export type Told = (key: 'number' | 'word' | 'required' | 'pair', value: string) => string

/** Text of a file: UTF-8, or what Chinese Excel writes. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** Cells of a CSV: quoted or not, separated by whatever separates the headings. */
export function cellsOf(text: string): string[][] {
  const plain = text.replace(/^\uFEFF/, '')
  const heading = plain.slice(0, plain.indexOf('\n') + 1 || undefined)
  const separator = ['\t', ';', '，', ','].reduce((best, one) => (heading.split(one).length > heading.split(best).length ? one : best), ',')
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  for (let index = 0; index < plain.length; index += 1) {
    const mark = plain[index] as string
    if (quoted) {
      if (mark !== '"') cell += mark
      else if (plain[index + 1] === '"') cell += plain[(index += 1)]
      else quoted = false
    } else if (mark === '"' && cell === '') quoted = true
    else if (mark === separator || mark === '\n') {
      row.push(cell.trim())
      cell = ''
      if (mark === '\n') {
        rows.push(row)
        row = []
      }
    } else cell += mark
  }
  if (cell !== '' || row.length) rows.push([...row, cell.trim()])
  return rows
}

/** Column of each heading; headings that mean nothing here are passed over, and told. */
export function headingsOf(cells: string[]): { columns: (Column | null)[]; unknown: string[] } {
  const plain = (text: string): string => text.toLowerCase().replace(/[\s*]|[（(].*?[)）]/g, '')
  const columns = cells.map((cell) => COLUMNS.find((one) => [one.field, ...one.headings].some((heading) => plain(heading) === plain(cell))) ?? null)
  return { columns, unknown: cells.filter((cell, index) => cell !== '' && !columns[index]) }
}

export function readRows(cells: string[][], codeOf: CodeOf, told: Told): { rows: CameraRow[]; unknown: string[] } {
  const { columns, unknown } = headingsOf(cells[0] ?? [])
  const rows = cells.slice(1).flatMap((row, index) => (row.some((cell) => cell !== '') ? [rowOf(row, columns, index + 2, codeOf, told)] : []))
  return { rows, unknown }
}

function rowOf(cells: string[], columns: (Column | null)[], line: number, codeOf: CodeOf, told: Told): CameraRow {
  const faults: CameraRow['faults'] = []
  const identity: Record<string, unknown> = { kind: 'fixed', level: 'surface' }
  const pose: Record<string, unknown> = { location_crs: 'cgcs2000', azimuth_given: 'true', roll_deg: 0, k1: 0, k2: 0 }
  columns.forEach((column, index) => {
    const cell = cells[index] ?? ''
    if (!column || cell === '') return
    const value = valueOf(column, cell, codeOf)
    if (value === undefined) faults.push({ field: column.field, text: told(column.kind === 'number' ? 'number' : 'word', cell) })
    else (IDENTITY.has(column.field) ? identity : pose)[column.field] = value
  })
  for (const field of ['code', 'name']) if (!identity[field]) faults.push({ field, text: told('required', '') })
  const { lon, lat, ...rest } = pose
  if ((lon === undefined) !== (lat === undefined)) faults.push({ field: 'location', text: told('pair', '') })
  const located = lon !== undefined && lat !== undefined ? { ...rest, location: [lon, lat] } : rest
  return { line, code: String(identity.code ?? ''), name: String(identity.name ?? ''), faults, camera: faults.length ? null : ({ ...identity, pose: located } as unknown as Schema['CameraIn']) }
}

function valueOf({ kind }: Column, cell: string, codeOf: CodeOf): unknown {
  const words = cell.split(/[;；、|/]/).map((word) => word.trim()).filter(Boolean)
  const tables = { kind: 'camera_kind', level: 'level', protocol: 'stream_protocol', north: 'north_given' } as const
  if (kind === 'text') return cell
  if (kind === 'algorithms') return words
  if (kind === 'tags') {
    const codes = words.map((word) => codeOf('camera_tag', word))
    return codes.includes(null) ? undefined : codes
  }
  if (kind === 'number' || kind === 'azimuth') {
    const number = Number(cell.replace(/[°米m]$/i, ''))
    // the server reads points of the compass: 东北, NE
    return Number.isFinite(number) ? number : kind === 'azimuth' ? cell : undefined
  }
  return codeOf(tables[kind], cell) ?? undefined
}
