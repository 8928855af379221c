import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** Is there no network? Then nothing can be saved, and buttons say so. */
export function useOffline(): Ref<boolean> {
  const offline = ref(!navigator.onLine)
  const note = (): void => void (offline.value = !navigator.onLine)
  onMounted(() => {
    window.addEventListener('online', note)
    window.addEventListener('offline', note)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('online', note)
    window.removeEventListener('offline', note)
  })
  return offline
}
