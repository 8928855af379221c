import type { Map as MapLibre } from 'maplibre-gl'
import { TOKENS } from './tokens'

/**
 * Pictures of the map, drawn here when a style first asks for them. Their names say what they are and in which theme, so that
 * a change of theme needs no bookkeeping: `gw/hatch/dark`, `gw/camera/on/light`.
 */
const SCALE = 2
type Paint = (pen: CanvasRenderingContext2D, theme: 'light' | 'dark', state: string) => void

const HATCH_PX = 8
const ICON_PX = 26

export const hatchImage = (dark: boolean): string => `gw/hatch/all/${dark ? 'dark' : 'light'}`
export const shadowImage = (dark: boolean): string => `gw/shadow/all/${dark ? 'dark' : 'light'}`
export const iconImage = (name: string, state: 'on' | 'off' | 'unknown', dark: boolean): string => `gw/${name}/${state}/${dark ? 'dark' : 'light'}`

/** Lines at 45°, continuous over the edges of the tile. */
function hatch(colour: (theme: 'light' | 'dark') => string, width: number): Paint {
  return (pen, theme) => {
    pen.strokeStyle = colour(theme)
    pen.lineWidth = width
    for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
      pen.beginPath()
      pen.moveTo(shift - 2, HATCH_PX + 2)
      pen.lineTo(shift + HATCH_PX + 2, -2)
      pen.stroke()
    }
  }
}

/** A camera seen from above, looking north: the map turns it to its azimuth. One whose azimuth nobody knows has no cone. */
const camera = (aimed: boolean): Paint => (pen, theme, state) => {
  const [fill, edge] = colours(theme, state)
  pen.lineJoin = 'round'
  pen.lineWidth = 1.6
  pen.fillStyle = fill
  pen.strokeStyle = edge
  if (aimed) cone(pen)
  pen.beginPath()
  pen.roundRect(-4.5, -4, 9, 13, 3)
  pen.fill()
  pen.stroke()
  if (state === 'off') slash(pen, edge)
}

function cone(pen: CanvasRenderingContext2D): void {
  pen.beginPath()
  pen.moveTo(0, -1)
  pen.lineTo(-6.5, -11)
  pen.lineTo(6.5, -11)
  pen.closePath()
  pen.globalAlpha = 0.55
  pen.fill()
  pen.globalAlpha = 1
}

const turnstile: Paint = (pen, theme, state) => badge(pen, theme, state, () => {
  pen.beginPath()
  pen.moveTo(0, 0)
  for (const turn of [-Math.PI / 2, Math.PI / 6, (5 * Math.PI) / 6]) {
    pen.moveTo(0, 0)
    pen.lineTo(5 * Math.cos(turn), 5 * Math.sin(turn))
  }
  pen.stroke()
})

const dustMonitor: Paint = (pen, theme, state) => badge(pen, theme, state, () => {
  for (const [x, y] of [[-2.8, -2.4], [2.6, -2.8], [0, 0.6], [-2.8, 3.4], [3, 3]] as const) {
    pen.beginPath()
    pen.arc(x, y, 1.25, 0, 2 * Math.PI)
    pen.fill()
  }
})

const edgeBox: Paint = (pen, theme, state) => badge(pen, theme, state, () => {
  pen.strokeRect(-3.6, -3.6, 7.2, 7.2)
  pen.fillRect(-1.2, -1.2, 2.4, 2.4)
})

function colours(theme: 'light' | 'dark', state: string): [string, string] {
  const tokens = TOKENS[theme]
  return [state === 'on' ? tokens.deviceOn : tokens.deviceOff, theme === 'dark' ? '#ffffff' : tokens.edge]
}

function badge(pen: CanvasRenderingContext2D, theme: 'light' | 'dark', state: string, sign: () => void): void {
  const [fill, edge] = colours(theme, state)
  pen.fillStyle = fill
  pen.strokeStyle = edge
  pen.lineWidth = 1.6
  pen.beginPath()
  pen.roundRect(-8.5, -8.5, 17, 17, 4.5)
  pen.fill()
  pen.stroke()
  pen.fillStyle = pen.strokeStyle = theme === 'dark' ? '#08111c' : '#ffffff'
  sign()
  if (state === 'off') slash(pen, edge)
}

function slash(pen: CanvasRenderingContext2D, colour: string): void {
  pen.strokeStyle = colour
  pen.lineWidth = 2
  pen.beginPath()
  pen.moveTo(-8.5, 8.5)
  pen.lineTo(8.5, -8.5)
  pen.stroke()
}

const PAINTERS: Record<string, { size: number; centred: boolean; paint: Paint }> = {
  hatch: { size: HATCH_PX, centred: false, paint: hatch((theme) => TOKENS[theme].gap, 1.05) },
  shadow: { size: HATCH_PX, centred: false, paint: hatch((theme) => TOKENS[theme].shadow, 1.1) },
  camera: { size: ICON_PX, centred: true, paint: camera(true) },
  camera_unaimed: { size: ICON_PX, centred: true, paint: camera(false) },
  turnstile: { size: ICON_PX, centred: true, paint: turnstile },
  dust_monitor: { size: ICON_PX, centred: true, paint: dustMonitor },
  edge_box: { size: ICON_PX, centred: true, paint: edgeBox },
}

/** A picture by its name, as the map wants it; nothing for a name that is not ours. */
export function drawImage(id: string): ImageData | null {
  const [space, name = '', state = '', theme] = id.split('/')
  const painter = PAINTERS[name]
  if (space !== 'gw' || !painter || (theme !== 'light' && theme !== 'dark')) return null
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = painter.size * SCALE
  const pen = canvas.getContext('2d')
  if (!pen) return null
  pen.scale(SCALE, SCALE)
  if (painter.centred) pen.translate(painter.size / 2, painter.size / 2)
  painter.paint(pen, theme, state)
  return pen.getImageData(0, 0, canvas.width, canvas.height)
}

/** Draw pictures as the style asks for them. */
export function supplyImages(map: MapLibre): void {
  map.setMissingStyleImageResolver((id) => {
    const drawn = map.hasImage(id) ? null : drawImage(id)
    if (drawn) map.addImage(id, drawn, { pixelRatio: SCALE })
  })
}
