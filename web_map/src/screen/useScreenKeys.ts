import { onBeforeUnmount, onMounted } from 'vue'

export interface ScreenActions {
  next: (step?: number) => void
  pause: () => void
  home: () => void
  help: () => void
}

/** Arrows go through the tour, space holds it, Home shows the city, `?` tells so. */
export function useScreenKeys(actions: ScreenActions): void {
  function pressed(event: KeyboardEvent): void {
    const done: Record<string, () => void> = {
      ArrowRight: () => actions.next(1),
      ArrowLeft: () => actions.next(-1),
      ' ': actions.pause,
      Home: actions.home,
      Escape: actions.home,
      '?': actions.help,
    }
    const action = done[event.key]
    // space on a button presses the button
    if (!action || (event.key === ' ' && event.target instanceof HTMLButtonElement)) return
    event.preventDefault()
    action()
  }
  onMounted(() => addEventListener('keydown', pressed))
  onBeforeUnmount(() => removeEventListener('keydown', pressed))
}
