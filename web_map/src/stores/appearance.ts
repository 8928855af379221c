import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { i18n, loadServerWords, type Locale } from '@/i18n'

export type Theme = 'light' | 'dark' | 'system'

const stored = <T extends string>(key: string, fallback: T): T => (localStorage.getItem(key) as T | null) ?? fallback

/** Language and theme, remembered in this browser. */
export const useAppearance = defineStore('appearance', () => {
  const locale = ref<Locale>(stored<Locale>('gw-locale', 'zh'))
  const theme = ref<Theme>(stored<Theme>('gw-theme', 'light'))
  const prefersDark = ref(window.matchMedia('(prefers-color-scheme: dark)').matches)
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => (prefersDark.value = event.matches))
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'system' && prefersDark.value))

  watchEffect(() => {
    document.documentElement.classList.toggle('dark', dark.value)
    localStorage.setItem('gw-theme', theme.value)
  })
  watchEffect(() => {
    const next = locale.value
    document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
    localStorage.setItem('gw-locale', next)
    // The words come first: vue-i18n does not draw again when a language that is already shown receives more of them.
    void loadServerWords(next).finally(() => {
      if (locale.value === next) i18n.global.locale.value = next
    })
  })
  return { locale, theme, dark }
})
