import { api, data, type Schema } from '@/api/client'
import { useLoad } from '@/components/useLoad'
import { useFiltered } from '@/features/cameras/useFiltered'

const EMPTY = { part: 'desk', kind: '', severity: '', state: '', district: '', site_id: '', overdue: '', inView: '' }
export type IncidentFilters = typeof EMPTY

export const KINDS: Schema['IncidentKind'][] = [
  'no_helmet', 'edge_protection_missing', 'dust', 'no_helmet_near_vehicle', 'stack_too_high', 'ponding', 'intrusion', 'ebike_in_work_zone', 'no_harness', 'quality_defect', 'lifting_zone',
  'fire_or_smoke', 'shoring', 'hoarding_missing', 'no_life_jacket', 'scaffold_overhang', 'crowd', 'illegal_entry', 'engineering_vehicle', 'special_vehicle', 'few_people', 'picture_abnormal', 'other',
]
export const STATES: Schema['IncidentState'][] = ['detected', 'confirmed', 'dispatched', 'rectifying', 'in_review', 'appealing', 'suspended', 'closed', 'false_alarm', 'duplicate', 'voided']

/** The desk: what waits for this viewer's step; and all incidents, narrowed by what stands in the address. */
export function useIncidentList(bounds: () => number[] | null) {
  const filters = useFiltered({ ...EMPTY }, () => void list.run())
  const list = useLoad<Schema['IncidentList']>(() => {
    if (filters.part === 'desk') return data(api.GET('/api/v1/incidents/desk', { params: { query: { size: 200 } } }))
    return data(
      api.GET('/api/v1/incidents', {
        params: {
          query: {
            size: 200,
            kind: (filters.kind || undefined) as Schema['IncidentKind'] | undefined,
            severity: (filters.severity || undefined) as Schema['IncidentSeverity'] | undefined,
            state: (filters.state || undefined) as Schema['IncidentState'] | undefined,
            district: filters.district || undefined,
            site_id: Number(filters.site_id) || undefined,
            overdue: filters.overdue === '1' || undefined,
            bbox: filters.inView ? bounds()?.map((edge) => edge.toFixed(6)).join(',') : undefined,
          },
        },
      }),
    )
  })
  return { filters, list }
}
