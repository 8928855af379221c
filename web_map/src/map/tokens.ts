/** Colours of the map in both themes (the cartography's own, apart from the interface's). */
export interface MapTokens {
  ground: string
  land: string
  grid: string
  gridText: string
  district: string
  glow: number
  districtText: string
  text: string
  halo: string
  edge: string
  deviceOn: string
  deviceOff: string
  gap: string
  /** Ground that something hides from a camera. */
  shadow: string
}

export const TOKENS: Record<'light' | 'dark', MapTokens> = {
  dark: {
    ground: '#08111c', land: '#0c1a29', grid: '#14283d', gridText: '#5c7a98', district: '#2f6796', glow: 0.5,
    districtText: '#86aed2', text: '#e3eefa', halo: '#08111c', edge: '#08111c',
    deviceOn: '#5addc2', deviceOff: '#6d7681', gap: '#ff5c66', shadow: '#8fa5ba',
  },
  light: {
    ground: '#e9eef2', land: '#fbfcfd', grid: '#e1e8ee', gridText: '#7d8fa1', district: '#7f97ae', glow: 0.12,
    districtText: '#3c5266', text: '#16212c', halo: '#ffffff', edge: '#22303d',
    deviceOn: '#0f8f7a', deviceOff: '#6d7681', gap: '#c2121f', shadow: '#5b6673',
  },
}

export type PlottingState = 'none' | 'drafting' | 'submitted' | 'returned' | 'accepted' | 'outdated'

/** State → colour on the map; the chip beside text adds a shape, so that colour is never alone. */
export const STATE_COLOURS: Record<PlottingState, { light: string; dark: string; shape: string }> = {
  none: { light: '#6d7681', dark: '#8b97a3', shape: '○' },
  drafting: { light: '#7a4fc4', dark: '#b79cf0', shape: '◐' },
  submitted: { light: '#2f62d8', dark: '#7fa6ff', shape: '▲' },
  returned: { light: '#c2121f', dark: '#ff6f78', shape: '✕' },
  accepted: { light: '#0f8f7a', dark: '#5addc2', shape: '●' },
  outdated: { light: '#b35c00', dark: '#f2a23c', shape: '◆' },
}

export const FONT = ['Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'sans-serif']
