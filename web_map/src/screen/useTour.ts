import { computed, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { api, data, type Schema } from '@/api/client'

/** Where the wall looks. */
export interface Scene {
  kind: 'city' | 'district' | 'site'
  key: string
  title: string
  center: [number, number]
  zoom: number
}

type Bounds = [[number, number], [number, number]]

/** The zoom at which a box fits into the middle of the wall, whose columns cover a part of the map. */
export function zoomOf([[west, south], [east, north]]: Bounds, widthPx: number, heightPx: number): number {
  const mercator = (lat: number): number => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))
  const across = (east - west) / 360
  const along = (mercator(north) - mercator(south)) / (2 * Math.PI)
  const fit = Math.min(widthPx / 512 / Math.max(across, 1e-6), heightPx / 512 / Math.max(along, 1e-6))
  return Math.max(7, Math.min(17, Math.log2(fit)))
}

/** The scenes of a tour in order: the city, then every district with sites, the one that is watched least first. */
export function useTour(coverage: Ref<Schema['CityCoverageOut'] | null>, everyS: number, city: { center: [number, number]; zoom: number }, locale: Ref<'zh' | 'en'>) {
  const districts = ref<Schema['DistrictListed'][]>([])
  const at = ref(0)
  const chosen = ref<Scene | null>(null)
  const paused = ref(everyS <= 0)
  let timer = 0

  const whole = computed<Scene>(() => ({ kind: 'city', key: 'city', title: '', ...city }))
  const stops = computed<Scene[]>(() => [whole.value, ...(coverage.value?.districts ?? []).flatMap((one) => sceneOf(one.code) ?? [])])
  const scene = computed<Scene>(() => chosen.value ?? stops.value[at.value % stops.value.length] ?? whole.value)

  function sceneOf(code: string): Scene | null {
    const found = districts.value.find((one) => one.code === code)
    if (!found) return null
    const [west, south, east, north] = found.bbox
    const title = locale.value === 'zh' ? found.name_zh : found.name_en
    return { kind: 'district', key: code, title, center: [(west + east) / 2, (south + north) / 2], zoom: zoomOf([[west, south], [east, north]], 900, 620) }
  }
  function next(step = 1): void {
    chosen.value = null
    at.value = (at.value + step + stops.value.length) % stops.value.length
  }
  function choose(found: Scene | null): void {
    chosen.value = found
  }
  function chooseDistrict(code: string): void {
    choose(chosen.value?.key === code ? null : sceneOf(code))
  }
  function restart(): void {
    clearInterval(timer)
    if (!paused.value && everyS > 0) timer = window.setInterval(() => next(), everyS * 1000)
  }
  watch(paused, restart)
  onMounted(async () => {
    districts.value = await data<Schema['DistrictListed'][]>(api.GET('/api/v1/districts')).catch(() => [])
    restart()
  })
  onBeforeUnmount(() => clearInterval(timer))
  return { scene, stops, paused, next, choose, chooseDistrict }
}
