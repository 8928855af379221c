import type { Feature, Geometry, LineString, Point, Polygon } from 'geojson'
import type { Schema } from '@/api/client'

export type Attributes = Record<string, string | number | boolean | null>
export type Drawable = Polygon | LineString | Point

/** One thing on the plan. */
export interface PlotItem {
  id: string
  layer: Schema['PlanLayer']
  name: string
  attributes: Attributes
  geometry: Geometry
}

/** A server's plot as items; a multipolygon of one part becomes that part, so that it can be drawn on. */
export function itemsOf(plot: Pick<Schema['PlotOut'], 'features'>): PlotItem[] {
  const features = (plot.features as unknown as { features: Feature[] }).features
  return features.map((feature) => {
    const properties = (feature.properties ?? {}) as { layer: Schema['PlanLayer']; name?: string; attributes?: Attributes }
    return {
      id: String(feature.id),
      layer: properties.layer,
      name: properties.name ?? '',
      attributes: { ...(properties.attributes ?? {}) },
      geometry: single(feature.geometry),
    }
  })
}

function single(geometry: Geometry): Geometry {
  if (geometry.type === 'MultiPolygon' && geometry.coordinates.length === 1) {
    return { type: 'Polygon', coordinates: geometry.coordinates[0] ?? [] }
  }
  return geometry
}

/** Items as a request carries them. */
export function featuresOf(items: PlotItem[]): Schema['FeatureIn'][] {
  return items.map((item) => ({
    type: 'Feature',
    id: item.id,
    geometry: item.geometry as unknown as Record<string, unknown>,
    properties: { layer: item.layer, name: item.name, attributes: item.attributes, source_crs: 'cgcs2000' },
  }))
}

export function drawable(geometry: Geometry): geometry is Drawable {
  return geometry.type === 'Polygon' || geometry.type === 'LineString' || geometry.type === 'Point'
}

const same = (one: PlotItem | undefined, other: PlotItem | undefined): boolean => JSON.stringify(plain(one)) === JSON.stringify(plain(other))
const plain = (item: PlotItem | undefined) => (item ? [item.layer, item.name, sorted(item.attributes), item.geometry] : null)
const sorted = (attributes: Attributes) => Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b))

export interface Conflict {
  id: string
  mine: PlotItem | undefined
  theirs: PlotItem | undefined
}

/**
 * Three-way merge: what only one side changed is taken from that side; what both changed differently is for people to choose.
 */
export function merge(base: PlotItem[], mine: PlotItem[], theirs: PlotItem[]): { merged: PlotItem[]; conflicts: Conflict[] } {
  const find = (items: PlotItem[], id: string) => items.find((item) => item.id === id)
  const ids = [...new Set([...theirs, ...mine, ...base].map((item) => item.id))]
  const merged: PlotItem[] = []
  const conflicts: Conflict[] = []
  for (const id of ids) {
    const [was, my, their] = [find(base, id), find(mine, id), find(theirs, id)]
    const chosen = same(my, was) ? their : my
    if (!same(my, was) && !same(their, was) && !same(my, their)) conflicts.push({ id, mine: my, theirs: their })
    else if (chosen) merged.push(chosen)
  }
  return { merged, conflicts }
}
