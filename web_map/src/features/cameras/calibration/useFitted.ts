import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { compute } from '../aim/shown'
import { draftOf, type PoseDraft } from '../aim/poseDraft'
import { obstaclesOf } from '../aim/useAim'
import { cameraOf, horizonOf, residualsOf } from './camera'
import { FEWEST_TO_FIT, fitted as fittedPairs, isWhole, MOST_PAIRS } from './pairs'
import type { Calibration } from './useCalibration'

/** What follows from the fit, computed here: misfits, horizon, the footprint on the map beside the one in force. */
export function useFitted(work: Calibration) {
  const { t } = useI18n()
  const pose = computed(() => work.preview.answer.value?.pose ?? null)
  const fitted = computed(() => (pose.value && work.frame.value && work.size.value ? cameraOf(pose.value, work.frame.value, work.size.value) : null))
  const standing = computed(() => (work.standing.value && work.frame.value && work.size.value ? cameraOf(work.standing.value, work.frame.value, work.size.value) : null))
  /** Misfits are told of the fit; who may only look sees those of the pose in force. */
  const judged = computed(() => fitted.value ?? (work.editable.value ? null : standing.value))
  const residuals = computed(() => (judged.value && work.frame.value ? residualsOf(judged.value, work.pairs.value, work.frame.value) : []))
  const horizon = computed(() => {
    const camera = fitted.value ?? standing.value
    return camera ? horizonOf(camera) : []
  })
  const obstacles = computed(() => {
    const frame = work.frame.value
    if (!frame) return []
    const same = (work.around.value.value?.standing ?? []).filter((one) => one.level === work.found.value?.level && one.opacity >= 0.5)
    return same.flatMap((one) => obstaclesOf(one, frame))
  })
  const draft = computed<PoseDraft | null>(() => {
    const [found, size, frame] = [work.found.value, work.size.value, work.frame.value]
    if (!found || !pose.value || !size || !frame) return null
    const { location } = pose.value
    const stored = draftOf(found.pose)
    // as the server does where nobody gave a range: as far as the points prove that things are seen
    const [x, y] = frame.toLocal(location)
    const away = fittedPairs(work.pairs.value).map((one) => frame.toLocal(one.place ?? location)).map(([px, py]) => Math.hypot(px - x, py - y))
    const proven = Math.max(1, ...away)
    return { ...stored, ...pose.value, location: [location[0], location[1]], width_px: stored.width_px ?? size.widthPx, height_px: stored.height_px ?? size.heightPx, range_m: stored.range_m ?? proven }
  })
  const show = (given: PoseDraft | null) => (given && work.frame.value ? compute(given, work.found.value?.kind ?? 'fixed', work.frame.value, obstacles.value) : null)
  const shown = computed(() => show(draft.value))
  const before = computed(() => show(work.found.value ? draftOf(work.found.value.pose) : null))

  const counted = computed(() => t('calibration.counted', { whole: fittedPairs(work.pairs.value).length, all: work.pairs.value.length }))
  const hint = computed(() => {
    const waiting = work.pairs.value.find((one) => one.key === work.chosen.value && !isWhole(one))
    if (waiting) return t(waiting.pixel ? 'calibration.hintPlace' : 'calibration.hintPixel', { n: waiting.key })
    if (work.pairs.value.length >= MOST_PAIRS) return t('calibration.hintMost', { n: MOST_PAIRS })
    return t(fittedPairs(work.pairs.value).length < FEWEST_TO_FIT ? 'calibration.hintFirst' : 'calibration.hintNext')
  })
  return { fitted, standing, residuals, horizon, shown, before, counted, hint }
}
