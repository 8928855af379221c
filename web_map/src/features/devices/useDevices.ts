import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'
import { useFiltered } from '@/features/cameras/useFiltered'

const EMPTY = { q: '', site_id: '', district: '', device_class: '', state: '', vendor: '', flag: '', inView: '', by: 'device_class' }
export type DeviceFilters = typeof EMPTY
export type CountBy = 'device_class' | 'vendor' | 'site'

export const CLASSES: Schema['DeviceClass'][] = ['camera', 'turnstile', 'dust_monitor', 'edge_box']
export const FLAGS: Schema['DeviceFlag'][] = ['unlocated', 'outside_site', 'stacked', 'silent']

/** All terminals one may see: the list, and the same filters counted. */
export function useDevices(bounds: () => number[] | null) {
  const filters = useFiltered({ ...EMPTY }, () => void Promise.all([list.run(), counts.run()]))
  const query = () => ({
    q: filters.q || undefined, site_id: Number(filters.site_id) || undefined, district: filters.district || undefined, vendor: filters.vendor || undefined,
    device_class: (filters.device_class || undefined) as Schema['DeviceClass'] | undefined,
    state: (filters.state || undefined) as Schema['Connectivity'] | undefined, flag: (filters.flag || undefined) as Schema['DeviceFlag'] | undefined,
    bbox: filters.inView ? bounds()?.map((edge) => edge.toFixed(6)).join(',') : undefined,
  })
  const list = useLoad<Schema['TerminalPage']>(() => data(api.GET('/api/v1/devices', { params: { query: { size: 200, ...query() } } })))
  const counts = useLoad<Schema['Statistics']>(() => data(api.GET('/api/v1/devices/statistics', { params: { query: { by: filters.by as CountBy, ...query() } } })))
  const waiting = useLoad<Schema['Quarantine']>(() => data(api.GET('/api/v1/devices/quarantine')))
  return { filters, list, counts, waiting }
}
