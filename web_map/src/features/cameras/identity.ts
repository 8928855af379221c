import type { Schema } from '@/api/client'

/** What a camera is, apart from where it looks. */
export interface Identity {
  code: string
  name: string
  national_code: string
  kind: Schema['CameraKind']
  level: Schema['Level']
  protocol: Schema['StreamProtocol'] | ''
  /** Written only: the server shows addresses without their secrets and takes no empty ones. */
  stream: string
  substream: string
  vendor: string
  tags: Schema['CameraTag'][]
  algorithms: string[]
}

export function newIdentity(): Identity {
  return { code: '', name: '', national_code: '', kind: 'fixed', level: 'surface', protocol: '', stream: '', substream: '', vendor: '', tags: [], algorithms: [] }
}

export function identityOf(camera: Schema['CameraOut']): Identity {
  const { code, name, national_code, kind, level, protocol, vendor, tags, algorithms } = camera
  return { code, name, national_code: national_code ?? '', kind, level, protocol: protocol ?? '', stream: '', substream: '', vendor: vendor ?? '', tags: [...tags], algorithms: [...algorithms] }
}
