import type { Map as MapLibre, VectorTileSource } from 'maplibre-gl'

/** Ask for the present version of tile layers and show it: their address changed with the data. */
export async function refreshLayers(map: MapLibre, names: string[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const answer = await fetch(`/tiles/${name}.json`)
      if (!answer.ok) return
      const described = (await answer.json()) as { tiles: string[] }
      map.getSource<VectorTileSource>(name)?.setTiles(described.tiles)
    }),
  )
}
