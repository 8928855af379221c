import { shallowRef } from 'vue'
import { api, data, type Schema } from '@/api/client'

const names = shallowRef(new Map<number, string>())
let asked: Promise<void> | null = null
const PAGE = 200
const MOST_PAGES = 10

/** Names of the sites one may see, fetched once: cameras come with the number of their site only. */
export function useSiteNames(): typeof names {
  asked ??= fetchAll().catch(() => void (asked = null))
  return names
}

async function fetchAll(): Promise<void> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const found = await data<Schema['SitePage']>(api.GET('/api/v1/sites', { params: { query: { size: PAGE, page } } }))
    names.value = new Map([...names.value, ...found.items.map((one) => [one.id, one.name] as const)])
    if (page * PAGE >= found.total) return
  }
}
