import type { components } from './schema'

export type Remark = components['schemas']['RemarkOut']

/** A refusal of the server (RFC 9457): a title, perhaps a field and a place on the map. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly body: {
      type?: string
      title?: string
      detail?: string
      field?: string
      at?: [number, number]
      trace?: string
      remarks?: Remark[]
      current_version?: number
      candidates?: string[]
      until?: string
    },
  ) {
    super([body.title, body.detail].filter(Boolean).join(' ') || `HTTP ${status}`)
  }

  get slug(): string {
    return (this.body.type ?? '').replace('/problems/', '')
  }
}

/** Whatever was thrown, as a sentence for people. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
