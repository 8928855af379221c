"""Tiles of imagery, by catalogue id only: no address of a file ever comes in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from geoalchemy2.shape import to_shape
from pydantic import AwareDatetime, BaseModel

from api.dependencies import ReadWorkDep, SettingsDep
from api.imagery.imagery import ImageryId
from tiles.imagery.catalogue import drawable_of, drawables_at, imagery_of
from tiles.imagery.drawing import DrawnTile, draw_mosaic, draw_tile
from tiles.imagery.placing import check_tile, tile_ground
from tiles.imagery.states import ImageryKind, Shading
from tiles.imagery.surfaces import draw_surface

router = APIRouter(tags=["imagery"])
Coordinate = Annotated[int, Path(ge=0, lt=2**31)]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]
#: Orthophotos that make up one tile, at most.
MOST_IN_MOSAIC = 8
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}, "image/png": {}}}}


class ImageryTileJson(BaseModel):
    """TileJSON 3.0.0 of a raster."""

    tilejson: str = "3.0.0"
    name: str
    scheme: str = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]


@router.get("/imagery/mosaic/tiles/{z}/{x}/{y}", response_class=Response, responses=PICTURE)
def mosaic_tile(
    work: ReadWorkDep,
    settings: SettingsDep,
    z: Coordinate,
    x: Coordinate,
    y: Coordinate,
    at: Annotated[AwareDatetime | None, Query()] = None,
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    """What was last photographed as of an instant, of all the sites you see: by time, then by resolution."""
    check_tile(z, x, y)
    items = drawables_at(work, tile_ground(z, x, y), at or work.now, limit=MOST_IN_MOSAIC, site_id=site_id)
    drawn = draw_mosaic(settings.data.folder, items, z, x, y)
    return Response(drawn.body, media_type=drawn.media_type, headers={"Cache-Control": "private, max-age=60"})


@router.get("/imagery/{imagery_id}/tiles/{z}/{x}/{y}", response_class=Response, responses=PICTURE)
def tile(
    work: ReadWorkDep,
    settings: SettingsDep,
    imagery_id: ImageryId,
    z: Coordinate,
    x: Coordinate,
    y: Coordinate,
    shading: Shading = Shading.HILLSHADE,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One tile of an orthophoto, or of a surface model shaded as asked; transparent where there is nothing."""
    check_tile(z, x, y)
    item = drawable_of(work, imagery_id)
    if if_none_match is not None and _etag(item.key, shading) in if_none_match:
        return Response(status_code=304, headers=_headers(item.key, shading))
    if item.kind is ImageryKind.SURFACE_MODEL:
        drawn: DrawnTile = draw_surface(settings.data.folder, item, shading, z, x, y)
    else:
        drawn = draw_tile(settings.data.folder, item, z, x, y)
    return Response(drawn.body, media_type=drawn.media_type, headers=_headers(item.key, shading))


@router.get("/imagery/{imagery_id}/tilejson")
def tilejson(work: ReadWorkDep, request: Request, imagery_id: ImageryId) -> ImageryTileJson:
    """What a map client needs to know to show it."""
    item = drawable_of(work, imagery_id)
    row = imagery_of(work, imagery_id)
    assert row.footprint is not None
    return ImageryTileJson(
        name=row.title,
        tiles=[f"{str(request.base_url).rstrip('/')}/api/v1/imagery/{item.id}/tiles/{{z}}/{{x}}/{{y}}"],
        minzoom=item.min_zoom,
        maxzoom=item.max_zoom,
        bounds=to_shape(row.footprint).bounds,
    )


def _etag(key: str, shading: Shading) -> str:
    # rasters never change, so a tile's address and the raster's key say everything
    return f'"{key}-{shading.value}"'


def _headers(key: str, shading: Shading) -> dict[str, str]:
    return {
        "ETag": _etag(key, shading),
        "Cache-Control": "private, max-age=600, must-revalidate",
        "Vary": "Cookie, Authorization",
    }
