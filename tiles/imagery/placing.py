"""Where a tile of the map lies."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func

from foundation.problems import NotFound
from spatial.crs import STORAGE_SRID
from tiles.imagery.drawing import FINEST_ZOOM_DRAWN


class NoSuchTile(NotFound):
    """There is no such tile."""


def check_tile(z: int, x: int, y: int) -> None:
    """Refuse a tile that is outside the grid, or finer than anything is drawn."""
    if z > FINEST_ZOOM_DRAWN or x >= 1 << z or y >= 1 << z:
        raise NoSuchTile(z=z, x=x, y=y)


def tile_ground(z: int, x: int, y: int) -> ColumnElement[Any]:
    """The ground of a tile, as stored geometry is."""
    return func.ST_Transform(func.ST_TileEnvelope(z, x, y), STORAGE_SRID)
