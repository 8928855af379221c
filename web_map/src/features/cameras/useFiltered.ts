import { reactive, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

type Filters = Record<string, string>

/** Filters that live in the address, so that a view can be sent to somebody; `changed` runs when one was changed, a little later. */
export function useFiltered<F extends Filters>(empty: F, changed: () => void): F {
  const route = useRoute()
  const router = useRouter()
  const start = Object.fromEntries(Object.entries(empty).map(([name, value]) => [name, typeof route.query[name] === 'string' ? route.query[name] : value]))
  const filters = reactive(start) as F
  let timer = 0
  watch(filters, () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      const kept = Object.fromEntries(Object.entries(filters as Filters).filter(([, value]) => value))
      void router.replace({ ...(route.name ? { name: route.name, params: route.params } : {}), query: kept, hash: route.hash })
      changed()
    }, 250)
  })
  return filters
}
