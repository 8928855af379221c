import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { Pixel, Size } from './pairs'

const CLOSEST = 24
const FROM_STILL_PX = 5

/** A picture that is zoomed and moved: where its pixels are on the screen, to fractions of one. */
export function useZoom(size: ComputedRef<Size | null>, box: Ref<{ width: number; height: number }>) {
  const scale = ref(1)
  const middle = ref<Pixel>([0, 0])
  const whole = computed(() => (size.value ? Math.min(box.value.width / size.value.widthPx, box.value.height / size.value.heightPx) : 1))

  function fit(): void {
    scale.value = whole.value
    middle.value = [(size.value?.widthPx ?? 0) / 2, (size.value?.heightPx ?? 0) / 2]
  }
  let wasWhole = true
  watch([size, box], () => {
    if (wasWhole || scale.value < whole.value) fit()
  })
  watch([scale, whole], () => (wasWhole = Math.abs(scale.value - whole.value) < 1e-9))

  const viewBox = computed(() => {
    const [wide, high] = [box.value.width / scale.value, box.value.height / scale.value]
    return { x: middle.value[0] - wide / 2, y: middle.value[1] - high / 2, width: Math.max(wide, 1e-6), height: Math.max(high, 1e-6) }
  })
  /** Screen pixels from the pane's corner → pixels of the picture. */
  const under = (x: number, y: number): Pixel => [viewBox.value.x + x / scale.value, viewBox.value.y + y / scale.value]
  const inside = ([u, v]: Pixel): boolean => size.value !== null && u >= 0 && v >= 0 && u <= size.value.widthPx && v <= size.value.heightPx

  function held([u, v]: Pixel): Pixel {
    const { widthPx, heightPx } = size.value ?? { widthPx: 0, heightPx: 0 }
    return [Math.min(widthPx, Math.max(0, u)), Math.min(heightPx, Math.max(0, v))]
  }
  function zoom(factor: number, x = box.value.width / 2, y = box.value.height / 2): void {
    const at = under(x, y)
    scale.value = Math.min(CLOSEST, Math.max(whole.value, scale.value * factor))
    middle.value = held([at[0] - (x - box.value.width / 2) / scale.value, at[1] - (y - box.value.height / 2) / scale.value])
    if (scale.value <= whole.value) fit()
  }
  function pan(x: number, y: number): void {
    if (scale.value > whole.value) middle.value = held([middle.value[0] - x / scale.value, middle.value[1] - y / scale.value])
  }
  function centre(at: Pixel): void {
    if (scale.value > whole.value) middle.value = held(at)
  }
  return { scale, viewBox, under, inside, held, zoom, pan, fit, centre }
}
export type Zoom = ReturnType<typeof useZoom>

interface Hand {
  /** A press that did not move. */
  tap: (x: number, y: number) => void
  /** A press that began on a mark pulls the mark; true = it is taken. */
  grasp: (target: Element, x: number, y: number) => boolean
  pull: (x: number, y: number) => void
  hover: (x: number, y: number, mouse: boolean) => void
  leave: () => void
}

/** Mouse and fingers: tap picks, one pulls a mark or moves the picture, two zoom. */
export function usePointers(zoom: Zoom, box: Ref<HTMLElement | null>, hand: Hand) {
  const down = new Map<number, { x: number; y: number }>()
  let moved = 0
  let pulling = false

  const local = (event: PointerEvent | WheelEvent): { x: number; y: number } => {
    const rect = box.value?.getBoundingClientRect()
    return { x: event.clientX - (rect?.left ?? 0), y: event.clientY - (rect?.top ?? 0) }
  }
  function pressed(event: PointerEvent): void {
    if (event.button !== 0) return
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    down.set(event.pointerId, local(event))
    if (down.size === 1) {
      moved = 0
      const { x, y } = local(event)
      pulling = hand.grasp(event.target as Element, x, y)
    } else {
      pulling = false
      moved = FROM_STILL_PX
    }
  }
  function moving(event: PointerEvent): void {
    const [before, now] = [down.get(event.pointerId), local(event)]
    if (!before) return hand.hover(now.x, now.y, event.pointerType === 'mouse')
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1]
    down.set(event.pointerId, now)
    if (other) {
      const [was, is] = [before, now].map((one) => Math.hypot(one.x - other.x, one.y - other.y))
      zoom.zoom((is ?? 1) / Math.max(was ?? 1, 1), (now.x + other.x) / 2, (now.y + other.y) / 2)
      return zoom.pan((now.x - before.x) / 2, (now.y - before.y) / 2)
    }
    moved += Math.hypot(now.x - before.x, now.y - before.y)
    if (moved < FROM_STILL_PX) return
    if (pulling) hand.pull(now.x, now.y)
    else zoom.pan(now.x - before.x, now.y - before.y)
  }
  function released(event: PointerEvent): void {
    const at = down.get(event.pointerId)
    down.delete(event.pointerId)
    if (at && down.size === 0 && moved < FROM_STILL_PX && !pulling && event.type === 'pointerup') hand.tap(at.x, at.y)
    pulling = false
    if (event.pointerType !== 'mouse') hand.leave()
  }
  function wheel(event: WheelEvent): void {
    const { x, y } = local(event)
    zoom.zoom(Math.exp(-event.deltaY * 0.0016), x, y)
  }
  return { pressed, moving, released, wheel }
}
