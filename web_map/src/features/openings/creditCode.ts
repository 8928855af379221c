const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** Is this a unified social credit code with the right last character (GB 32100-2015)? The server has the last word. */
export function creditCodeFits(text: string): boolean {
  const code = text.trim().toUpperCase()
  if (!/^[0-9A-HJ-NP-RT-UW-Y]{18}$/.test(code)) return false
  let total = 0
  let weight = 1
  for (const character of code.slice(0, 17)) {
    total += ALPHABET.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET[(31 - (total % 31)) % 31] === code[17]
}
