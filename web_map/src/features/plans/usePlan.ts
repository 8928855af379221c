import { computed, ref } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem } from '@/api/problems'
import { useLoad } from '@/components/useLoad'
import { useSession } from '@/stores/session'
import { itemIn, type Item, type ItemIn } from './items'

/** States in which a plan's devices may be changed; of an approved one a change begins the next plan. */
const EDITABLE: Schema['PlanState'][] = ['draft', 'returned']
const UNDER_WAY: Schema['PlanState'][] = ['approved', 'executing', 'accepted']

/** One digital plan: its devices, what it predicts, how far it is, and the steps one may take. */
export function usePlan(siteId: number, number: number) {
  const session = useSession()
  const path = { site_id: siteId, number }
  const params = { path }
  const site = useLoad<Schema['SiteDetail']>(() => data(api.GET('/api/v1/sites/{site_id}', { params: { path: { site_id: siteId } } })))
  const plan = useLoad<Schema['PlanOut']>(() => data(api.GET('/api/v1/sites/{site_id}/plans/{number}', { params })))
  const progress = useLoad<Schema['PlanProgressOut']>(() => data(api.GET('/api/v1/sites/{site_id}/plans/{number}/progress', { params })))
  const present = useLoad<Schema['CoverageOut']>(() => data(api.GET('/api/v1/sites/{site_id}/coverage', { params: { path: { site_id: siteId } } })))
  const cameras = useLoad<Schema['CameraPage']>(() => data(api.GET('/api/v1/sites/{site_id}/cameras', { params: { path: { site_id: siteId } } })))
  const failure = ref<unknown>(null)
  const busy = ref(false)
  const found = computed(() => plan.value.value)
  const editable = computed(() => found.value !== null && EDITABLE.includes(found.value.state) && session.may('plan_devices'))
  const reviewable = computed(() => found.value?.state === 'submitted' && session.may('review_digital_plan'))
  const underWay = computed(() => found.value !== null && UNDER_WAY.includes(found.value.state))
  const items = computed<Item[]>(() => (underWay.value ? progress.value.value?.items : null) ?? found.value?.items ?? [])

  async function open(): Promise<void> {
    await Promise.all([site.run(), plan.run(), present.run(), cameras.run()])
    if (underWay.value) await progress.run()
  }
  async function attempt(send: (version: number) => Promise<unknown>): Promise<boolean> {
    busy.value = true
    failure.value = null
    const problem = await send(found.value?.version ?? 0).then(() => null, (error: unknown) => error)
    busy.value = false
    failure.value = problem
    // refused or not, what is shown is what the server has now
    if (!(problem instanceof Problem && problem.status === 422)) {
      await plan.run()
      if (underWay.value) await progress.run()
    }
    return problem === null
  }
  const put = (next: ItemIn[], note = found.value?.note ?? null): Promise<boolean> =>
    attempt((version) => api.PUT('/api/v1/sites/{site_id}/plans/{number}', { params: { ...params, header: { 'If-Match': `"${version}"` } }, body: { items: next, note } }))
  const change = (one: Item, given: Partial<ItemIn>): Promise<boolean> => put((found.value?.items ?? []).map((each) => (each.id === one.id ? { ...itemIn(each), ...given } : itemIn(each))))
  const remove = (one: Item): Promise<boolean> => put((found.value?.items ?? []).filter((each) => each.id !== one.id).map(itemIn))
  const submit = (): Promise<boolean> => attempt((version) => api.POST('/api/v1/sites/{site_id}/plans/{number}/submit', { params, body: { version } }))
  const approve = (opinion: string): Promise<boolean> => attempt((version) => api.POST('/api/v1/sites/{site_id}/plans/{number}/approve', { params, body: { version, opinion: opinion || null } }))
  const sendBack = (opinion: string): Promise<boolean> => attempt((version) => api.POST('/api/v1/sites/{site_id}/plans/{number}/return', { params, body: { version, opinion: opinion || null } }))
  const accept = (one: Item): Promise<boolean> => attempt((version) => api.POST('/api/v1/sites/{site_id}/plans/{number}/items/{item_id}/accept', { params: { path: { ...path, item_id: one.id } }, body: { version } }))
  const link = (one: Item, device_id: number | null): Promise<boolean> => attempt((version) => api.POST('/api/v1/sites/{site_id}/plans/{number}/items/{item_id}/link', { params: { path: { ...path, item_id: one.id } }, body: { version, device_id } }))
  return { site, plan, progress, present, cameras, found, items, editable, reviewable, underWay, failure, busy, open, put, change, remove, submit, approve, sendBack, accept, link }
}
export type PlanDesk = ReturnType<typeof usePlan>
