import type { Schema } from '@/api/client'

export type Requirement = Schema['RequirementOut']
export type View = Schema['CoverageView']
export type Cause = Schema['GapCause']

export const VIEWS: View[] = ['nominal', 'live', 'planned']
/** What stops the best camera, from what a click mends to what needs another camera; the order in which causes are shown. */
export const CAUSES: Cause[] = ['tag_missing', 'offline', 'density_low', 'occluded', 'out_of_view', 'out_of_range']

/** How a cell of the matrix is read: never by its colour alone, and what is unknown is never shown as met or as nothing. */
export type CellState = 'met' | 'partly' | 'none' | 'unknown'

export const cellState = (one: Requirement): CellState =>
  one.share === null ? 'unknown' : one.met ? 'met' : one.share > 0 ? 'partly' : 'none'

/** A share in percent; what is not quite all is never rounded up to it, nor what is a little down to nothing. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–'
  const rounded = Math.round(share * 1000) / 10
  if (rounded >= 100 && share < 1) return '99.9%'
  if (rounded <= 0 && share > 0) return '<0.1%'
  return `${rounded % 1 === 0 ? rounded.toFixed(0) : rounded.toFixed(1)}%`
}

/** 5th to 95th percentile, when both are known and differ. */
export function interval(one: { share_p05?: number | null; share_p95?: number | null }): string {
  const [low, high] = [one.share_p05, one.share_p95]
  if (low === null || low === undefined || high === null || high === undefined || high - low < 0.0005) return ''
  return `${percent(low)}–${percent(high)}`
}

/** A size in its unit. */
export function sized(size: number, measure: Schema['Measure']): string {
  const digits = measure === 'count' ? 0 : size >= 100 ? 0 : 1
  const number = size.toLocaleString(undefined, { maximumFractionDigits: digits, minimumFractionDigits: 0 })
  return measure === 'area' ? `${number} m²` : measure === 'length' ? `${number} m` : number
}

export interface MatrixRow {
  scene_id: number
  name: string
  type: string
  cells: Map<string, Requirement>
}
export interface Matrix {
  rows: MatrixRow[]
  /** Codes of the elements that any scene requires, in order. */
  elements: string[]
}

/** Requirements as scenes × elements. */
export function matrixOf(items: Requirement[]): Matrix {
  const rows = new Map<number, MatrixRow>()
  const elements = new Set<string>()
  for (const one of items) {
    const row = rows.get(one.scene_id) ?? { scene_id: one.scene_id, name: one.scene_name, type: one.scene_type, cells: new Map<string, Requirement>() }
    row.cells.set(one.element, one)
    rows.set(one.scene_id, row)
    elements.add(one.element)
  }
  return { rows: [...rows.values()], elements: [...elements].sort() }
}

/** The cell beside one, in the direction of an arrow; cells that are not required are passed over. */
export function beside(matrix: Matrix, scene: number, element: string, key: string): { scene: number; element: string } | null {
  const row = matrix.rows.findIndex((one) => one.scene_id === scene)
  const column = matrix.elements.indexOf(element)
  const [down, right] = ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] } as Record<string, [number, number]>)[key] ?? [0, 0]
  if (row < 0 || column < 0 || (down === 0 && right === 0)) return null
  for (let r = row + down, c = column + right; matrix.rows[r] && matrix.elements[c]; r += down, c += right) {
    const code = matrix.elements[c] as string
    if (matrix.rows[r]?.cells.has(code)) return { scene: (matrix.rows[r] as MatrixRow).scene_id, element: code }
  }
  return null
}
