import { computed, ref, shallowRef, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, data, type Schema } from '@/api/client'
import { sentence } from '@/api/problems'
import { groundOf, pixelOf, type PosedCamera } from './camera'
import type { LookedUp } from './calibrationLayers'
import type { Pixel, Place } from './pairs'
import type { Calibration } from './useCalibration'

/** Stands for a place that is not in the picture; every other failure is a sentence of the server. */
const OUTSIDE = 'outside'

/** Checking: a pixel is asked for its place, and a place for its pixel. The server answers by the pose in force. */
export function useLookup(work: Calibration, cameras: { fitted: ComputedRef<PosedCamera | null>; standing: ComputedRef<PosedCamera | null> }) {
  const { t } = useI18n()
  const pixel = shallowRef<Pixel | null>(null)
  const located = shallowRef<Schema['LocatedPixelOut'] | null>(null)
  const failure = ref('')
  const busy = ref(false)
  const planeZ = ref(0)
  const hovered = shallowRef<Pixel | null>(null)
  let latest = 0

  async function look(at: Pixel): Promise<void> {
    const mine = ++latest
    const [size, pose] = [work.size.value, work.found.value?.pose]
    if (!size || !work.found.value) return
    pixel.value = at
    busy.value = true
    // the API counts pixels of the analysed picture, which may be larger or smaller than this one
    const [wide, high] = [(pose?.width_px ?? size.widthPx) / size.widthPx, (pose?.height_px ?? size.heightPx) / size.heightPx]
    const body = { u_px: at[0] * wide, v_px: at[1] * high, plane_z_m: planeZ.value }
    try {
      const found = await data<Schema['LocatedPixelOut']>(api.POST('/api/v1/cameras/{camera_id}/locate', { params: { path: { camera_id: work.found.value.id } }, body }))
      if (mine === latest) [located.value, failure.value] = [found, '']
    } catch (problem) {
      if (mine === latest) [located.value, failure.value] = [null, sentence(problem)]
    } finally {
      if (mine === latest) busy.value = false
    }
  }
  /** A place on the map → where the pose in force sees it, and the server's answer for that pixel. */
  function lookBack(place: Place): void {
    const [camera, frame, size] = [cameras.standing.value ?? cameras.fitted.value, work.frame.value, work.size.value]
    const at = camera && frame ? pixelOf(camera, frame.toLocal(place), planeZ.value) : null
    const inside = at !== null && size !== null && at[0] >= 0 && at[1] >= 0 && at[0] <= size.widthPx && at[1] <= size.heightPx
    if (inside) void look(at)
    else {
      latest += 1
      pixel.value = null
      located.value = null
      failure.value = OUTSIDE
    }
  }
  function again(): void {
    if (pixel.value) void look(pixel.value)
  }
  function level(z: number): void {
    planeZ.value = z
    again()
  }
  function clear(): void {
    latest += 1
    pixel.value = located.value = hovered.value = null
    failure.value = ''
  }
  const ghost = (camera: PosedCamera | null, at: Pixel | null) => (camera && at ? groundOf(camera, at, planeZ.value) : null)
  /** Where the points that are not kept yet would put the same pixel, and how far that is from the answer. */
  const byFit = computed(() => (work.dirty.value ? ghost(cameras.fitted.value, pixel.value) : null))
  const apart = computed(() => {
    const [frame, here] = [work.frame.value, located.value]
    if (!frame || !here || !byFit.value) return null
    const [x, y] = frame.toLocal(here.location)
    return Math.hypot(byFit.value[0] - x, byFit.value[1] - y)
  })
  const looked = computed<LookedUp>(() => {
    const under = ghost(cameras.standing.value ?? cameras.fitted.value, hovered.value)
    return { located: located.value, ghosts: [byFit.value, under].filter((one) => one !== null) }
  })
  /** The answer in a line. */
  const told = computed(() => {
    if (failure.value) return failure.value === OUTSIDE ? t('calibration.outside') : failure.value
    const found = located.value
    return found ? `${found.location[0].toFixed(6)}, ${found.location[1].toFixed(6)} ± ${found.accuracy_m.toFixed(2)} m` : t('calibration.hintCheck')
  })
  return { pixel, located, told, failure, busy, planeZ, hovered, look, lookBack, again, level, clear, byFit, apart, looked }
}
export type Lookup = ReturnType<typeof useLookup>
