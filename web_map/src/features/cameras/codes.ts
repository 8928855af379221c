import type { Schema } from '@/api/client'

/** The codes that filters and forms offer; words come from the server. */
export const STATES: Schema['CameraState'][] = ['draft', 'ready', 'retired']
export const KINDS: Schema['CameraKind'][] = ['fixed', 'ptz', 'fisheye']
export const LEVELS: Schema['Level'][] = ['surface', 'pit', 'tunnel', 'deck']
export const METHODS: Schema['FootprintMethod'][] = ['unposed', 'nominal', 'pinhole', 'calibrated']
export const TAGS: Schema['CameraTag'][] = ['gate', 'vehicle_lane', 'edge', 'pit', 'waterside', 'yard', 'scaffold', 'perimeter', 'panorama', 'checkpoint']
export const PROTOCOLS: Schema['StreamProtocol'][] = ['rtsp', 'hls', 'gb28181', 'file']
export const NORTHS: Schema['NorthGiven'][] = ['true', 'grid', 'magnetic']
export const CONNECTIVITIES: Schema['Connectivity'][] = ['online', 'offline', 'unknown']
