import { reactive, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'

export interface SiteFilters {
  q: string
  specialty: string
  district: string
  plotting_state: string
  state: string
  inView: boolean
}

const read = (query: LocationQuery, name: string): string => (typeof query[name] === 'string' ? query[name] : '')

/** The list of sites: filters live in the address, so that a view can be sent to somebody. */
export function useSites(bounds: () => [number, number, number, number] | null) {
  const route = useRoute()
  const router = useRouter()
  const filters = reactive<SiteFilters>({
    q: read(route.query, 'q'),
    specialty: read(route.query, 'specialty'),
    district: read(route.query, 'district'),
    plotting_state: read(route.query, 'plotting_state'),
    state: read(route.query, 'state'),
    inView: read(route.query, 'inView') === '1',
  })
  const list = useLoad<Schema['SitePage']>(() => {
    const box = filters.inView ? bounds() : null
    return data(
      api.GET('/api/v1/sites', {
        params: {
          query: {
            size: 200,
            sort: 'name',
            q: filters.q || undefined,
            specialty: (filters.specialty || undefined) as Schema['Specialty'] | undefined,
            district: filters.district || undefined,
            plotting_state: (filters.plotting_state || undefined) as Schema['PlottingState'] | undefined,
            state: (filters.state || undefined) as Schema['SiteState'] | undefined,
            bbox: box ? box.map((edge) => edge.toFixed(6)).join(',') : undefined,
          },
        },
      }),
    )
  })
  let timer = 0
  watch(filters, () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      const kept = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '' && value !== false))
      if (filters.inView) kept.inView = '1'
      void router.replace({ query: kept as Record<string, string>, hash: route.hash })
      void list.run()
    }, 250)
  })
  return { filters, list }
}
