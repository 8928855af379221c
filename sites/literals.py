"""Shapes as SQL expressions."""

from __future__ import annotations

from typing import Any

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func

from spatial.crs import STORAGE_SRID


def literal_shape(shape: BaseGeometry | WKBElement) -> Any:
    """A shape in the storage system as an expression that any PostGIS function takes."""
    geometry = to_shape(shape) if isinstance(shape, WKBElement) else shape
    return func.ST_GeomFromWKB(shapely.to_wkb(geometry), STORAGE_SRID)


def literal_place(shape: BaseGeometry | WKBElement) -> Any:
    """The same on the ellipsoid, for distances in metres."""
    return func.geography(literal_shape(shape))
