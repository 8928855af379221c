import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Schema } from '@/api/client'
import type { Locale } from '@/i18n'

export type Format = 'pdf' | 'xlsx' | 'gpkg'
export const SCOPES: Schema['ReportScope'][] = ['site', 'district', 'city']
export const FORMATS: Format[] = ['pdf', 'xlsx', 'gpkg']

/** What somebody is about to order. */
export interface Order {
  scope: Schema['ReportScope']
  site: number | null
  district: string | null
  format: Format
  language: Locale
}

const oneOf = <T extends string>(list: T[], given: unknown, usual: T): T => (list.includes(given as T) ? (given as T) : usual)

/** The order as an address says it: `?site=12`, `?district=310115&format=xlsx`, `?scope=city`. Nonsense is passed over. */
export function orderFrom(query: LocationQuery, locale: Locale): Order {
  const site = Number(query.site)
  const district = typeof query.district === 'string' && /^\d{6}$/.test(query.district) ? query.district : null
  const named = Number.isInteger(site) && site > 0 ? 'site' : district ? 'district' : 'site'
  return {
    scope: oneOf(SCOPES, query.scope, named),
    site: Number.isInteger(site) && site > 0 ? site : null,
    district,
    format: oneOf(FORMATS, query.format, 'pdf'),
    language: oneOf<Locale>(['zh', 'en'], query.language, locale),
  }
}

/** The shortest address that says the order. */
export function queryOf(order: Order, locale: Locale): LocationQueryRaw {
  const area = { site: order.site ? { site: String(order.site) } : {}, district: order.district ? { district: order.district } : { scope: 'district' }, city: { scope: 'city' } }[order.scope]
  return {
    ...area,
    ...(order.format === 'pdf' ? {} : { format: order.format }),
    ...(order.language === locale ? {} : { language: order.language }),
  }
}

/** The order as the API takes it, or null while its area is not chosen. */
export function bodyOf(order: Order): Schema['ReportIn'] | null {
  const { scope, format, language } = order
  if (scope === 'site' && order.site === null) return null
  if (scope === 'district' && order.district === null) return null
  return { scope, format, language, site_id: scope === 'site' ? order.site : null, district_code: scope === 'district' ? order.district : null }
}
