import { onBeforeUnmount, onMounted } from 'vue'
import type { Calibration } from './useCalibration'

/** Undo, redo and save by keys; typing in a field is never taken for a command. */
export function useCalibrationKeys(work: Calibration): void {
  function down(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey)) return
    const key = event.key.toLowerCase()
    const typing = (event.target as HTMLElement).closest?.('input[type=number], textarea, [role=dialog]')
    if (key === 's') {
      if (work.dirty.value && work.preview.answer.value && !work.preview.stale.value) void work.save()
    } else if (typing) return
    else if (key === 'y' || (key === 'z' && event.shiftKey)) work.history.redo()
    else if (key === 'z') work.history.undo()
    else return
    event.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', down))
  onBeforeUnmount(() => window.removeEventListener('keydown', down))
}
