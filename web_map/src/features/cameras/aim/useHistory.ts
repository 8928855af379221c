import { computed, ref, shallowRef } from 'vue'

/** Within this time changes of the same thing are one step. */
const ONE_STEP_MS = 700

/** A value with its past: every change is a step, save that what is dragged or typed in one go is one. */
export function useHistory<T>(start: T) {
  const value = shallowRef<T>(start)
  const past = ref<T[]>([])
  const future = ref<T[]>([])
  let last = { tag: '', at: 0 }

  function change(next: T, tag: string): void {
    const now = performance.now()
    const same = tag === last.tag && (tag.startsWith('drag') || now - last.at < ONE_STEP_MS)
    if (!same) (past.value as T[]).push(value.value)
    future.value = []
    last = { tag, at: now }
    value.value = next
  }
  function step(from: T[], to: T[]): void {
    const found = from.pop()
    if (found === undefined) return
    to.push(value.value)
    value.value = found
    last = { tag: '', at: 0 }
  }
  const undo = (): void => step(past.value as T[], future.value as T[])
  const redo = (): void => step(future.value as T[], past.value as T[])
  function reset(next: T): void {
    past.value = []
    future.value = []
    last = { tag: '', at: 0 }
    value.value = next
  }
  return { value, change, undo, redo, reset, canUndo: computed(() => past.value.length > 0), canRedo: computed(() => future.value.length > 0) }
}
