import { Marker, type Map as MapLibre } from 'maplibre-gl'

const SHOWN_MS = 12_000

/** A ring that spreads from a place for a while; a still one where nothing may move. */
export function pulse(map: MapLibre, place: [number, number], colour: string, calm: boolean): void {
  const element = document.createElement('div')
  element.className = calm ? 'gw-pulse still' : 'gw-pulse'
  element.style.setProperty('--pulse', colour)
  const marker = new Marker({ element }).setLngLat(place).addTo(map)
  setTimeout(() => marker.remove(), SHOWN_MS)
}
