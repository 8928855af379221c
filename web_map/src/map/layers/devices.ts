import type { ExpressionSpecification, SymbolLayerSpecification } from 'maplibre-gl'
import { iconImage } from '../images'
import { FONT } from '../tokens'
import type { Drawing, MapLayer } from './index'

/** Layers of terminals under the pointer. */
export const DEVICE_LAYERS = ['device-on', 'device-off', 'device-near-on', 'device-near-off']
const CLASSES = ['camera', 'turnstile', 'dust_monitor', 'edge_box']
/** Below this zoom a site's terminals are thinned out, so that they do not lie on one another. */
const ALL_FROM_ZOOM = 16

/** Live signs of life come by feature-state, which cannot change a picture: two pictures lie there, and one is seen. */
const online: ExpressionSpecification = ['coalesce', ['feature-state', 'online'], ['==', ['get', 'connectivity'], 'online']]

function icons(state: 'on' | 'off', near: boolean, { dark }: Drawing): SymbolLayerSpecification {
  // off line is crossed out; what was never heard of is grey, for nobody knows
  const picture = (name: string): ExpressionSpecification | string =>
    state === 'on' ? iconImage(name, 'on', dark) : ['case', ['==', ['get', 'connectivity'], 'unknown'], iconImage(name, 'unknown', dark), iconImage(name, 'off', dark)]
  const camera: ExpressionSpecification = ['case', ['has', 'azimuth_deg'], picture('camera'), picture('camera_unaimed')]
  const pictures = CLASSES.flatMap((one) => [one, one === 'camera' ? camera : picture(one)])
  const seen = state === 'on' ? online : (['!', online] as ExpressionSpecification)
  const hover: ExpressionSpecification = ['boolean', ['feature-state', 'hover'], false]
  return {
    id: near ? `device-near-${state}` : `device-${state}`, type: 'symbol', source: 'devices', 'source-layer': 'devices',
    ...(near ? { minzoom: ALL_FROM_ZOOM } : { minzoom: 13, maxzoom: ALL_FROM_ZOOM }),
    layout: {
      'icon-image': ['match', ['get', 'device_class'], ...pictures, picture('edge_box')] as unknown as ExpressionSpecification,
      'icon-rotate': ['coalesce', ['get', 'azimuth_deg'], 0],
      'icon-rotation-alignment': 'map',
      'icon-size': ['interpolate', ['linear'], ['zoom'], 13, 0.62, 17, 1],
      'icon-overlap': near ? 'always' : 'never',
      // both pictures stand on one place: the second must not be thrown out by the first
      'icon-ignore-placement': true,
    },
    paint: { 'icon-opacity': ['case', seen, ['case', hover, 1, 0.94], 0] },
  }
}

/** Terminals: a camera points where it looks; off line is grey and crossed out. */
export const devices: MapLayer = {
  source: 'devices',
  draw: (drawing) => [
    icons('off', false, drawing), icons('on', false, drawing), icons('off', true, drawing), icons('on', true, drawing),
    {
      id: 'device-name', type: 'symbol', source: 'devices', 'source-layer': 'devices', minzoom: 17,
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 1.3], 'text-anchor': 'top', 'text-optional': true, 'text-max-width': 14 },
      paint: { 'text-color': drawing.tokens.text, 'text-halo-color': drawing.tokens.halo, 'text-halo-width': 1.5 },
    },
  ],
}
