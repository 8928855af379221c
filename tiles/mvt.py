"""A vector tile is one statement, run on the viewer's session: what the viewer may not see is not in it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from foundation.problems import Invalid, NotFound
from foundation.work import Work
from sites.models import Site
from spatial.crs import WORLD_HALF_M
from tiles.layer import EXTENT, Layer
from tiles.layers import LAYERS

DEEPEST_ZOOM = 22


class LayerNotFound(NotFound):
    """There is no such layer."""


class TileOutside(Invalid):
    """There is no such tile in the grid."""

    detail = "z is 0–22, x and y are 0–2^z−1."


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A gzipped vector tile; ``body`` is empty where nothing is to be drawn."""

    body: bytes
    etag: str


def layer_named(name: str) -> Layer:
    """The layer of a name."""
    if name not in LAYERS:
        raise LayerNotFound
    return LAYERS[name]


def draw_tile(work: Work, layer: Layer, z: int, x: int, y: int) -> Tile:
    """The tile z/x/y (XYZ, Web Mercator) of a layer as the work's viewer sees it."""
    if not (0 <= z <= DEEPEST_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise TileOutside(field="/z")
    if not layer.min_zoom <= z <= layer.max_zoom:
        return _packed(b"")
    if layer.draw is not None:
        return _packed(layer.draw(work, z, x, y))
    envelope = func.ST_TileEnvelope(z, x, y)
    margin = func.ST_TileEnvelope(z, x, y, _world(), layer.buffer / EXTENT)
    rows = layer.rows(z).where(layer.geometry.op("&&")(margin)).limit(layer.most_features).subquery("rows")
    shape: Any = rows.c.geom
    if z <= layer.simplified_to_zoom:
        pixel_m = 2 * WORLD_HALF_M / (2**z * EXTENT) * 8
        shape = func.ST_Simplify(shape, pixel_m, True)
    drawn = select(
        *(column for column in rows.c if column.name != "geom"),
        func.ST_AsMVTGeom(shape, envelope, EXTENT, layer.buffer, True).label("geom"),
    ).subquery("drawn")
    body = work.session.execute(
        select(func.ST_AsMVT(drawn.table_valued(), layer.name, EXTENT, "geom", "id"))
        .select_from(drawn)
        .where(drawn.c.geom.is_not(None))
    ).scalar_one()
    return _packed(bytes(body or b""))


def scope_key(work: Work) -> str:
    """A short hash of the sites the viewer sees: equal for two viewers exactly when they see the same."""
    ids = work.session.scalars(select(Site.id).order_by(Site.id)).all()
    return hashlib.blake2b(",".join(map(str, ids)).encode(), digest_size=8).hexdigest()


def _packed(body: bytes) -> Tile:
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    return Tile(body=gzip.compress(body, 6, mtime=0) if body else b"", etag=f'"{etag}"')


def _world() -> object:
    return func.ST_MakeEnvelope(-WORLD_HALF_M, -WORLD_HALF_M, WORLD_HALF_M, WORLD_HALF_M, 3857)
