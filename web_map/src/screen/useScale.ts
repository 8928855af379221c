import { onBeforeUnmount, onMounted, ref } from 'vue'

export interface Stage {
  /** CSS pixels of one unit: the screen is designed in units of 1920 × 1080. */
  unit: number
  /** Width of the side columns, in units. */
  column: number
  wide: boolean
}

/** Ratio from which a wall is wide: its columns grow and the map takes the rest. */
const WIDE = 2.2

/** The unit of a window: the smaller of both ratios, so that text is never stretched. `design` is the size of the wall itself. */
export function stageOf(width: number, height: number): Stage {
  const wide = width / height >= WIDE
  return { unit: Math.min(wide ? width / 3840 : width / 1920, height / 1080), column: wide ? 520 : 420, wide }
}

/** A wall fed by a smaller picture (`?design=6720x2160`) is laid out at its own pixels and shrunk to the window. */
export function designOf(text: string | null): { width: number; height: number } | null {
  const found = /^(\d{3,5})x(\d{3,5})$/.exec(text ?? '')
  return found ? { width: Number(found[1]), height: Number(found[2]) } : null
}

export function useScale(design: { width: number; height: number } | null) {
  const stage = ref<Stage>(stageOf(design?.width ?? innerWidth, design?.height ?? innerHeight))
  const shrink = ref({ x: 1, y: 1 })
  function measure(): void {
    stage.value = stageOf(design?.width ?? innerWidth, design?.height ?? innerHeight)
    shrink.value = design ? { x: innerWidth / design.width, y: innerHeight / design.height } : { x: 1, y: 1 }
  }
  onMounted(() => {
    measure()
    addEventListener('resize', measure)
  })
  onBeforeUnmount(() => removeEventListener('resize', measure))
  return { stage, shrink }
}
