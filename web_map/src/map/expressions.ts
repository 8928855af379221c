import type { ExpressionSpecification } from 'maplibre-gl'
import { STATE_COLOURS, type PlottingState } from './tokens'

/** The colour of a feature's plotting state. */
export function stateColour(dark: boolean): ExpressionSpecification {
  const theme = dark ? 'dark' : 'light'
  const cases = (Object.keys(STATE_COLOURS) as PlottingState[]).flatMap((state) => [state, STATE_COLOURS[state][theme]])
  return ['match', ['get', 'plotting_state'], ...cases, STATE_COLOURS.none[theme]] as unknown as ExpressionSpecification
}
