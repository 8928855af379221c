import { Marker, type LngLat, type Map as MapLibre } from 'maplibre-gl'
import { onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { useAppearance } from '@/stores/appearance'
import { footOf, type Point } from '../geometry'
import { addAim, drawAim, showGaps } from './aimLayers'
import { northCorrectionDeg, rounded, tenth, turned } from './poseDraft'
import { featuresOf, handlesOf } from './shown'
import type { Aim } from './useAim'

type Handle = 'place' | 'turn' | 'range'
const LEAST_RANGE_M = 1
const MOST_RANGE_M = 2000

/** The camera on the map: three handles to pull, and everything that follows from them drawn anew at once. */
export function useAimMap(aim: Aim, cameraId: number, words: (handle: Handle) => string) {
  const appearance = useAppearance()
  const map = shallowRef<MapLibre | null>(null)
  const gaps = ref(false)
  const handles = new Map<Handle, Marker>()
  let drags = 0

  function start(made: MapLibre): void {
    map.value = made
    made.keyboard.disable()
    made.on('styledata', prepare)
    made.on('click', (event) => pointed(event.lngLat))
    for (const handle of ['range', 'turn', 'place'] as const) handles.set(handle, makeHandle(handle))
    draw()
  }
  /** A camera that stands nowhere yet is put where somebody points; one that looks nowhere yet is turned to where they point next. */
  function pointed(at: LngLat): void {
    const { location, azimuth_deg, range_m } = aim.draft.value
    if (!location) return aim.change({ location: rounded([at.lng, at.lat]) }, 'point place')
    const frame = aim.frame.value
    if (azimuth_deg !== null || !frame) return
    const [x, y] = frame.toLocal(location)
    const [toX, toY] = frame.toLocal([at.lng, at.lat])
    const azimuth = turned((Math.atan2(toX - x, toY - y) * 180) / Math.PI - northCorrectionDeg(aim.draft.value))
    aim.change({ azimuth_deg: tenth(azimuth), range_m: range_m ?? Math.max(LEAST_RANGE_M, Math.round(Math.hypot(toX - x, toY - y))) }, 'point direction')
  }
  function prepare(): void {
    if (!map.value || map.value.getSource('aim')) return
    draw()
  }

  function makeHandle(handle: Handle): Marker {
    const element = document.createElement('div')
    element.className = `aim-handle ${handle}`
    element.dataset.t = `handle-${handle}`
    element.title = words(handle)
    const marker = new Marker({ element, draggable: true })
    marker.on('dragstart', () => {
      drags += 1
      aim.dragging.value = true
    })
    marker.on('drag', () => pulled(handle, marker.getLngLat()))
    marker.on('dragend', () => (aim.dragging.value = false))
    return marker
  }

  function pulled(handle: Handle, at: LngLat): void {
    const [frame, view, draft] = [aim.frame.value, aim.shown.value?.view, aim.draft.value]
    if (!frame) return
    const tag = `drag ${drags}`
    if (handle === 'place') return aim.change({ location: rounded([at.lng, at.lat]) }, tag)
    const from: Point = view ? footOf(view) : frame.toLocal(draft.location ?? [0, 0])
    const [x, y] = frame.toLocal([at.lng, at.lat])
    const [east, north] = [x - from[0], y - from[1]]
    if (handle === 'turn') return aim.change({ azimuth_deg: tenth(turned((Math.atan2(east, north) * 180) / Math.PI - northCorrectionDeg(draft))) }, tag)
    const azimuth = ((draft.azimuth_deg ?? 0) + northCorrectionDeg(draft)) * (Math.PI / 180)
    const along = east * Math.sin(azimuth) + north * Math.cos(azimuth)
    aim.change({ range_m: tenth(Math.min(MOST_RANGE_M, Math.max(LEAST_RANGE_M, along))) }, tag)
  }

  function draw(): void {
    const [made, shown, frame] = [map.value, aim.shown.value, aim.frame.value]
    // a style that is being built has no ground yet, and takes no layers
    if (!made?.getLayer('ground')) return
    addAim(made, cameraId, aim.camera.value.value?.device_id ?? null, appearance.dark)
    showGaps(made, gaps.value)
    if (!shown || !frame) return
    drawAim(made, featuresOf(shown, aim.dirty.value ? aim.before.value : null, frame))
    const location = aim.draft.value.location
    put('place', location)
    const ends = shown.view ? handlesOf(shown.view) : null
    put('turn', ends ? frame.toLonLat(ends.turn) : null)
    put('range', ends ? frame.toLonLat(ends.range) : null)
    const azimuth = turned((aim.draft.value.azimuth_deg ?? 0) + northCorrectionDeg(aim.draft.value))
    for (const handle of handles.values()) handle.setRotation(azimuth)
    handles.get('place')?.getElement().classList.toggle('unaimed', aim.draft.value.azimuth_deg === null)
  }
  function put(handle: Handle, at: [number, number] | null): void {
    const marker = handles.get(handle)
    if (!marker || !map.value) return
    if (!at) marker.remove()
    else if (marker.setLngLat(at).getElement().isConnected === false) marker.addTo(map.value)
  }

  /** Computing and handing over are one measure: what a hand on the mouse waits for. */
  watch([aim.shown, aim.before, aim.dirty], () => {
    draw()
    if (aim.shown.value && map.value) performance.measure('aim:redraw', { start: aim.shown.value.began, end: performance.now() })
  })

  watch(gaps, (shown) => map.value && showGaps(map.value, shown))

  function fit(): void {
    const [frame, shown] = [aim.frame.value, aim.shown.value]
    const made = map.value
    if (!made || !frame) return
    const points: Point[] = shown?.seen?.free.outlines.flat() ?? []
    if (shown?.view) points.push(footOf(shown.view))
    const places = points.map((point) => frame.toLonLat(point))
    const location = aim.draft.value.location
    if (places.length > 1) {
      const [lon, lat] = [places.map((one) => one[0]), places.map((one) => one[1])]
      made.fitBounds([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)], { padding: 90, maxZoom: 19.5, duration: 300 })
    } else made.jumpTo({ center: location ?? [frame.lon, frame.lat], zoom: location ? 18.5 : 17 })
  }
  onBeforeUnmount(() => handles.forEach((one) => one.remove()))
  return { map, gaps, start, fit }
}
