import { computed, reactive, ref, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'

export const GRIDS = [1, 4, 9, 16] as const
export type Grid = (typeof GRIDS)[number]
const SIZE = 60

/** Camera ids of an address; nonsense is left out. */
export function idsOf(text: unknown): number[] {
  const ids = String(text ?? '').split(',').map(Number).filter((one) => Number.isSafeInteger(one) && one > 0)
  return [...new Set(ids)].slice(0, 16)
}

export function gridOf(text: unknown, wanted: number): Grid {
  const asked = GRIDS.find((one) => one === Number(text))
  return asked && asked >= wanted ? asked : (GRIDS.find((one) => one >= wanted) ?? 16)
}

/** What is chosen on the page; it all stands in the address, so that a wall of pictures is a link. */
export function usePlaza() {
  const route = useRoute()
  const router = useRouter()
  const filters = reactive({ q: text('q'), district: text('district'), tag: text('tag'), online: text('online'), starred: text('starred') === '1' })
  const chosen = ref<number[]>(idsOf(route.query.cameras))
  const grid = ref<Grid>(gridOf(route.query.grid, chosen.value.length))
  const place = ref<[number, number] | null>(placeOf(route.query.at))

  function text(name: string): string {
    return String(route.query[name] ?? '')
  }
  const query = computed<LocationQuery>(() => {
    const all: Record<string, string> = {
      q: filters.q, district: filters.district, tag: filters.tag, online: filters.online, starred: filters.starred ? '1' : '',
      cameras: chosen.value.join(','), grid: chosen.value.length ? String(grid.value) : '', at: place.value?.join(',') ?? '',
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value))
  })
  const list = useLoad(() =>
    place.value
      ? data<Schema['PlazaOut']>(api.GET('/api/v1/video/at', { params: { query: { lon: place.value[0], lat: place.value[1] } } }))
      : data<Schema['PlazaOut']>(
          api.GET('/api/v1/video/plaza', {
            params: {
              query: {
                size: SIZE,
                ...(filters.q ? { q: filters.q } : {}),
                ...(filters.district ? { district: filters.district } : {}),
                ...(filters.tag ? { tag: filters.tag as Schema['CameraTag'] } : {}),
                ...(filters.online ? { online: filters.online === '1' } : {}),
                ...(filters.starred ? { starred: true } : {}),
              },
            },
          }),
        ),
  )
  const wall = useLoad(async () => {
    if (chosen.value.length === 0) return []
    const found = await data<Schema['PlazaOut']>(api.GET('/api/v1/video/plaza', { params: { query: { camera: chosen.value, size: 16 } } }))
    return chosen.value.flatMap((id) => found.items.find((one) => one.camera_id === id) ?? [])
  })

  function toggle(id: number): void {
    chosen.value = chosen.value.includes(id) ? chosen.value.filter((one) => one !== id) : [...chosen.value, id].slice(-16)
    grid.value = gridOf(grid.value, chosen.value.length)
  }
  function setGrid(size: Grid): void {
    grid.value = size
    chosen.value = chosen.value.slice(0, size)
  }
  async function star(camera: Schema['PlazaCameraOut']): Promise<void> {
    const params = { params: { path: { camera_id: camera.camera_id } } }
    await (camera.starred ? api.DELETE('/api/v1/video/stars/{camera_id}', params) : api.PUT('/api/v1/video/stars/{camera_id}', params))
    await list.run()
  }
  watch(query, (now) => void router.replace({ query: now, hash: route.hash }))
  watch([() => ({ ...filters }), place], () => void list.run())
  watch(chosen, () => void wall.run(), { immediate: true })
  void list.run()
  return { filters, chosen, grid, place, list, wall, toggle, setGrid, star }
}

function placeOf(text: unknown): [number, number] | null {
  const [lon, lat] = String(text ?? '').split(',').map(Number)
  return lon !== undefined && lat !== undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && String(text ?? '').includes(',') ? [lon, lat] : null
}
