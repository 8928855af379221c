import type { FeatureCollection, GeoJSON, Geometry } from 'geojson'
import { Marker, type LngLat, type Map as MapLibre, type MapMouseEvent } from 'maplibre-gl'
import { computed, onBeforeUnmount, shallowRef, watch, type ComputedRef } from 'vue'
import { pathsOf, snapTarget } from '@/map/draw/snapping'
import { useAppearance } from '@/stores/appearance'
import { addAim, drawAim, showGaps } from '../aim/aimLayers'
import { rounded } from '../aim/poseDraft'
import { featuresOf as footprintFeatures, type Shown } from '../aim/shown'
import { areaOf, type SiteFrame } from '../geometry'
import { addCalibration, drawCalibration, featuresOf, type LookedUp } from './calibrationLayers'
import type { Residual } from './camera'
import type { Pair, Place } from './pairs'
import type { Calibration } from './useCalibration'

/** Something that stands, and how high. */
export interface Top {
  layer: string
  topM: number
}
const SAME_M = 0.05

interface Shows {
  shown: ComputedRef<Shown | null>
  before: ComputedRef<Shown | null>
  residuals: ComputedRef<Residual[]>
  looked: ComputedRef<LookedUp>
  checking: ComputedRef<boolean>
  look: (place: Place) => void
}
/** So near to a corner of the plan, in pixels of the screen, the corner is meant. */
const SNAP_PX = 12
/** What other cameras see is no help here, and hides the plan. */
const OTHERS = ['footprint-fill', 'footprint-line', 'footprint-line-offline']

/** Without a fit, what is in force is drawn as it is beside a fit: by its outline only. */
function standingOnly(before: Shown | null, frame: SiteFrame): FeatureCollection {
  const features = before ? footprintFeatures(before, before, frame).features.filter((one) => one.properties?.part === 'before') : []
  return { type: 'FeatureCollection', features }
}

/** The map beside the picture: corners of the plan are caught, pairs are marks that can be pulled, the fit is drawn under them. */
export function useCalibrationMap(work: Calibration, shows: Shows, word: (key: number) => string) {
  const appearance = useAppearance()
  const map = shallowRef<MapLibre | null>(null)
  const marks = new Map<number, Marker>()
  let drags = 0

  /** Corners of boundary, hoardings and everything that stands: what people point at. */
  const corners = computed<Geometry[]>(() => {
    const around = work.around.value.value
    const shapes = [around?.boundary, ...(around?.standing ?? []).map((one) => one.geometry)] as unknown as (GeoJSON | null)[]
    return shapes.flatMap((one) => (one && 'coordinates' in one ? pathsOf(one).flat().map((at): Geometry => ({ type: 'Point', coordinates: at })) : []))
  })
  function caught(at: LngLat, free: boolean): Place {
    const made = map.value
    if (!made || free) return rounded([at.lng, at.lat])
    const corner = snapTarget(made.project(at), corners.value, ([lng = 0, lat = 0]) => made.project([lng, lat]), SNAP_PX)
    return corner ? rounded([corner[0] ?? 0, corner[1] ?? 0]) : rounded([at.lng, at.lat])
  }
  /** What stands at a corner, and how high above the datum: a click in the picture may mean its top. */
  function topAt(place: Place): Top | null {
    const frame = work.frame.value
    if (!frame) return null
    const [x, y] = frame.toLocal(place)
    const near = ([cornerX, cornerY]: [number, number]): boolean => Math.hypot(cornerX - x, cornerY - y) < SAME_M
    const found = (work.around.value.value?.standing ?? []).find((one) => {
      const shape = one.geometry as unknown as Geometry | null
      return shape && one.top_m > 0 && pathsOf(shape).flat().some((corner) => near(frame.toLocal(corner)))
    })
    return found ? { layer: found.layer, topM: Math.round(found.top_m * 100) / 100 } : null
  }
  function clicked(event: MapMouseEvent): void {
    const place = caught(event.lngLat, event.originalEvent.altKey)
    if (shows.checking.value) shows.look(place)
    else work.pick({ place })
  }

  function start(made: MapLibre): void {
    map.value = made
    made.on('styledata', () => made.getSource('calibration') ?? draw())
    made.on('click', clicked)
    draw()
    mark()
  }
  function draw(): void {
    const [made, frame] = [map.value, work.frame.value]
    // a style that is being built has no ground yet, and takes no layers
    if (!made?.getLayer('ground') || !frame) return
    addAim(made, work.found.value?.id ?? 0, work.found.value?.device_id ?? null, appearance.dark)
    addCalibration(made, appearance.dark)
    showGaps(made, false)
    for (const id of OTHERS) if (made.getLayer(id) && made.getLayoutProperty(id, 'visibility') !== 'none') made.setLayoutProperty(id, 'visibility', 'none')
    const [shown, before] = [shows.shown.value, shows.before.value]
    drawAim(made, shown ? footprintFeatures(shown, before, frame) : standingOnly(before, frame))
    drawCalibration(made, featuresOf(work.pairs.value, shows.residuals.value, shows.looked.value, shown ?? before, frame))
  }

  function markOf(key: number): Marker {
    const known = marks.get(key)
    if (known) return known
    const element = document.createElement('button')
    element.type = 'button'
    element.dataset.t = `place-${key}`
    element.textContent = String(key)
    const marker = new Marker({ element, draggable: true })
    element.addEventListener('click', (event) => {
      event.stopPropagation()
      work.chosen.value = key
    })
    marker.on('dragstart', () => {
      drags += 1
      work.chosen.value = key
    })
    marker.on('drag', () => work.edit(key, { place: rounded(marker.getLngLat().toArray() as Place) }, `drag ${drags}`))
    marker.on('dragend', () => work.edit(key, { place: caught(marker.getLngLat(), false) }, `drag ${drags}`))
    marks.set(key, marker)
    return marker
  }
  function looks(pair: Pair): string {
    const suspect = work.preview.suspects.value.includes(pair.key)
    return ['control-mark', !pair.on && 'off', !pair.pixel && 'half', suspect && 'suspect', work.chosen.value === pair.key && 'chosen'].filter(Boolean).join(' ')
  }
  function mark(): void {
    const made = map.value
    if (!made) return
    const placed = new Map(work.pairs.value.flatMap((one) => (one.place ? [[one.key, one] as const] : [])))
    for (const [key, marker] of marks) if (!placed.has(key)) marker.remove()
    for (const [key, pair] of placed) {
      const marker = markOf(key).setLngLat(pair.place as Place).setDraggable(work.editable.value && !shows.checking.value)
      const element = marker.getElement()
      element.className = `maplibregl-marker maplibregl-marker-anchor-center ${looks(pair)}`
      element.setAttribute('aria-label', word(key))
      if (!element.isConnected) marker.addTo(made)
    }
  }
  watch([work.pairs, work.chosen, work.preview.suspects, shows.checking, work.editable], mark)
  watch([shows.shown, shows.before, shows.residuals, shows.looked, work.pairs, work.frame], draw)

  /** The camera, what it shows, and every place that was picked. */
  function fit(): void {
    const [made, frame] = [map.value, work.frame.value]
    if (!made || !frame) return
    const shown = shows.shown.value ?? shows.before.value
    const seen = shown?.seen && areaOf(shown.seen.free.pieces) > 0 ? shown.seen.free.outlines.flat().map((point) => frame.toLonLat(point)) : []
    const own = work.found.value?.pose.location
    const places = [...seen, ...work.pairs.value.flatMap((one) => (one.place ? [one.place] : [])), ...(own ? [own as Place] : [])]
    if (places.length > 1) {
      const [lon, lat] = [places.map((one) => one[0]), places.map((one) => one[1])]
      made.fitBounds([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)], { padding: 50, maxZoom: 19.5, duration: 0 })
    } else made.jumpTo({ center: places[0] ?? [frame.lon, frame.lat], zoom: places.length ? 18.5 : 17 })
  }
  onBeforeUnmount(() => marks.forEach((one) => one.remove()))
  return { map, start, fit, topAt }
}
