import type { Schema } from '@/api/client'
import type { Kpi } from './panels/KpiStrip.vue'

type Words = (key: string, named?: Record<string, unknown>) => string

const ENOUGH = 0.8
const percent = (share: number | null, t: Words): { value: string; unit?: string } =>
  share === null ? { value: t('screen.unknown') } : { value: (share * 100).toFixed(1), unit: '%' }
const toneOf = (share: number | null): Kpi['tone'] => (share === null ? 'calm' : share >= ENOUGH ? 'good' : share >= 0.5 ? 'warn' : 'bad')

/** The cards over the map, each with what it means. */
export function figures(overview: Schema['ScreenOverview'], incidents: Schema['ScreenIncidents'] | null, t: Words): Kpi[] {
  const { works, coverage, devices } = overview
  const heard = devices.reduce((sum, one) => sum + one.online + one.offline, 0)
  const online = devices.reduce((sum, one) => sum + one.online, 0)
  const onlineShare = heard ? online / heard : null
  const unknownSites = coverage.sites - coverage.measured
  return [
    {
      key: 'sites', label: t('screen.kpi.sites'), value: (works.by_state.in_construction ?? 0).toLocaleString(),
      note: t('screen.kpi.sitesNote', { total: works.sites.toLocaleString(), suspended: works.by_state.suspended ?? 0 }), meaning: t('screen.meaning.sites'), to: '/console/sites',
    },
    {
      key: 'coverage', label: t('screen.kpi.coverage'), ...percent(coverage.share, t), tone: toneOf(coverage.share),
      note: coverage.share_p05 !== null && coverage.share_p95 !== null ? `${(coverage.share_p05 * 100).toFixed(0)}–${(coverage.share_p95 * 100).toFixed(0)}%` : '',
      meaning: t('screen.meaning.coverage'), to: '/console/coverage',
    },
    {
      key: 'unwatched', label: t('screen.kpi.unwatched'), value: (coverage.unwatched + unknownSites).toLocaleString(), tone: coverage.unwatched + unknownSites > 0 ? 'bad' : 'good',
      note: t('screen.kpi.unwatchedNote', { unwatched: coverage.unwatched, unknown: unknownSites }), meaning: t('screen.meaning.unwatched'), to: '/console/coverage',
    },
    ...(incidents ? [today(incidents, t), closing(incidents, t)] : []),
    {
      key: 'plotting', label: t('screen.kpi.plotting'), ...percent(works.plotted_share, t), tone: toneOf(works.plotted_share),
      note: `${works.plotted.toLocaleString()}/${works.to_plot.toLocaleString()}`, meaning: t('screen.meaning.plotting'), to: '/console/progress',
    },
    {
      key: 'online', label: t('screen.kpi.online'), ...percent(onlineShare, t), tone: toneOf(onlineShare),
      note: `${online.toLocaleString()}/${heard.toLocaleString()}`, meaning: t('screen.meaning.online'), to: '/console/devices',
    },
  ]
}

function today(incidents: Schema['ScreenIncidents'], t: Words): Kpi {
  const count = Object.values(incidents.today_by_severity).reduce((sum, one) => sum + one, 0)
  const grave = (incidents.today_by_severity.critical ?? 0) + (incidents.today_by_severity.major ?? 0)
  return {
    key: 'today', label: t('screen.kpi.today'), value: count.toLocaleString(), tone: grave > 0 ? 'bad' : 'calm',
    note: t('screen.kpi.todayNote', { grave }), meaning: t('screen.meaning.today'), to: '/console/incidents',
  }
}

function closing(incidents: Schema['ScreenIncidents'], t: Words): Kpi {
  return {
    key: 'closing', label: t('screen.kpi.closing'), ...percent(incidents.closed_share, t), tone: toneOf(incidents.closed_share),
    note: incidents.median_close_h === null ? '' : t('screen.kpi.closingNote', { hours: incidents.median_close_h.toFixed(1) }), meaning: t('screen.meaning.closing'), to: '/console/incidents',
  }
}
