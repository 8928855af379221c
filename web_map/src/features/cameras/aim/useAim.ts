import { computed, ref, shallowRef, watch } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem, sentence } from '@/api/problems'
import { useLoad } from '@/components/useLoad'
import type { GeoJSON } from 'geojson'
import { SiteFrame, convexPieces, type Obstacle, type Ring } from '../geometry'
import { compute } from './shown'
import { draftMissing, draftOf, emptyPose, methodOf, poseIn, type PoseDraft } from './poseDraft'
import { useHistory } from './useHistory'

export interface AimDraft extends PoseDraft {
  level: Schema['Level']
}
const CHECK_AFTER_MS = 350
type Standing = Schema['StandingOut']

/** Aiming one camera: the pose that is edited, what it shows, what the server says to it, saving and discarding. */
export function useAim(cameraId: number) {
  const path = { camera_id: cameraId }
  const camera = useLoad<Schema['CameraOut']>(() => data(api.GET('/api/v1/cameras/{camera_id}', { params: { path } })))
  const around = useLoad<Schema['SurroundingsOut']>(() => data(api.GET('/api/v1/sites/{site_id}/surroundings', { params: { path: { site_id: camera.value.value?.site_id ?? 0 } } })))
  const frame = computed(() => (around.value.value ? new SiteFrame(...(around.value.value.origin as [number, number])) : null))
  const history = useHistory<AimDraft>({ ...emptyPose(), level: 'surface' })
  const stored = shallowRef<AimDraft>(history.value.value)
  const draft = history.value
  const version = ref(0)
  const dragging = ref(false)
  const theirs = shallowRef<Schema['CameraOut'] | null>(null)
  const failure = ref<{ text: string; field: string } | null>(null)

  const obstacles = computed<Obstacle[]>(() => {
    const made = frame.value
    return made ? (around.value.value?.standing ?? []).filter((one) => one.level === draft.value.level && one.opacity >= 0.5).flatMap((one) => obstaclesOf(one, made)) : []
  })
  const kind = computed(() => camera.value.value?.kind ?? 'fixed')
  const shown = computed(() => {
    if (!frame.value) return null
    const began = performance.now()
    const found = compute(draft.value, kind.value, frame.value, obstacles.value)
    return { ...found, began }
  })
  const before = computed(() => (frame.value ? compute(stored.value, kind.value, frame.value, obstacles.value) : null))
  const dirty = computed(() => JSON.stringify(draft.value) !== JSON.stringify(stored.value))
  const missing = computed(() => draftMissing(draft.value))

  function take(found: Schema['CameraOut'], keepDraft = false): void {
    camera.value.value = found
    version.value = found.version
    stored.value = { ...draftOf(found.pose), level: found.level }
    if (!keepDraft) history.reset(stored.value)
  }
  async function open(): Promise<void> {
    await camera.run()
    if (!camera.value.value) return
    take(camera.value.value)
    await around.run()
  }
  function change(patch: Partial<AimDraft>, tag: string): void {
    failure.value = null
    history.change({ ...draft.value, ...patch }, tag)
  }

  const check = useLoad<Schema['WhatIfOut'] | null>(async () => {
    const found = camera.value.value
    if (!found || methodOf(draft.value) === 'unposed') return null
    const body = { cameras: [{ camera_id: cameraId, kind: found.kind, level: draft.value.level, tags: found.tags, pose: poseIn(draft.value) }], removed: [], view: 'nominal' as const }
    return data<Schema['WhatIfOut']>(api.POST('/api/v1/sites/{site_id}/coverage/what-if', { params: { path: { site_id: found.site_id } }, body }))
  })
  const stale = ref(false)
  let timer = 0
  watch([draft, dragging, frame], () => {
    window.clearTimeout(timer)
    stale.value = true
    if (dragging.value || !frame.value) return
    timer = window.setTimeout(() => void check.run().then(() => (stale.value = false)), CHECK_AFTER_MS)
  })

  /** Save what was changed; when somebody else was faster, theirs is shown and nothing is overwritten. */
  async function save(reason: string): Promise<boolean> {
    failure.value = null
    try {
      if (draft.value.level !== stored.value.level) {
        const body = { version: version.value, level: draft.value.level }
        version.value = (await data<Schema['CameraOut']>(api.PATCH('/api/v1/cameras/{camera_id}', { params: { path }, body }))).version
      }
      const body = { version: version.value, pose: poseIn(draft.value), reason: reason || null }
      take(await data<Schema['CameraOut']>(api.PUT('/api/v1/cameras/{camera_id}/pose', { params: { path }, body })))
      return true
    } catch (error) {
      if (error instanceof Problem && error.status === 412) theirs.value = await data(api.GET('/api/v1/cameras/{camera_id}', { params: { path } }))
      else failure.value = { text: sentence(error), field: error instanceof Problem ? (error.body.field ?? '') : '' }
      return false
    }
  }
  function meetTheirs(keepMine: boolean): void {
    if (theirs.value) take(theirs.value, keepMine)
    theirs.value = null
  }
  const discard = (): void => history.reset(stored.value)
  return { camera, around, frame, draft, stored, history, dragging, shown, before, dirty, missing, obstacles, kind, check, stale, theirs, failure, open, change, save, meetTheirs, discard }
}
export type Aim = ReturnType<typeof useAim>

/** A standing thing in the site frame, one obstacle for each convex piece, so that pieces are found once and not at every drag. */
export function obstaclesOf(one: Standing, frame: SiteFrame): Obstacle[] {
  const shape = one.geometry as unknown as GeoJSON | null
  const polygons = shape?.type === 'Polygon' ? [shape.coordinates] : shape?.type === 'MultiPolygon' ? shape.coordinates : []
  const local = (ring: number[][]): Ring => ring.slice(0, -1).map((place) => frame.toLocal(place))
  return polygons.flatMap((rings) => convexPieces(rings.map(local)).map((piece) => ({ rings: [piece], bottom: one.bottom_m, top: one.top_m })))
}
