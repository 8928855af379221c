import type { Schema } from '@/api/client'

export type Item = Schema['ItemOut']
export type ItemIn = Schema['ItemIn']
export type Placement = Schema['PlacementOut']

/** A planned device as it is sent back. */
export function itemIn(one: Item): ItemIn {
  const { id, name, device_class, kind, level, pose, tags, algorithms, camera_id, due_on, responsible, location } = one
  const whole = pose ? { ...pose, location_crs: 'cgcs2000' as const } : null
  return {
    item_id: id, name, device_class, kind: kind ?? 'fixed', level, pose: whole as ItemIn['pose'], tags: tags as Schema['CameraTag'][], algorithms, camera_id, due_on, responsible,
    ...(whole ? { location: null } : { location }), location_crs: 'cgcs2000',
  }
}

/** Cameras of a suggestion that somebody ticked, as items of a plan. */
export function itemsOf(found: Placement, ticked: Set<string>, names: { fresh: (n: number) => string; aim: (id: number) => string }, cameras: Schema['CameraOut'][]): ItemIn[] {
  const pose = (given: Schema['PoseWanted']) => ({ ...given, location_crs: 'cgcs2000' as const }) as ItemIn['pose']
  const plain = { device_class: 'camera' as const, kind: 'fixed' as const, location: null, location_crs: 'cgcs2000' as const }
  const aims = found.re_aims.flatMap((one): ItemIn[] => {
    if (!ticked.has(aimKey(one))) return []
    const own = cameras.find((camera) => camera.id === one.camera_id)
    const tags = [...new Set([...(own?.tags ?? []), ...one.tags])]
    return [{ ...plain, name: names.aim(one.camera_id), level: one.level, pose: pose(one.pose), tags, algorithms: [...new Set([...(own?.algorithms ?? []), ...one.algorithms])], camera_id: one.camera_id }]
  })
  const fresh = found.new_cameras.flatMap((one, index): ItemIn[] =>
    ticked.has(newKey(index)) ? [{ ...plain, name: names.fresh(index + 1), level: one.level, pose: pose(one.pose), tags: one.tags, algorithms: one.algorithms, camera_id: null }] : [],
  )
  return [...aims, ...fresh]
}
export const aimKey = (one: { camera_id: number }): string => `aim-${one.camera_id}`
export const newKey = (index: number): string => `new-${index}`

/** Mean of shares that are known; null when none is. */
export function mean(shares: (number | null)[]): number | null {
  const known = shares.filter((one): one is number => one !== null)
  return known.length ? known.reduce((sum, one) => sum + one, 0) / known.length : null
}

/** Metres between two places in degrees, near enough for a site. */
export function metresBetween([lon, lat]: readonly [number, number] | number[], [lon2, lat2]: readonly [number, number] | number[]): number {
  const [x, y, x2, y2] = [lon ?? 0, lat ?? 0, lon2 ?? 0, lat2 ?? 0]
  return Math.hypot((x2 - x) * 111_320 * Math.cos((y * Math.PI) / 180), (y2 - y) * 110_574)
}

/** How far one azimuth is from another, at most 180°. */
export const turnBetween = (one: number, other: number): number => Math.abs(((((one - other) % 360) + 540) % 360) - 180)
