import { computed, ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem, sentence } from '@/api/problems'
import { useLoad } from '@/components/useLoad'
import { useSession } from '@/stores/session'
import { useHistory } from '../aim/useHistory'
import { SiteFrame } from '../geometry'
import { fullPose } from './camera'
import { blank, bodyOf, changed, exchanged, MOST_PAIRS, nextKey, pairsOf, picked, without, type Pair, type Pixel, type Place, type Size } from './pairs'
import { usePicture } from './usePicture'
import { usePreview } from './usePreview'

/** Georeferencing one camera: its picture, the pairs that are picked, what the server makes of them, and keeping it. */
export function useCalibration(cameraId: number) {
  const path = { camera_id: cameraId }
  const session = useSession()
  const camera = useLoad<Schema['CameraOut']>(() => data(api.GET('/api/v1/cameras/{camera_id}', { params: { path } })))
  const around = useLoad<Schema['SurroundingsOut']>(() => data(api.GET('/api/v1/sites/{site_id}/surroundings', { params: { path: { site_id: camera.value.value?.site_id ?? 0 } } })))
  const earlier = useLoad<Schema['CalibrationList']>(() => data(api.GET('/api/v1/cameras/{camera_id}/calibrations', { params: { path } })))
  const picture = usePicture(cameraId)
  const frame = computed(() => (around.value.value ? new SiteFrame(...(around.value.value.origin as [number, number])) : null))
  const history = useHistory<Pair[]>([])
  const pairs = history.value
  const kept = shallowRef<Pair[]>([])
  const chosen = ref<number | null>(null)
  const saving = ref(false)
  const saved = shallowRef<Schema['CalibrationOut'] | null>(null)
  const failure = ref('')

  const found = computed(() => camera.value.value)
  const fixed = computed(() => found.value?.kind === 'fixed')
  const editable = computed(() => session.may('calibrate_camera') && fixed.value && found.value?.state !== 'retired')
  const size = computed<Size | null>(() => (picture.shown.value ? { widthPx: picture.shown.value.width_px, heightPx: picture.shown.value.height_px } : null))
  const standing = computed(() => (found.value ? fullPose(found.value.pose) : null))
  const dirty = computed(() => editable.value && JSON.stringify(pairs.value) !== JSON.stringify(kept.value))
  const preview = usePreview(cameraId, pairs, size, editable)

  async function open(): Promise<void> {
    await camera.run()
    if (!found.value) return
    await Promise.all([around.run(), earlier.run(), picture.look()])
    // who may only look sees the points that made the pose
    const last = earlier.value.value?.items.find((one) => one.in_force) ?? earlier.value.value?.items[0]
    if (!editable.value && last && size.value) history.reset(pairsOf(last, size.value))
  }

  function change(next: Pair[], tag: string): void {
    saved.value = null
    failure.value = ''
    history.change(next, tag)
  }
  function pick(half: { pixel: Pixel } | { place: Place }): void {
    if (!editable.value || pairs.value.length >= MOST_PAIRS) return
    const made = picked(pairs.value, chosen.value, half)
    change(made.pairs, `pick ${made.key} ${Object.keys(half)[0]}`)
    chosen.value = made.key
  }
  function add(): void {
    if (pairs.value.length >= MOST_PAIRS) return
    const key = nextKey(pairs.value)
    change([...pairs.value, blank(key)], `add ${key}`)
    chosen.value = key
  }
  function edit(key: number, patch: Partial<Pair>, tag = `edit ${key} ${Object.keys(patch)[0]}`): void {
    if (editable.value) change(changed(pairs.value, key, patch), tag)
  }
  function remove(key: number): void {
    change(without(pairs.value, key), `remove ${key}`)
    if (chosen.value === key) chosen.value = null
  }
  const exchange = (one: number, other: number): void => change(exchanged(pairs.value, one, other), `exchange ${one} ${other}`)
  function takeUp(calibration: Schema['CalibrationOut']): void {
    if (size.value) change(pairsOf(calibration, size.value), `take ${calibration.id}`)
    chosen.value = null
  }

  /** Keep the fit. When somebody changed the camera meanwhile, its present state is fetched and the fit is looked at again. */
  async function save(): Promise<void> {
    if (!size.value || !found.value || saving.value) return
    saving.value = true
    failure.value = ''
    try {
      const body = { ...bodyOf(pairs.value, size.value), version: found.value.version }
      const made = await data<Schema['CalibrationOut']>(api.POST('/api/v1/cameras/{camera_id}/calibrations', { params: { path }, body }))
      kept.value = pairs.value
      await Promise.all([camera.run(), earlier.run()])
      saved.value = made
    } catch (problem) {
      failure.value = sentence(problem)
      if (problem instanceof Problem && problem.status === 412) {
        await camera.run()
        await preview.ask()
      }
    } finally {
      saving.value = false
    }
  }
  return {
    camera, around, earlier, picture, frame, history, pairs, chosen, saving, saved, failure, found, fixed, editable, size, standing, dirty, preview,
    open, pick, add, edit, remove, exchange, takeUp, save,
  }
}
export type Calibration = ReturnType<typeof useCalibration>
