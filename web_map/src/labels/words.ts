export type Words = { [key: string]: string | Words }

const files = import.meta.glob<Words>('./*.json', { eager: true, import: 'default' })

/** All words of the interface in a language: one file per part of the product, each with top-level keys of its own. */
export function words(locale: 'zh' | 'en'): Words {
  const found: Words = {}
  for (const [path, part] of Object.entries(files)) {
    if (!path.endsWith(`.${locale}.json`)) continue
    for (const [key, value] of Object.entries(part)) {
      const before = found[key]
      found[key] = typeof before === 'object' && typeof value === 'object' ? { ...before, ...value } : value
    }
  }
  return found
}
