import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, data, setCsrfToken, type Schema } from '@/api/client'
import { Problem } from '@/api/problems'

/** Set while somebody is signed in here, so that a browser without a session need not ask for one. It proves nothing. */
const HINT = 'gw-signed-in'

/** Who is signed in, and what they may do. */
export const useSession = defineStore('session', () => {
  const session = ref<Schema['SessionOut'] | null>(null)
  const asked = ref(false)
  const user = computed(() => session.value?.user ?? null)

  function take(found: Schema['SessionOut'] | null): void {
    session.value = found
    if (found) localStorage.setItem(HINT, '1')
    else localStorage.removeItem(HINT)
    setCsrfToken(found?.csrf_token ?? '')
  }
  async function restore(): Promise<void> {
    if (asked.value || !localStorage.getItem(HINT)) return
    try {
      take(await data(api.GET('/api/v1/session')))
    } catch (error) {
      if (!(error instanceof Problem && error.status === 401)) throw error
      take(null)
    }
    asked.value = true
  }
  async function signIn(login: string, password: string): Promise<void> {
    take(await data(api.POST('/api/v1/session', { body: { login, password } })))
    asked.value = true
  }
  /** Open a big screen with the key in its address; nobody stands before a wall to sign in. */
  async function openWall(key: string): Promise<void> {
    take(await data(api.POST('/api/v1/session/kiosk', { body: { key } })))
    asked.value = true
  }
  async function signOut(): Promise<void> {
    await api.DELETE('/api/v1/session')
    take(null)
  }
  async function changePassword(current: string, renewed: string): Promise<void> {
    await api.PUT('/api/v1/session/password', { body: { current, new: renewed } })
    if (session.value) session.value = { ...session.value, must_change_password: false }
  }
  const may = (action: string): boolean => session.value?.permissions.includes(action) ?? false
  return { session, user, take, restore, signIn, openWall, signOut, changePassword, may }
})
