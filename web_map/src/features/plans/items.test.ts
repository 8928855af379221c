import { describe, expect, it } from 'vitest'
import { aimKey, itemIn, itemsOf, mean, metresBetween, newKey, turnBetween, type Item, type Placement } from './items'

const pose = { location: [121.5, 31.2], azimuth_deg: 40 }
const found = {
  re_aims: [{ camera_id: 7, pose, level: 'surface', tags: ['gate'], algorithms: [], gains: [] }],
  new_cameras: [{ place: 'hoarding', pose, level: 'surface', tags: ['edge'], algorithms: [], gains: [] }, { place: 'edge', pose, level: 'pit', tags: [], algorithms: [], gains: [] }],
} as unknown as Placement

describe('what becomes of a suggestion', () => {
  it('is what was ticked; a camera that is turned keeps its own tags', () => {
    const items = itemsOf(found, new Set([aimKey({ camera_id: 7 }), newKey(1)]), { fresh: (n) => `new ${n}`, aim: (id) => `turn ${id}` }, [{ id: 7, tags: ['yard'], algorithms: ['a'] } as never])
    expect(items.map((one) => one.name)).toEqual(['turn 7', 'new 2'])
    expect(items[0]).toMatchObject({ camera_id: 7, tags: ['yard', 'gate'], algorithms: ['a'] })
    expect(items[1]).toMatchObject({ camera_id: null, level: 'pit' })
  })
  it('is sent back with its id, its place in the pose', () => {
    const item = { id: 3, name: 'x', device_class: 'camera', kind: 'fixed', level: 'surface', pose, tags: [], algorithms: [], camera_id: null, due_on: null, responsible: null, location: [121.5, 31.2] }
    expect(itemIn(item as unknown as Item)).toMatchObject({ item_id: 3, location: null, pose: { azimuth_deg: 40 } })
    expect(itemIn({ ...item, pose: null } as unknown as Item)).toMatchObject({ pose: null, location: [121.5, 31.2] })
  })
})

describe('planned against installed', () => {
  it('tells distances in metres and turns the short way round', () => {
    expect(metresBetween([121.5, 31.2], [121.5, 31.201])).toBeCloseTo(110.6, 0)
    expect(turnBetween(350, 10)).toBe(20)
    expect(turnBetween(90, 270)).toBe(180)
  })
  it('leaves what is unknown out of a mean', () => {
    expect(mean([0.5, null, 1])).toBe(0.75)
    expect(mean([null])).toBeNull()
  })
})
