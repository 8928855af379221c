/** Words one after the other, as the language writes them: 甲、乙和丙; a, b, and c. */
export function listed(words: string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(words)
}
