import { onBeforeUnmount, onMounted, ref } from 'vue'

/** A wall without a picture for so long is loaded anew. */
const FROZEN_MS = 30_000
const HEAP_BYTES = 600e6
const HIDE_POINTER_MS = 5_000
/** Hour of Shanghai's day at which the wall starts afresh. */
const DAILY_HOUR = 4

type Heap = Performance & { memory?: { usedJSHeapSize: number } }

/** Keeps a wall going for ever: no sleep, no pointer, a reload when it freezes, grows too large, or once a day at night. */
export function useEndless() {
  const pointer = ref(true)
  const started = Date.now()
  let frame = Date.now()
  let handle = 0
  let watch = 0
  let hide = 0
  let lock: WakeLockSentinel | null = null

  function tick(): void {
    frame = Date.now()
    handle = requestAnimationFrame(tick)
  }
  function look(): void {
    // a hidden tab draws no frames, and is not frozen
    if (document.hidden) frame = Date.now()
    const heap = (performance as Heap).memory?.usedJSHeapSize ?? 0
    if (Date.now() - frame > FROZEN_MS || heap > HEAP_BYTES || nightly()) location.reload()
  }
  function nightly(): boolean {
    const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', hour12: false }).format(new Date()))
    return hour === DAILY_HOUR && Date.now() - started > 3_600_000
  }
  function moved(): void {
    pointer.value = true
    clearTimeout(hide)
    hide = window.setTimeout(() => (pointer.value = false), HIDE_POINTER_MS)
  }
  async function stayAwake(): Promise<void> {
    if (document.hidden || !('wakeLock' in navigator)) return
    // refused on low battery or by policy: the wall only may dim
    lock = await navigator.wakeLock.request('screen').catch(() => null)
  }
  onMounted(() => {
    tick()
    watch = window.setInterval(look, 5_000)
    moved()
    void stayAwake()
    addEventListener('pointermove', moved)
    document.addEventListener('visibilitychange', stayAwake)
  })
  onBeforeUnmount(() => {
    cancelAnimationFrame(handle)
    clearInterval(watch)
    clearTimeout(hide)
    void lock?.release()
    removeEventListener('pointermove', moved)
    document.removeEventListener('visibilitychange', stayAwake)
  })
  return { pointer }
}
