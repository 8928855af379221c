import { computed, onBeforeUnmount, watch } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'

export type Report = Schema['ReportOut']
const ASK_AGAIN_MS = 1200

export const unfinished = (report: Report): boolean => report.state === 'waiting' || report.state === 'running'

/** One's own reports; while one is on its way the list is asked for again and again. */
export function useReports() {
  const list = useLoad<Schema['ReportList']>(() => data(api.GET('/api/v1/reports/coverage')))
  const items = computed(() => list.value.value?.items ?? [])
  let timer = 0

  watch([list.value, list.error], () => {
    window.clearTimeout(timer)
    if (items.value.some(unfinished)) timer = window.setTimeout(() => void list.run(), ASK_AGAIN_MS)
  })
  onBeforeUnmount(() => window.clearTimeout(timer))

  async function order(body: Schema['ReportIn']): Promise<Report> {
    const made = await data<Report>(api.POST('/api/v1/reports/coverage', { body }))
    await list.run()
    return made
  }
  async function remove(report: Report): Promise<void> {
    await api.DELETE('/api/v1/reports/coverage/{report_id}', { params: { path: { report_id: report.id } } })
    await list.run()
  }
  return { list, items, order, remove }
}

/** Fetch the file with the session's own rights, and hand it to the browser under the name the server gave it. */
export async function download(report: Report): Promise<void> {
  const answer = await api.GET('/api/v1/reports/coverage/{report_id}/file', { params: { path: { report_id: report.id } }, parseAs: 'blob' })
  const address = URL.createObjectURL(answer.data as unknown as Blob)
  const link = document.createElement('a')
  link.href = address
  link.download = nameIn(answer.response.headers.get('Content-Disposition')) ?? `${report.title}.${report.format}`
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** The name of a file in Unicode (RFC 6266). */
export function nameIn(disposition: string | null): string | null {
  const found = /filename\*=UTF-8''([^;]+)/.exec(disposition ?? '')?.[1]
  return found ? decodeURIComponent(found) : null
}

/** Bytes as people read them. */
export function size(bytes: number | null): string {
  if (bytes === null) return '–'
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000)).toLocaleString()} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
