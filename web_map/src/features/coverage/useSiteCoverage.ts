import type { FeatureCollection } from 'geojson'
import { computed, ref, watch } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'
import { useFiltered } from '@/features/cameras/useFiltered'
import { matrixOf, type View } from './cells'

const EMPTY = { view: '', scene: '', element: '', at: '' }

/** How one site is watched: figures, scenes, gaps and cameras of a view, and the cell that is looked at; the address holds the choice. */
export function useSiteCoverage(siteId: number) {
  const path = { site_id: siteId }
  const chosen = useFiltered({ ...EMPTY }, () => undefined)
  const view = computed<View>(() => (chosen.view || 'nominal') as View)
  const past = computed(() => chosen.at !== '')
  const site = useLoad<Schema['SiteDetail']>(() => data(api.GET('/api/v1/sites/{site_id}', { params: { path } })))
  const coverage = useLoad<Schema['CoverageOut']>(() => data(api.GET('/api/v1/sites/{site_id}/coverage', { params: { path, query: { view: view.value, at: chosen.at || undefined } } })))
  const matrixNow = useLoad<Schema['ElementsOut']>(() => data(api.GET('/api/v1/sites/{site_id}/elements', { params: { path, query: { view: view.value } } })))
  const gaps = useLoad<FeatureCollection>(() => data(api.GET('/api/v1/sites/{site_id}/gaps', { params: { path, query: { view: view.value } } })))
  const cameras = useLoad<Schema['CameraPage']>(() => data(api.GET('/api/v1/sites/{site_id}/cameras', { params: { path } })))
  const catalogue = useLoad<Schema['CatalogueOut']>(() => data(api.GET('/api/v1/catalogue')))
  const measuring = ref(false)
  const failure = ref<unknown>(null)

  const matrix = computed(() => matrixOf(coverage.value.value?.items ?? []))
  const scenes = computed(() => matrixNow.value.value?.rows.map((one) => one.scene) ?? [])
  const requirement = computed(() => matrix.value.rows.find((row) => row.scene_id === Number(chosen.scene))?.cells.get(chosen.element) ?? null)
  const scene = computed(() => scenes.value.find((one) => one.id === Number(chosen.scene)) ?? null)
  /** Gaps of the cell, or of every mandatory requirement when none is chosen; of a past day none: their shapes are not kept. */
  const shownGaps = computed(() => {
    if (past.value) return []
    const all = gaps.value.value?.features ?? []
    const { scene: id, element } = chosen
    return all.filter(({ properties }) => (id && element ? properties?.scene_id === Number(id) && properties.element === element : properties?.mandatory))
  })

  async function load(): Promise<void> {
    await Promise.all([coverage.run(), matrixNow.run(), gaps.run()])
  }
  async function open(): Promise<void> {
    await Promise.all([site.run(), cameras.run(), catalogue.run(), load()])
  }
  /** Measure the site anew; coverage is measured with every edit, so this is for doubts. */
  async function measure(): Promise<void> {
    measuring.value = true
    failure.value = null
    await api.POST('/api/v1/sites/{site_id}/coverage/recompute', { params: { path, query: { view: view.value } } }).catch((error: unknown) => (failure.value = error))
    measuring.value = false
    await load()
  }
  function choose(sceneId: number | null, element = ''): void {
    chosen.scene = sceneId === null ? '' : String(sceneId)
    chosen.element = element
  }
  watch([view, () => chosen.at], () => void load())
  return { chosen, view, past, site, coverage, gaps, cameras, catalogue, matrix, matrixNow, scenes, scene, requirement, shownGaps, measuring, failure, open, measure, choose }
}
export type SiteCoverage = ReturnType<typeof useSiteCoverage>
