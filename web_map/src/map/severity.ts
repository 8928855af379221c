/** Grades of incidents: colour, shape and number, so that colour is never alone. */
export type Severity = 'critical' | 'major' | 'moderate' | 'minor'

export const SEVERITIES: Severity[] = ['critical', 'major', 'moderate', 'minor']
export const SEVERITY: Record<Severity, { light: string; dark: string; numeral: string; shape: string }> = {
  critical: { light: '#c2121f', dark: '#ff5c66', numeral: 'Ⅰ', shape: '▲' },
  major: { light: '#b35c00', dark: '#f2a23c', numeral: 'Ⅱ', shape: '◆' },
  moderate: { light: '#755b00', dark: '#f0d351', numeral: 'Ⅲ', shape: '■' },
  minor: { light: '#1b5fa8', dark: '#7db6f0', numeral: 'Ⅳ', shape: '●' },
}
