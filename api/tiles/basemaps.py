"""Base maps: what there is, PMTiles by byte ranges, and the Tianditu proxy."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from api.dependencies import CallerDep, SettingsDep
from spatial.plots import SHANGHAI_BOUNDS
from tiles.basemaps import pmtiles_file, pmtiles_folder, pmtiles_names, tianditu_tile
from tiles.layers import LAYERS

router = APIRouter(tags=["base maps"])
Coordinate = Annotated[int, Path(ge=0, lt=2**31)]


class BaseMapOut(BaseModel):
    """A base map that can be chosen."""

    id: str
    kind: Literal["none", "pmtiles", "raster"]
    name_zh: str
    name_en: str
    urls: list[str] = []
    attribution: str | None = None


class MapConfig(BaseModel):
    """What the map starts with."""

    bounds: tuple[float, float, float, float]
    center: tuple[float, float]
    zoom: float
    base_maps: list[BaseMapOut]
    tile_layers: dict[str, str]


@router.get("/api/v1/map/config")
def map_config(_: CallerDep, settings: SettingsDep) -> MapConfig:
    """Bounds, base maps and layers of the map."""
    maps = [BaseMapOut(id="none", kind="none", name_zh="素色底图", name_en="Plain ground")]
    maps += [_pmtiles(name) for name in pmtiles_names(pmtiles_folder(settings.basemap, settings.data))]
    if settings.basemap.tianditu_token is not None:
        maps += [
            _tianditu("vec", "cva", "天地图矢量", "Tianditu streets"),
            _tianditu("img", "cia", "天地图影像", "Tianditu imagery"),
        ]
    return MapConfig(
        bounds=SHANGHAI_BOUNDS,
        center=(121.47, 31.23),
        zoom=9.2,
        base_maps=maps,
        tile_layers={name: f"/tiles/{name}.json" for name in LAYERS},
    )


@router.head("/basemap/pmtiles/{name}.pmtiles", response_class=FileResponse, include_in_schema=False)
@router.get("/basemap/pmtiles/{name}.pmtiles", response_class=FileResponse)
def pmtiles(_: CallerDep, settings: SettingsDep, name: Annotated[str, Path(max_length=64)]) -> FileResponse:
    """A PMTiles file; clients ask for byte ranges."""
    path = pmtiles_file(pmtiles_folder(settings.basemap, settings.data), name)
    return FileResponse(path, media_type="application/vnd.pmtiles", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/basemap/tianditu/{layer}/{z}/{x}/{y}", response_class=Response)
def tianditu(
    _: CallerDep, settings: SettingsDep, layer: Annotated[str, Path(max_length=8)], z: Coordinate, x: Coordinate, y: Coordinate
) -> Response:
    """A tile of Tianditu; grey, and marked so, when the service fails."""
    tile = tianditu_tile(settings.basemap, layer, z, x, y)
    headers: dict[str, Any] = {"Cache-Control": "private, max-age=10" if tile.failed else "private, max-age=86400"}
    if tile.failed:
        headers["X-Basemap-Failed"] = "1"
    return Response(tile.body, media_type=tile.media_type, headers=headers)


def _pmtiles(name: str) -> BaseMapOut:
    url = f"/basemap/pmtiles/{name}.pmtiles"
    return BaseMapOut(id=f"pmtiles:{name}", kind="pmtiles", name_zh=name, name_en=name, urls=[url])


def _tianditu(ground: str, names: str, name_zh: str, name_en: str) -> BaseMapOut:
    urls = [f"/basemap/tianditu/{layer}/{{z}}/{{x}}/{{y}}" for layer in (ground, names)]
    return BaseMapOut(id=f"tianditu:{ground}", kind="raster", name_zh=name_zh, name_en=name_en, urls=urls, attribution="天地图")
