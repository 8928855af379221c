import type { Position } from 'geojson'
import { onBeforeUnmount, onMounted } from 'vue'
import { nudged } from './geometry'
import type { usePlot } from './usePlot'

interface Keys {
  plot: ReturnType<typeof usePlot>
  fit: () => void
  save: () => void
}
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
const STEP_M = 0.1
const LARGE_STEP_M = 1

/** One set of keys for the unfinished shape and the finished ones; typing in a field is never taken for a command. */
export function usePlotKeys({ plot, fit, save }: Keys): void {
  const { plotting } = plot

  function nudge(east: number, north: number): void {
    const item = plot.items.value.find((one) => one.id === plotting.selected.value)
    if (!item) return
    const moved = JSON.parse(JSON.stringify(item.geometry)) as { coordinates: unknown }
    const walk = (node: unknown): unknown => (Array.isArray(node) && typeof node[0] === 'number' ? nudged(node as Position, east, north) : (node as unknown[]).map(walk))
    moved.coordinates = walk(moved.coordinates)
    plotting.update(item.id, moved as never)
  }

  function down(event: KeyboardEvent): void {
    if (event.key === 'Alt') plotting.suspendSnapping(true)
    if ((event.target as HTMLElement).closest?.('input, textarea, [role=dialog]')) return
    const command = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (command && key === 'z' && event.shiftKey) plotting.redo()
    else if (command && key === 'z') plotting.undo()
    else if (command && key === 'y') plotting.redo()
    else if (command && key === 's') save()
    else if (command) return
    else if (key === 'p') plotting.setMode('polygon')
    else if (key === 'v') plotting.setMode('select')
    else if (key === 'f') fit()
    else if ((event.key === 'Delete' || event.key === 'Backspace') && plotting.selected.value) plotting.remove([plotting.selected.value])
    else if (ARROWS[event.key] && plotting.selected.value) {
      const [east, north] = ARROWS[event.key] ?? [0, 0]
      const step = event.shiftKey ? LARGE_STEP_M : STEP_M
      nudge(east * step, north * step)
    } else return
    event.preventDefault()
  }
  const up = (event: KeyboardEvent): void => {
    if (event.key === 'Alt') plotting.suspendSnapping(false)
  }
  onMounted(() => {
    window.addEventListener('keydown', down)
    window.addEventListener('keyup', up)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', down)
    window.removeEventListener('keyup', up)
  })
}
