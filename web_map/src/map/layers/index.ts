import type { LayerSpecification } from 'maplibre-gl'
import type { MapTokens } from '../tokens'
import { devices } from './devices'
import { districtLabels } from './district_labels'
import { districts } from './districts'
import { footprints } from './footprints'
import { gaps } from './gaps'
import { incidents } from './incidents'
import { planLayers } from './plan_layers'
import { siteLabels } from './site_labels'
import { sites } from './sites'

export interface Drawing {
  tokens: MapTokens
  dark: boolean
  locale: 'zh' | 'en'
}

/** How a tile layer is drawn: the same name as its definition on the server. */
export interface MapLayer {
  source: string
  draw: (drawing: Drawing) => LayerSpecification[]
}

/** From the ground up. */
export const MAP_LAYERS: MapLayer[] = [districts, sites, planLayers, footprints, gaps, siteLabels, devices, incidents, districtLabels]
