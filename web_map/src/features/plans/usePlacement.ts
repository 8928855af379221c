import { computed, reactive, ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem } from '@/api/problems'
import { useLoad } from '@/components/useLoad'
import type { Geometry } from 'geojson'
import { aimKey, itemIn, itemsOf, newKey, type ItemIn } from './items'

/** Asking for cameras: what is wanted, what is suggested, what of it is ticked, and the plan it goes into. */
export function usePlacement(siteId: number) {
  const path = { site_id: siteId }
  const form = reactive({ most_cameras: 8, goal: 0, re_aim: true, scene_ids: [] as number[], elements: [] as string[], heights: [6, 8] as number[] })
  const forbidden = ref<Geometry[]>([])
  const found = shallowRef<Schema['PlacementOut'] | null>(null)
  const failure = ref<unknown>(null)
  const asking = ref(false)
  const ticked = ref(new Set<string>())
  const site = useLoad<Schema['SiteDetail']>(() => data(api.GET('/api/v1/sites/{site_id}', { params: { path } })))
  const scenes = useLoad<Schema['SceneList']>(() => data(api.GET('/api/v1/sites/{site_id}/scenes', { params: { path } })))
  const cameras = useLoad<Schema['CameraPage']>(() => data(api.GET('/api/v1/sites/{site_id}/cameras', { params: { path } })))
  const catalogue = useLoad<Schema['CatalogueOut']>(() => data(api.GET('/api/v1/catalogue')))
  let asked: AbortController | null = null

  const open = async (): Promise<void> => void (await Promise.all([site.run(), scenes.run(), cameras.run(), catalogue.run()]))
  async function ask(): Promise<void> {
    asked?.abort()
    const mine = (asked = new AbortController())
    asking.value = true
    failure.value = null
    const body = { most_cameras: form.most_cameras, goal_share: form.goal ? form.goal / 100 : null, elements: form.elements, scene_ids: form.scene_ids, forbidden: forbidden.value as never, re_aim: form.re_aim, heights_m: form.heights, source_crs: 'cgcs2000' as const, fixed_camera_ids: [], azimuth_step_deg: 15, spacing_m: 10 }
    try {
      found.value = await data<Schema['PlacementOut']>(api.POST('/api/v1/sites/{site_id}/placement', { params: { path }, body, signal: mine.signal }))
      ticked.value = new Set([...found.value.re_aims.map(aimKey), ...found.value.new_cameras.map((_, index) => newKey(index))])
    } catch (error) {
      if (!mine.signal.aborted) failure.value = error
    }
    if (asked === mine) asking.value = false
  }
  function giveUp(): void {
    asked?.abort()
    asked = null
    asking.value = false
  }
  function tick(key: string): void {
    const next = new Set(ticked.value)
    if (!next.delete(key)) next.add(key)
    ticked.value = next
  }
  /** Take what is ticked into the plan that is open, or begin one; its number, or null when it was refused. */
  async function accept(names: { fresh: (n: number) => string; aim: (id: number) => string }): Promise<number | null> {
    if (!found.value) return null
    failure.value = null
    const items = itemsOf(found.value, ticked.value, names, cameras.value.value?.items ?? [])
    try {
      const plans = (await data<Schema['PlanList']>(api.GET('/api/v1/sites/{site_id}/plans', { params: { path } }))).items
      const open = plans.find((one) => one.state === 'draft' || one.state === 'returned')
      const plan = open ? await added(open.number, items) : await data<Schema['PlanOut']>(api.POST('/api/v1/sites/{site_id}/plans', { params: { path }, body: { items, note: null } }))
      return plan.number
    } catch (error) {
      failure.value = error instanceof Problem ? error : new Problem(0, { title: String(error) })
      return null
    }
  }
  async function added(number: number, items: ItemIn[]): Promise<Schema['PlanOut']> {
    const params = { path: { ...path, number } }
    const plan = await data<Schema['PlanOut']>(api.GET('/api/v1/sites/{site_id}/plans/{number}', { params }))
    const body = { note: plan.note, items: [...plan.items.map(itemIn), ...items] }
    return data(api.PUT('/api/v1/sites/{site_id}/plans/{number}', { params: { ...params, header: { 'If-Match': `"${plan.version}"` } }, body }))
  }
  const count = computed(() => ticked.value.size)
  return { form, forbidden, found, failure, asking, ticked, count, site, scenes, cameras, catalogue, open, ask, giveUp, tick, accept }
}
export type PlacementDesk = ReturnType<typeof usePlacement>
