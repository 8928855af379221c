import { computed, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'

const EVERY_MS = 10_000
/** Figures older than this are told to be old. */
const OLD_MS = 45_000

/** The figures of the wall, asked for again and again; the last ones stand, with their time, when the server is away. */
export function useOverview() {
  const overview = shallowRef<Schema['ScreenOverview'] | null>(null)
  const failed = ref(false)
  const now = ref(Date.now())
  let timer = 0

  async function ask(): Promise<void> {
    try {
      overview.value = await data(api.GET('/api/v1/screen/overview'))
      failed.value = false
    } catch {
      failed.value = true
    }
    now.value = Date.now()
  }
  onMounted(() => {
    void ask()
    timer = window.setInterval(ask, EVERY_MS)
  })
  onBeforeUnmount(() => clearInterval(timer))
  const old = computed(() => failed.value || (overview.value !== null && now.value - Date.parse(overview.value.as_of) > OLD_MS))
  return { overview, old, ask }
}
