import { computed, onBeforeUnmount, ref } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'

export type Element = Schema['Element']
export type SceneType = Schema['SceneType']
export type Catalogue = Schema['CatalogueOut']
/** How often the measuring of the city is asked after while it runs. */
const EVERY_MS = 1500

/** The catalogue in force or as it once was, its edits, and how far the city is measured under it. Every edit names the number it was made on. */
export function useCatalogue() {
  const number = ref<number | null>(null)
  const now = useLoad<Catalogue>(() => data(api.GET('/api/v1/catalogue')))
  const past = useLoad<Catalogue>(() => data(api.GET('/api/v1/catalogue/versions/{number}', { params: { path: { number: number.value ?? 0 } } })))
  const versions = useLoad<Schema['CatalogueVersions']>(() => data(api.GET('/api/v1/catalogue/versions')))
  const failure = ref<unknown>(null)
  const saving = ref(false)
  const shown = computed(() => (number.value === null ? now.value.value : past.value.value))
  const run = computed(() => now.value.value?.recompute ?? null)
  const measuring = computed(() => run.value !== null && run.value.finished_at === null)
  let timer = 0

  async function follow(): Promise<void> {
    window.clearTimeout(timer)
    if (!measuring.value) return
    timer = window.setTimeout(async () => {
      await now.run()
      await follow()
    }, EVERY_MS)
  }
  async function open(): Promise<void> {
    await Promise.all([now.run(), versions.run()])
    await follow()
  }
  /** Send one edit; whether it was taken. */
  async function edit(send: (number: number) => Promise<unknown>): Promise<boolean> {
    saving.value = true
    failure.value = null
    const problem = await send(now.value.value?.number ?? 0).then(() => null, (error: unknown) => error)
    saving.value = false
    failure.value = problem
    await open()
    return problem === null
  }
  async function look(at: number | null): Promise<void> {
    number.value = at
    if (at !== null) await past.run()
  }
  onBeforeUnmount(() => window.clearTimeout(timer))
  return { number, now, past, versions, shown, run, measuring, failure, saving, open, edit, look }
}
export type CatalogueDesk = ReturnType<typeof useCatalogue>
