import type { Geometry, Position } from 'geojson'
import type { Map as MapLibre } from 'maplibre-gl'
import {
  TerraDraw, TerraDrawAngledRectangleMode, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPointMode, TerraDrawPolygonMode,
  TerraDrawSelectMode, TerraDrawSessionUndoRedo, type GeoJSONStoreFeatures, type HexColor,
} from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import { ref, shallowRef } from 'vue'
import { selfCrossing } from '@/features/plotting/geometry'
import { drawable, type PlotItem } from '@/features/plotting/plotDocument'
import { round, snapTarget } from './snapping'

export type DrawMode = 'select' | 'polygon' | 'angled-rectangle' | 'linestring' | 'point'
const SNAP_PIXELS = 10
const DRAWN: Record<string, DrawMode> = { Polygon: 'polygon', LineString: 'linestring', Point: 'point' }

export interface PlottingOptions {
  /** Geometry of others to snap to. */
  neighbours: () => Geometry[]
  colourOf: (id: string) => HexColor
  changed: () => void
  /** A shape was finished by drawing; the caller says what it is. */
  finished: (id: string, geometry: Geometry) => void
}

/** terra-draw behind a small face: items in and out, modes, undo and redo, selection, and the refusal of crossings. */
export function usePlotting(options: PlottingOptions) {
  const mode = ref<DrawMode>('select')
  const selected = ref<string | null>(null)
  const drawing = ref<Position[] | null>(null)
  const crossingAt = shallowRef<Position | null>(null)
  const history = ref({ undo: false, redo: false })
  let draw: TerraDraw | null = null
  let map: MapLibre | null = null
  let snapOff = false
  let loading = false

  function toCustom(event: { containerX: number; containerY: number }): Position | undefined {
    if (snapOff || !map) return undefined
    const made = map
    const own = (draw?.getSnapshot() ?? []).filter((one) => !one.properties.currentlyDrawing && drawable(one.geometry) && isItem(one)).map((one) => one.geometry)
    const project = (position: Position) => made.project([position[0] ?? 0, position[1] ?? 0])
    return snapTarget({ x: event.containerX, y: event.containerY }, [...options.neighbours(), ...own], project, SNAP_PIXELS)
  }

  /** Refuses a vertex that would make the outline cross itself, and remembers where. */
  function validation(feature: { geometry: Geometry }, context: { updateType: string }) {
    if (context.updateType === 'provisional' || feature.geometry.type !== 'Polygon') return { valid: true }
    const place = selfCrossing(feature.geometry.coordinates[0] ?? [])
    crossingAt.value = place
    return place ? { valid: false, reason: 'crosses itself' } : { valid: true }
  }

  function start(made: MapLibre): void {
    map = made
    const snapping = { toCustom }
    const colour = (feature: GeoJSONStoreFeatures): HexColor => options.colourOf(String(feature.id))
    const polygon = { fillColor: colour, outlineColor: colour, fillOpacity: 0.18, outlineWidth: 2.5 }
    const coordinates = { midpoints: true, draggable: true, deletable: true, snappable: snapping }
    const flags = { feature: { draggable: false, validation, coordinates } }
    draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: made, coordinatePrecision: 9 }),
      modes: [
        new TerraDrawPolygonMode({ snapping, validation, styles: polygon, pointerDistance: 14 }),
        new TerraDrawAngledRectangleMode({ styles: polygon }),
        new TerraDrawLineStringMode({ snapping, styles: { lineStringColor: colour, lineStringWidth: 3 } }),
        new TerraDrawPointMode({ styles: { pointColor: colour, pointWidth: 7, pointOutlineColor: '#ffffff', pointOutlineWidth: 2 } }),
        new TerraDrawSelectMode({
          flags: { polygon: flags, 'angled-rectangle': flags, linestring: flags, point: { feature: { draggable: true } } },
          styles: { selectedPolygonColor: colour, selectedPolygonOutlineColor: colour, selectedPolygonFillOpacity: 0.28, selectedPolygonOutlineWidth: 3.5, selectedLineStringColor: colour, selectedPointColor: colour, selectionPointWidth: 6, midPointWidth: 4 },
          keyEvents: null,
        }),
      ],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo(), sessionLevel: new TerraDrawSessionUndoRedo() },
    })
    draw.start()
    draw.setMode('select')
    draw.on('change', noteChange)
    draw.on('finish', (id, context) => {
      const feature = draw?.getSnapshotFeature(id)
      if (context.action === 'draw' && feature) options.finished(String(id), feature.geometry)
      noteChange()
    })
    draw.on('select', (id) => (selected.value = String(id)))
    draw.on('deselect', () => (selected.value = null))
    if (new URLSearchParams(location.search).has('e2e')) Object.assign(window, { __draw: draw })
  }

  function noteChange(): void {
    if (loading) return
    history.value = { undo: draw?.canUndo() ?? false, redo: draw?.canRedo() ?? false }
    const current = draw?.getSnapshot().find((one) => one.properties.currentlyDrawing)
    drawing.value = current?.geometry.type === 'Polygon' ? (current.geometry.coordinates[0] ?? null) : current?.geometry.type === 'LineString' ? current.geometry.coordinates : null
    options.changed()
  }

  const isItem = (feature: GeoJSONStoreFeatures): boolean => Object.values(DRAWN).includes(feature.properties.mode as DrawMode) || feature.properties.mode === 'angled-rectangle'

  /** Finished shapes, without the library's helpers and without what is being drawn. */
  function shapes(): { id: string; geometry: Geometry }[] {
    return (draw?.getSnapshot() ?? [])
      .filter((one) => isItem(one) && !one.properties.currentlyDrawing && !one.properties.coordinatePoint && !one.properties.closingPoint && !one.properties.snappingPoint)
      .map((one) => ({ id: String(one.id), geometry: one.geometry }))
  }

  function load(items: PlotItem[]): void {
    if (!draw) return
    loading = true
    setMode('select')
    draw.clear()
    add(items)
    draw.clearUndoRedoHistory()
    loading = false
    noteChange()
  }

  function add(items: PlotItem[]): void {
    const features = items
      .filter((item) => drawable(item.geometry))
      .map((item) => ({ type: 'Feature' as const, id: item.id, geometry: rounded(item.geometry), properties: { mode: DRAWN[item.geometry.type] ?? 'polygon' } }))
    draw?.addFeatures(features as GeoJSONStoreFeatures[])
  }

  function setMode(next: DrawMode): void {
    crossingAt.value = null
    if (draw && draw.getMode() !== next) draw.setMode(next)
    mode.value = next
    if (next !== 'select') selected.value = null
  }
  function select(id: string): void {
    setMode('select')
    if (draw?.hasFeature(id)) draw.selectFeature(id)
  }
  function update(id: string, geometry: Geometry): void {
    if (draw?.hasFeature(id)) draw.updateFeatureGeometry(id, rounded(geometry) as never)
    noteChange()
  }
  function remove(ids: string[]): void {
    const present = ids.filter((id) => draw?.hasFeature(id))
    if (selected.value && present.includes(selected.value)) draw?.deselectFeature(selected.value)
    if (present.length) draw?.removeFeatures(present)
    noteChange()
  }
  function undo(): void {
    if (draw?.canUndo()) draw.undo()
    noteChange()
  }
  function redo(): void {
    if (draw?.canRedo()) draw.redo()
    noteChange()
  }
  function stop(): void {
    draw?.stop()
    draw = null
  }
  const suspendSnapping = (off: boolean): void => void (snapOff = off)
  return { mode, selected, drawing, crossingAt, history, start, stop, load, add, shapes, setMode, select, update, remove, undo, redo, suspendSnapping }
}

/** Nine decimals everywhere: the library refuses more. */
export function rounded<T extends Geometry>(geometry: T): T {
  return JSON.parse(JSON.stringify(geometry), (_, value: unknown) => (typeof value === 'number' ? round(value) : value)) as T
}
