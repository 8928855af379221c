import type { Geometry } from 'geojson'
import { computed, reactive, ref, shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'
import type { Remark } from '@/api/problems'
import { PLAN_COLOURS } from '@/map/layers/plan_layers'
import { usePlotting } from '@/map/draw/usePlotting'
import { drawable, featuresOf, itemsOf, type Attributes, type PlotItem } from './plotDocument'

type Layer = Schema['PlanLayer']
interface Meta {
  layer: Layer
  name: string
  attributes: Attributes
}
const CHECK_AFTER_MS = 300

/** The plot of one site while somebody works on it: what is drawn, what it means, and what the rules say. */
export function usePlot(siteId: number, neighbours: () => Geometry[]) {
  const meta = reactive(new Map<string, Meta>())
  const fixed = shallowRef<PlotItem[]>([])
  const layer = ref<Layer>('boundary')
  const base = ref(0)
  const check = shallowRef<Schema['CheckOut'] | null>(null)
  const checking = ref(false)
  const dirty = ref(false)
  const reasons = reactive<Record<string, string>>({})
  const revision = ref(0)
  let loaded = false
  let timer = 0
  let asked = 0

  const plotting = usePlotting({
    neighbours,
    colourOf: (id) => (PLAN_COLOURS[meta.get(id)?.layer ?? layer.value] ?? '#1b5fa8') as `#${string}`,
    changed: () => {
      revision.value += 1
      if (!loaded) return
      dirty.value = true
      window.clearTimeout(timer)
      timer = window.setTimeout(() => void runCheck(), CHECK_AFTER_MS)
    },
    finished: name,
  })

  /** A new shape belongs to the layer that is chosen; there is only one boundary, so a new one replaces the old. */
  function name(id: string): void {
    if (layer.value === 'boundary') plotting.remove(idsOf('boundary').filter((other) => other !== id))
    meta.set(id, { layer: layer.value, name: '', attributes: {} })
    window.setTimeout(() => plotting.select(id))
  }
  const idsOf = (wanted: Layer): string[] => [...meta].filter(([, one]) => one.layer === wanted).map(([id]) => id)

  const items = computed<PlotItem[]>(() => {
    void revision.value
    const drawn = plotting.shapes().flatMap(({ id, geometry }) => {
      const one = meta.get(id)
      return one ? [{ id, geometry, layer: one.layer, name: one.name, attributes: { ...one.attributes } }] : []
    })
    return [...drawn, ...fixed.value]
  })
  const errors = computed<Remark[]>(() => (check.value?.remarks ?? []).filter((remark) => remark.severity === 'error'))

  async function runCheck(): Promise<void> {
    const mine = ++asked
    checking.value = true
    try {
      const found = await data<Schema['CheckOut']>(api.POST('/api/v1/sites/{site_id}/plot/check', { params: { path: { site_id: siteId } }, body: { features: featuresOf(items.value) } }))
      if (mine === asked) check.value = found
    } catch {
      if (mine === asked) check.value = null
    } finally {
      if (mine === asked) checking.value = false
    }
  }

  function show(all: PlotItem[], number: number): void {
    meta.clear()
    for (const item of all) meta.set(item.id, { layer: item.layer, name: item.name, attributes: { ...item.attributes } })
    fixed.value = all.filter((item) => !drawable(item.geometry))
    base.value = number
    loaded = false
    plotting.load(all)
    loaded = true
    dirty.value = false
    void runCheck()
  }

  /** Take shapes over from an import or a command. */
  function take(added: PlotItem[], replaced: string[] = []): void {
    const boundaries = added.some((item) => item.layer === 'boundary') ? idsOf('boundary') : []
    plotting.remove([...replaced, ...boundaries])
    for (const item of added) meta.set(item.id, { layer: item.layer, name: item.name, attributes: { ...item.attributes } })
    plotting.add(added)
    revision.value += 1
    dirty.value = true
    void runCheck()
  }

  async function read(): Promise<Schema['PlotOut']> {
    return data(api.GET('/api/v1/sites/{site_id}/plot', { params: { path: { site_id: siteId } } }))
  }
  async function open(): Promise<void> {
    const plot = await read()
    show(itemsOf(plot), plot.version)
  }
  async function save(reason: string): Promise<Schema['PlotOut']> {
    const saved = await data<Schema['PlotOut']>(
      api.PUT('/api/v1/sites/{site_id}/plot', {
        params: { path: { site_id: siteId }, header: { 'If-Match': `"${base.value}"` } },
        body: { features: featuresOf(items.value), reason: reason || null, remark_reasons: { ...reasons } },
      }),
    )
    show(itemsOf(saved), saved.version)
    return saved
  }
  return { plotting, meta, layer, base, items, check, checking, dirty, reasons, errors, open, read, show, take, save, runCheck, idsOf }
}
