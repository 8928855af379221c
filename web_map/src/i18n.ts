import { createI18n } from 'vue-i18n'
import { words } from './labels/words'

export type Locale = 'zh' | 'en'

/** Words of the interface; the server's words (states, layers, roles) are merged under `s.` when they arrive. */
export const i18n = createI18n({ legacy: false, locale: 'zh', fallbackLocale: 'en', missingWarn: false, fallbackWarn: false, messages: { zh: words('zh'), en: words('en') } })

const loaded = new Set<Locale>()

/** Fetch the server's words of a language once. */
export async function loadServerWords(locale: Locale): Promise<void> {
  if (loaded.has(locale)) return
  const answer = await fetch(`/api/v1/labels?lang=${locale}`).catch(() => null)
  if (!answer?.ok) return
  const flat = (await answer.json()) as Record<string, string>
  i18n.global.mergeLocaleMessage(locale, { s: nested(flat) })
  loaded.add(locale)
}

type Tree = { [key: string]: string | Tree }

/** `{"a.b": "x"}` → `{a: {b: "x"}}`; braces are escaped because these sentences are filled by the server. */
export function nested(flat: Record<string, string>): Tree {
  const tree: Tree = {}
  for (const [key, words] of Object.entries(flat)) {
    const parts = key.split('.')
    let node = tree
    for (const part of parts.slice(0, -1)) {
      const next = node[part]
      node = typeof next === 'object' ? next : ((node[part] = {}) as Tree)
    }
    node[parts[parts.length - 1] ?? key] = words.replace(/[{}@|]/g, (mark) => `{'${mark}'}`)
  }
  return tree
}
