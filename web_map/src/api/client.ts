import createClient, { type Middleware } from 'openapi-fetch'
import { useAppearance } from '@/stores/appearance'
import { Problem } from './problems'
import type { components, paths } from './schema'

export type Schema = components['schemas']

let csrfToken = ''
let onSignedOut: () => void = () => undefined

export function setCsrfToken(token: string): void {
  csrfToken = token
}

/** What to do when the server says that nobody is signed in any more. */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action
}

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', useAppearance().locale)
    if (request.method !== 'GET' && csrfToken) request.headers.set('X-CSRF-Token', csrfToken)
    return request
  },
  async onResponse({ response, request }) {
    if (response.ok || response.status === 304) return
    const body = await response.clone().json().catch(() => ({}))
    if (response.status === 401 && !request.url.endsWith('/session')) onSignedOut()
    throw new Problem(response.status, body)
  },
}

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })
api.use(headers)

/** The data of an answer, of the type the caller expects from the schema; a refusal was thrown as a `Problem` before. */
export async function data<T>(answer: Promise<{ data?: unknown; response: Response }>): Promise<T> {
  return (await answer).data as T
}
