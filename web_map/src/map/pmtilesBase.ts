import { addProtocol, type LayerSpecification, type SourceSpecification } from 'maplibre-gl'
import { PMTiles, Protocol, TileType } from 'pmtiles'
import type { MapTokens } from './tokens'
import { FONT } from './tokens'

/** A PMTiles file as the style needs it: where it is, whether it is pictures, and which layers it really has. */
export interface PmtilesBase {
  url: string
  raster: boolean
  layers: string[]
}

let protocol: Protocol | null = null

/** Read the header and the metadata of a file, and let MapLibre read its tiles by byte ranges. */
export async function openPmtiles(path: string): Promise<PmtilesBase> {
  if (!protocol) {
    protocol = new Protocol()
    addProtocol('pmtiles', protocol.tile)
  }
  const url = location.origin + path
  const file = new PMTiles(url)
  protocol.add(file)
  const [header, metadata] = await Promise.all([file.getHeader(), file.getMetadata() as Promise<{ vector_layers?: { id: string }[] }>])
  return { url: `pmtiles://${url}`, raster: header.tileType !== TileType.Mvt, layers: (metadata.vector_layers ?? []).map((layer) => layer.id) }
}

export function pmtilesSource(base: PmtilesBase): SourceSpecification {
  return base.raster ? { type: 'raster', url: base.url, tileSize: 256 } : { type: 'vector', url: base.url }
}

interface Drawn {
  layer: string
  kind: 'fill' | 'line' | 'name'
  colour: (tokens: MapTokens, dark: boolean) => string
  width?: number
  minzoom?: number
}

const water = (_: MapTokens, dark: boolean) => (dark ? '#0a2238' : '#cfe0ec')
const green = (_: MapTokens, dark: boolean) => (dark ? '#0d2420' : '#e4eee4')
const road = (_: MapTokens, dark: boolean) => (dark ? '#1f3a55' : '#d5dde4')
const building = (_: MapTokens, dark: boolean) => (dark ? '#13273a' : '#e6ebef')
const words = (tokens: MapTokens) => tokens.gridText

/** The layer names of the two common schemas, Protomaps and OpenMapTiles, in drawing order and in our own quiet colours. */
const DRAWN: Drawn[] = [
  { layer: 'earth', kind: 'fill', colour: (tokens) => tokens.land },
  { layer: 'landcover', kind: 'fill', colour: green },
  { layer: 'landuse', kind: 'fill', colour: green },
  { layer: 'park', kind: 'fill', colour: green },
  { layer: 'water', kind: 'fill', colour: water },
  { layer: 'waterway', kind: 'line', colour: water, width: 1.2 },
  { layer: 'buildings', kind: 'fill', colour: building, minzoom: 13 },
  { layer: 'building', kind: 'fill', colour: building, minzoom: 13 },
  { layer: 'roads', kind: 'line', colour: road, width: 1.4 },
  { layer: 'transportation', kind: 'line', colour: road, width: 1.4 },
  { layer: 'boundaries', kind: 'line', colour: (tokens) => tokens.district, width: 0.6 },
  { layer: 'boundary', kind: 'line', colour: (tokens) => tokens.district, width: 0.6 },
  { layer: 'places', kind: 'name', colour: words },
  { layer: 'place', kind: 'name', colour: words },
]

/** Style layers for what the file has; its other layers stay undrawn, and our own are always on top. */
export function pmtilesLayers(base: PmtilesBase, tokens: MapTokens, dark: boolean, locale: 'zh' | 'en'): LayerSpecification[] {
  if (base.raster) return [{ id: 'base-picture', type: 'raster', source: 'base-file' }]
  return DRAWN.filter((drawn) => base.layers.includes(drawn.layer)).map((drawn) => styled(drawn, tokens, dark, locale))
}

function styled(drawn: Drawn, tokens: MapTokens, dark: boolean, locale: 'zh' | 'en'): LayerSpecification {
  const common = { id: `base-${drawn.layer}`, source: 'base-file', 'source-layer': drawn.layer, minzoom: drawn.minzoom ?? 0 }
  const colour = drawn.colour(tokens, dark)
  if (drawn.kind === 'fill') return { ...common, type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour } }
  if (drawn.kind === 'line') {
    return { ...common, type: 'line', paint: { 'line-color': colour, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 8, drawn.width! / 2, 18, drawn.width! * 8] } }
  }
  const name: ['coalesce', ...unknown[]] = ['coalesce', ['get', `name:${locale}`], ['get', 'name']]
  return {
    ...common,
    type: 'symbol',
    layout: { 'text-field': name as never, 'text-font': FONT, 'text-size': 11 },
    paint: { 'text-color': colour, 'text-halo-color': tokens.halo, 'text-halo-width': 1 },
  }
}
