import { expect, it } from 'vitest'
import { gathered } from './live'

it('a burst of events is one look, and the next burst another', () => {
  let looks = 0
  const runs: (() => void)[] = []
  const look = gathered(() => (looks += 1), (run) => runs.push(run))
  look()
  look()
  look()
  expect(runs).toHaveLength(1)
  runs.pop()?.()
  expect(looks).toBe(1)
  look()
  runs.pop()?.()
  expect(looks).toBe(2)
})
