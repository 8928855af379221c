import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { useLive } from '@/api/live'

const NEWEST = 9
/** Asked for anyway, should the stream be cut without a word. */
const LIST_MS = 10_000
const FIGURES_MS = 10_000

/** The newest incidents and the figures about them; `arrived` are those that came since the last look. */
export function useIncidents(onArrival: (arrived: Schema['IncidentOut'][]) => void) {
  const newest = shallowRef<Schema['IncidentOut'][]>([])
  const figures = shallowRef<Schema['ScreenIncidents'] | null>(null)
  const failed = ref(false)
  let last = -1
  let timers: number[] = []

  async function look(): Promise<void> {
    try {
      const found = await data<Schema['IncidentList']>(api.GET('/api/v1/incidents', { params: { query: { size: NEWEST, open: true } } }))
      const arrived = last < 0 ? [] : found.items.filter((one) => one.id > last)
      last = Math.max(last, 0, ...found.items.map((one) => one.id))
      newest.value = found.items
      failed.value = false
      if (arrived.length) onArrival(arrived)
    } catch {
      failed.value = true
    }
  }
  async function count(): Promise<void> {
    figures.value = await data<Schema['ScreenIncidents']>(api.GET('/api/v1/screen/incidents')).catch(() => figures.value)
  }
  useLive(look)
  onMounted(() => {
    void look()
    void count()
    timers = [window.setInterval(look, LIST_MS), window.setInterval(count, FIGURES_MS)]
  })
  onBeforeUnmount(() => timers.forEach(clearInterval))
  return { newest, figures, failed }
}
