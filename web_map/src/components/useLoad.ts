import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

export interface Load<T> {
  value: ShallowRef<T | null>
  loading: Ref<boolean>
  error: ShallowRef<unknown>
  run: () => Promise<void>
}

/** Something fetched: its value, whether it is on its way, why it failed. Only the latest of overlapping runs counts. */
export function useLoad<T>(fetcher: () => Promise<T>): Load<T> {
  const value = shallowRef<T | null>(null)
  const loading = ref(false)
  const error = shallowRef<unknown>(null)
  let latest = 0

  async function run(): Promise<void> {
    const mine = ++latest
    loading.value = true
    try {
      const found = await fetcher()
      if (mine !== latest) return
      value.value = found
      error.value = null
    } catch (problem) {
      if (mine === latest) error.value = problem
    } finally {
      if (mine === latest) loading.value = false
    }
  }
  return { value, loading, error, run }
}
