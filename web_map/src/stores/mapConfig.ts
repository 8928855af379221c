import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, data, type Schema } from '@/api/client'

/** Where the map starts, and which base map is chosen in this browser. */
export const useMapConfig = defineStore('map-config', () => {
  const config = ref<Schema['MapConfig'] | null>(null)
  const chosen = ref(localStorage.getItem('gw-base-map') ?? 'none')
  const baseMaps = computed(() => config.value?.base_maps ?? [])
  const baseMap = computed(() => baseMaps.value.find((one) => one.id === chosen.value) ?? null)
  const center = computed<[number, number]>(() => (config.value?.center as [number, number] | undefined) ?? [121.47, 31.23])
  const zoom = computed(() => config.value?.zoom ?? 9.2)

  async function load(): Promise<void> {
    if (!config.value) config.value = await data(api.GET('/api/v1/map/config'))
  }
  function choose(id: string): void {
    chosen.value = id
    localStorage.setItem('gw-base-map', id)
  }
  return { load, choose, baseMaps, baseMap, center, zoom }
})
