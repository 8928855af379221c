import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import { openPmtiles, type PmtilesBase } from '@/map/pmtilesBase'

/** Where the map starts, and which base map is chosen in this browser. */
export const useMapConfig = defineStore('map-config', () => {
  const config = ref<Schema['MapConfig'] | null>(null)
  const chosen = ref(localStorage.getItem('gw-base-map') ?? 'none')
  const baseMaps = computed(() => config.value?.base_maps ?? [])
  const baseMap = computed(() => baseMaps.value.find((one) => one.id === chosen.value) ?? null)
  const pmtiles = shallowRef<PmtilesBase | null>(null)
  const baseFailed = ref(false)
  const center = computed<[number, number]>(() => (config.value?.center as [number, number] | undefined) ?? [121.47, 31.23])
  const zoom = computed(() => config.value?.zoom ?? 9.2)

  async function load(): Promise<void> {
    if (config.value) return
    config.value = await data(api.GET('/api/v1/map/config'))
    await open()
  }
  async function choose(id: string): Promise<void> {
    chosen.value = id
    localStorage.setItem('gw-base-map', id)
    await open()
  }
  /** A file that cannot be read leaves the plain ground: no base map ever blocks our own layers. */
  async function open(): Promise<void> {
    const path = baseMap.value?.kind === 'pmtiles' ? baseMap.value.urls?.[0] : undefined
    baseFailed.value = false
    try {
      pmtiles.value = path ? await openPmtiles(path) : null
    } catch {
      pmtiles.value = null
      baseFailed.value = true
    }
  }
  return { load, choose, baseMaps, baseMap, pmtiles, baseFailed, center, zoom }
})
