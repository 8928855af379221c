import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { featuresOf, itemsOf, type PlotItem } from './plotDocument'

export interface KeptDraft {
  items: PlotItem[]
  base: number
  at: string
}
const TO_SERVER_EVERY_MS = 10_000
const PRESENCE_EVERY_MS = 20_000

/** Nothing drawn is lost: kept in this browser at each change, on the server every ten seconds; and who else is editing. */
export function useDraft(siteId: number, items: Ref<PlotItem[]>, base: Ref<number>, dirty: Ref<boolean>) {
  const key = `gw-plot-draft-${siteId}`
  const path = { site_id: siteId }
  const offered = ref<KeptDraft | null>(null)
  const keptAt = ref<string | null>(null)
  const editors = ref<Schema['EditorOut'][]>([])
  let pending = false

  watch(items, () => {
    if (!dirty.value) return
    localStorage.setItem(key, JSON.stringify({ items: items.value, base: base.value, at: new Date().toISOString() } satisfies KeptDraft))
    pending = true
  })

  async function keep(): Promise<void> {
    if (!pending || !dirty.value) return
    pending = false
    try {
      const body = { features: featuresOf(items.value) as unknown as Record<string, unknown>[], base_version: base.value }
      keptAt.value = (await data<Schema['DraftOut']>(api.PUT('/api/v1/sites/{site_id}/plot/draft', { params: { path }, body }))).saved_at
    } catch {
      pending = true
    }
  }
  async function meet(): Promise<void> {
    try {
      editors.value = (await data<Schema['Editors']>(api.POST('/api/v1/sites/{site_id}/plot/editors', { params: { path } }))).items
    } catch {
      editors.value = []
    }
  }

  /** The newer of the two drafts, if it stands on the version that is there. */
  async function look(): Promise<void> {
    const local = JSON.parse(localStorage.getItem(key) ?? 'null') as KeptDraft | null
    const stored = await data<Schema['DraftOut'] | undefined>(api.GET('/api/v1/sites/{site_id}/plot/draft', { params: { path } })).catch(() => undefined)
    const remote = stored?.features
      ? { items: itemsOf({ features: { features: stored.features } } as never), base: stored.base_version ?? 0, at: stored.saved_at }
      : null
    const newest = [local, remote].filter((one): one is KeptDraft => one !== null && one.base === base.value).sort((a, b) => b.at.localeCompare(a.at))[0]
    offered.value = newest ?? null
  }
  async function forget(): Promise<void> {
    localStorage.removeItem(key)
    offered.value = null
    pending = false
    keptAt.value = null
    await api.DELETE('/api/v1/sites/{site_id}/plot/draft', { params: { path } }).catch(() => undefined)
  }

  const timers = [window.setInterval(() => void keep(), TO_SERVER_EVERY_MS), window.setInterval(() => void meet(), PRESENCE_EVERY_MS)]
  void meet()
  onBeforeUnmount(() => timers.forEach((timer) => window.clearInterval(timer)))
  return { offered, keptAt, editors, look, forget }
}
