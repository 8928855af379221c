import { computed, ref, shallowRef, watch } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem } from '@/api/problems'
import { useLoad } from '@/components/useLoad'
import { fitted, pick, sent, type Picked } from './points'

/** Fewer points than this determine nothing. */
export const FEWEST = 4
/** A fit is asked for this long after the last change. */
const QUIET_MS = 250

/** Calibrating one camera: its picture, the points, the fit they give and what it is worth, and the calibrations there are. */
export function useCalibration(cameraId: number) {
  const path = { camera_id: cameraId }
  const camera = useLoad<Schema['CameraOut']>(() => data(api.GET('/api/v1/cameras/{camera_id}', { params: { path } })))
  const picture = useLoad<Schema['PictureOut'] | null>(async () => {
    try {
      return await data<Schema['PictureOut']>(api.GET('/api/v1/cameras/{camera_id}/picture.json', { params: { path } }))
    } catch (error) {
      if (error instanceof Problem && error.slug === 'camera-picture-missing') return null
      throw error
    }
  })
  const history = useLoad<Schema['CalibrationList']>(() => data(api.GET('/api/v1/cameras/{camera_id}/calibrations', { params: { path } })))
  const points = shallowRef<Picked[]>([])
  const current = ref<number | null>(null)
  const changed = ref(false)
  const preview = useLoad<Schema['PreviewOut']>(() => data(api.POST('/api/v1/cameras/{camera_id}/calibrations/preview', { params: { path }, body: body() })))
  const ghost = useLoad<Schema['FootprintOut'] | null>(seen)
  const used = computed(() => fitted(points.value))
  const judged = computed(() => (used.value.length >= FEWEST ? preview.value.value : null))
  const saving = ref(false)
  let timer = 0

  function body(): Schema['CalibrationIn'] {
    return { points: sent(points.value), width_px: picture.value.value?.width_px ?? 0, height_px: picture.value.value?.height_px ?? 0, location_crs: 'cgcs2000' }
  }
  /** What the camera would see with the fitted pose. */
  async function seen(): Promise<Schema['FootprintOut'] | null> {
    const [pose, one] = [preview.value.value?.pose, camera.value.value]
    if (!pose || !one) return null
    const { location, height_m, azimuth_deg, tilt_deg, roll_deg, hfov_deg, vfov_deg, k1, k2 } = pose
    const aimed = { location, location_crs: 'cgcs2000' as const, height_m, azimuth_deg, azimuth_given: 'true' as const, tilt_deg, roll_deg, hfov_deg, vfov_deg, k1, k2, range_m: one.pose.range_m, width_px: one.pose.width_px, height_px: one.pose.height_px }
    const cameras = [{ camera_id: one.id, kind: one.kind, level: one.level, tags: one.tags, algorithms: one.algorithms, pose: aimed }]
    const answer = await data<Schema['WhatIfOut']>(api.POST('/api/v1/sites/{site_id}/coverage/what-if', { params: { path: { site_id: one.site_id } }, body: { cameras, removed: [], view: 'nominal' } }))
    return answer.footprints[0] ?? null
  }
  watch(points, () => {
    window.clearTimeout(timer)
    if (used.value.length >= FEWEST && picture.value.value) timer = window.setTimeout(() => void preview.run().then(ghost.run), QUIET_MS)
  })
  function set(next: Picked[], held: number | null = current.value): void {
    points.value = next
    current.value = held
    changed.value = true
  }
  function take(place: { pixel: [number, number] } | { location: [number, number] }): void {
    const next = pick(points.value, current.value, place)
    set(next.points, next.current)
  }
  const hold = (key: number | null): void => void (current.value = key)
  /** The points of a stored calibration, to go on with. */
  function again(one: Schema['CalibrationOut']): void {
    set(one.points.map((point, index) => ({ key: index + 1, u_px: point.u_px ?? null, v_px: point.v_px ?? null, location: point.lon === undefined ? null : [point.lon, point.lat ?? 0], height_m: point.height_m ?? 0, off: false })), null)
  }
  async function save(): Promise<unknown> {
    saving.value = true
    const version = camera.value.value?.version ?? 0
    const problem = await api.POST('/api/v1/cameras/{camera_id}/calibrations', { params: { path }, body: { ...body(), version } }).then(() => null, (error: unknown) => error)
    saving.value = false
    if (problem === null) changed.value = false
    await Promise.all([camera.run(), history.run()])
    return problem
  }
  const open = async (): Promise<void> => void (await Promise.all([camera.run(), picture.run(), history.run()]))
  return { camera, picture, history, points, current, changed, preview, judged, ghost, used, saving, set, hold, take, again, save, open }
}
export type CalibrationDesk = ReturnType<typeof useCalibration>
