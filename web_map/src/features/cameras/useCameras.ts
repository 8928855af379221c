import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'
import { useFiltered } from './useFiltered'

export type Camera = Schema['CameraOut']
const EMPTY = { q: '', site_id: '', district: '', state: '', connectivity: '', tag: '', method: '', inView: '' }
export type CameraFilters = typeof EMPTY

/** The list of cameras over all sites one may see. */
export function useCameras(bounds: () => number[] | null) {
  const filters = useFiltered({ ...EMPTY }, () => void list.run())
  const list = useLoad<Schema['CameraPage']>(() => {
    const box = filters.inView ? bounds() : null
    const { q, site_id, district, state, connectivity, tag, method } = filters
    const query = {
      size: 200, q: q || undefined, site_id: Number(site_id) || undefined, district: district || undefined,
      state: (state || undefined) as Schema['CameraState'] | undefined, connectivity: (connectivity || undefined) as Schema['Connectivity'] | undefined,
      tag: (tag || undefined) as Schema['CameraTag'] | undefined, method: (method || undefined) as Schema['FootprintMethod'] | undefined,
      bbox: box ? box.map((edge) => edge.toFixed(6)).join(',') : undefined,
    }
    return data(api.GET('/api/v1/cameras', { params: { query } }))
  })
  return { filters, list }
}
