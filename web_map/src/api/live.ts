import { onBeforeUnmount, onMounted, ref } from 'vue'

export interface LiveIncident {
  id: number
  kind: string
  severity: string
  state: string
  location: [number, number]
  new: boolean
}

/** What came lately is looked at together: a burst is one look, and no more than four are made a second. */
export const GATHER_MS = 250

/** Calls `look` once for all that comes within a moment. */
export function gathered(look: () => void, after: (run: () => void, ms: number) => unknown = setTimeout): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    after(() => {
      waiting = false
      look()
    }, GATHER_MS)
  }
}

/** The live stream of the page: the browser connects anew by itself and goes on where it broke off. */
export function useLive(onIncident: () => void) {
  const connected = ref(false)
  const look = gathered(onIncident)
  let source: EventSource | null = null
  onMounted(() => {
    source = new EventSource('/api/v1/live')
    source.addEventListener('hello', () => (connected.value = true))
    source.addEventListener('incident', look)
    // too long away: whatever is shown may have changed
    source.addEventListener('reset', look)
    source.addEventListener('ended', () => source?.close())
    source.addEventListener('error', () => (connected.value = false))
  })
  onBeforeUnmount(() => source?.close())
  return { connected }
}
