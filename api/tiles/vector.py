"""Vector tiles and their TileJSON, to signed-in viewers and machines."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel

from api.dependencies import ReadWorkDep
from spatial.plots import SHANGHAI_BOUNDS
from tiles.mvt import draw_tile, layer_named
from tiles.versions import version_of

router = APIRouter(prefix="/tiles", tags=["tiles"])
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
Coordinate = Annotated[int, Path(ge=0, lt=2**31)]
LayerName = Annotated[str, Path(max_length=40)]


class TileJson(BaseModel):
    """TileJSON 3.0.0."""

    tilejson: str = "3.0.0"
    name: str
    version: str
    scheme: str = "xyz"
    attribution: str
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: list[float]
    center: list[float]
    vector_layers: list[dict[str, Any]]


@router.get("/{layer}.json")
def tilejson(work: ReadWorkDep, layer: LayerName, request: Request, response: Response) -> TileJson:
    """What a client needs to know of a layer; the version in the address changes when its tiles do."""
    found, number = layer_named(layer), version_of(work, layer)
    west, south, east, north = SHANGHAI_BOUNDS
    response.headers["Cache-Control"] = "private, no-cache"
    vector = {"id": layer, "fields": dict(found.fields), "minzoom": found.min_zoom, "maxzoom": found.max_zoom}
    return TileJson(
        name=layer,
        version=f"{number}.0.0",
        attribution="geowarden",
        tiles=[f"{str(request.base_url).rstrip('/')}/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt?v={number}"],
        minzoom=found.min_zoom,
        maxzoom=found.max_zoom,
        bounds=[west, south, east, north],
        center=[(west + east) / 2, (south + north) / 2, found.min_zoom],
        vector_layers=[vector],
    )


@router.get("/{layer}/{z}/{x}/{y}.mvt", response_class=Response, responses={204: {"description": "Nothing to draw."}})
def tile(
    work: ReadWorkDep,
    layer: LayerName,
    z: Coordinate,
    x: Coordinate,
    y: Coordinate,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None,
) -> Response:
    """One tile, gzipped, as this viewer sees it."""
    drawn = draw_tile(work, layer_named(layer), z, x, y)
    headers = {
        "ETag": drawn.etag,
        "Cache-Control": "private, max-age=60, must-revalidate",
        "Vary": "Cookie, Authorization",
    }
    if if_none_match is not None and _matches(if_none_match, drawn.etag):
        return Response(status_code=304, headers=headers)
    if not drawn.body:
        return Response(status_code=204, headers=headers)
    return Response(drawn.body, media_type=MEDIA_TYPE, headers=headers | {"Content-Encoding": "gzip"})


def _matches(header: str, etag: str) -> bool:
    """If-None-Match: a list of tags, weak ones too, or ``*``."""
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag in tags
