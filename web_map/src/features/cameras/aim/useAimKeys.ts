import { onBeforeUnmount, onMounted } from 'vue'
import { movedBy, tenth, turned } from './poseDraft'
import type { Aim } from './useAim'

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
const STEP_M = 0.1
const LARGE_STEP_M = 1

/** Everything that can be dragged, by keys; typing in a field is never taken for a command. */
export function useAimKeys(aim: Aim, actions: { fit: () => void; save: () => void }): void {
  function turn(by: number): void {
    if (aim.draft.value.azimuth_deg !== null) aim.change({ azimuth_deg: tenth(turned(aim.draft.value.azimuth_deg + by)) }, 'azimuth key')
  }
  function tilt(by: number): void {
    if (aim.draft.value.tilt_deg !== null) aim.change({ tilt_deg: Math.min(90, Math.max(-90, aim.draft.value.tilt_deg + by)) }, 'tilt key')
  }
  function reach(by: number): void {
    if (aim.draft.value.range_m !== null) aim.change({ range_m: Math.max(1, aim.draft.value.range_m + by) }, 'range key')
  }
  function down(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (command && key === 's') actions.save()
    else if ((event.target as HTMLElement).closest?.('input:not([type=range]), textarea, [role=dialog], [role=combobox]')) return
    else if (command && key === 'z' && event.shiftKey) aim.history.redo()
    else if (command && key === 'z') aim.history.undo()
    else if (command && key === 'y') aim.history.redo()
    else if (command) return
    else if (event.key === '[' || event.key === '{') turn(event.shiftKey ? -10 : -1)
    else if (event.key === ']' || event.key === '}') turn(event.shiftKey ? 10 : 1)
    else if (event.key === ',') tilt(-0.5)
    else if (event.key === '.') tilt(0.5)
    else if (event.key === '-') reach(-1)
    else if (event.key === '=' || event.key === '+') reach(1)
    else if (key === 'f') actions.fit()
    else if (ARROWS[event.key] && aim.frame.value) {
      const [east, north] = ARROWS[event.key] ?? [0, 0]
      const step = event.shiftKey ? LARGE_STEP_M : STEP_M
      aim.change(movedBy(aim.draft.value, aim.frame.value, east * step, north * step), 'move key')
    } else return
    event.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', down))
  onBeforeUnmount(() => window.removeEventListener('keydown', down))
}
