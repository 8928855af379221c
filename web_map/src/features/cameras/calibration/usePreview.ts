import { computed, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { Problem, sentence } from '@/api/problems'
import { bodyOf, FEWEST_TO_FIT, fitted, pairOfField, type Pair, type Size } from './pairs'

const ASK_AFTER_MS = 350

/** What is wrong, and at which pair if it is one's. */
export interface Trouble {
  text: string
  key: number | null
}

/** The fit that follows the hand: asked for a moment after the last change. Only the latest question's answer counts. */
export function usePreview(cameraId: number, pairs: ShallowRef<Pair[]>, size: ComputedRef<Size | null>, editable: ComputedRef<boolean>) {
  const answer = shallowRef<Schema['PreviewOut'] | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  const stale = ref(false)
  /** Keys of the pairs that were asked about, in the order in which the answer counts them. */
  const asked = shallowRef<number[]>([])
  const enough = computed(() => fitted(pairs.value).length >= FEWEST_TO_FIT)
  let timer = 0
  let latest = 0

  async function ask(): Promise<void> {
    const mine = ++latest
    const [given, picture] = [pairs.value, size.value]
    if (!picture || !enough.value) return settle(null, null)
    const body = bodyOf(given, picture)
    try {
      const found = await data<Schema['PreviewOut']>(api.POST('/api/v1/cameras/{camera_id}/calibrations/preview', { params: { path: { camera_id: cameraId } }, body }))
      if (mine !== latest) return
      asked.value = fitted(given).map((one) => one.key)
      settle(found, null)
    } catch (problem) {
      if (mine === latest) settle(null, { text: sentence(problem), key: problem instanceof Problem ? pairOfField(given, problem.body.field ?? '') : null })
    }
  }
  function settle(found: Schema['PreviewOut'] | null, wrong: Trouble | null): void {
    answer.value = found
    trouble.value = wrong
    stale.value = false
  }

  /** What the fit hangs on, as a text: choosing a pair or half of one is no reason to ask again. */
  const question = computed(() => (editable.value && size.value ? JSON.stringify(bodyOf(pairs.value, size.value)) : ''))
  watch(question, () => {
    window.clearTimeout(timer)
    stale.value = enough.value
    timer = window.setTimeout(() => void ask(), ASK_AFTER_MS)
  })
  const keyAt = (index: number | undefined): number | null => (index === undefined ? null : (asked.value[index] ?? null))
  const suspects = computed(() => (answer.value?.suspects ?? []).map(keyAt).filter((key): key is number => key !== null))
  const swapped = computed<[number, number] | null>(() => {
    const [one, other] = [keyAt(answer.value?.swapped?.[0]), keyAt(answer.value?.swapped?.[1])]
    return one !== null && other !== null ? [one, other] : null
  })
  /** How far each pair is from where a fit without it puts it; infinite where it puts it nowhere. */
  const leftOut = computed(() => new Map((answer.value?.left_out_m ?? []).map((m, index) => [keyAt(index) ?? -1, m ?? Infinity] as const)))
  return { answer, trouble, stale, enough, ask, suspects, swapped, leftOut }
}
export type Preview = ReturnType<typeof usePreview>
