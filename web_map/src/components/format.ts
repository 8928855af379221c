/** Numbers and times as people here read them. */
export function hectares(area: number | null | undefined): string {
  if (area === null || area === undefined) return '–'
  return area >= 10_000 ? `${(area / 10_000).toFixed(2)} ha` : `${Math.round(area).toLocaleString()} m²`
}

export function metres(length: number | null | undefined): string {
  if (length === null || length === undefined) return '–'
  return length >= 10_000 ? `${(length / 1000).toFixed(2)} km` : `${length.toLocaleString(undefined, { maximumFractionDigits: 1 })} m`
}

/** An instant in Shanghai's time. */
export function instant(text: string | null | undefined): string {
  if (!text) return '–'
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' }).format(new Date(text))
}
