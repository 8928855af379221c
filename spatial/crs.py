"""Reference systems: the only place that names an SRID.

Stored geometry is EPSG:4490 (CGCS2000, longitude first). WGS 84 is taken for the same numbers: the two differ by less than a
metre at Shanghai, from plate motion since 2000. GCJ-02, BD-09, plane and local coordinates are converted at the edge of the
system and their source is recorded. Every transform here is east/longitude first, whatever the EPSG definition says.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from spatial.errors import LocalGridNeedsControlPoints, NumbersNotFinite
from spatial.helmert import HelmertGrid
from spatial.shift import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02

Floats = NDArray[np.float64]

STORAGE_SRID = 4490
TILE_SRID = 3857
#: Half the side of the square that Web Mercator draws the world on, metres.
WORLD_HALF_M = 20_037_508.342789244
MEASURE_SRID = 4549
#: Central meridians of the 3-degree zones the city lies in, degrees east.
MEASURE_CENTRAL_MERIDIANS = (120.0, 123.0)


class SourceCrs(StrEnum):
    """Reference systems that coordinates come in."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"
    #: CGCS2000 3-degree zones without zone prefix, central meridians 120° and 123° E.
    EPSG4549 = "epsg4549"
    EPSG4550 = "epsg4550"
    #: The same zones with prefix 40 and 41 in the easting.
    EPSG4528 = "epsg4528"
    EPSG4529 = "epsg4529"
    WEB_MERCATOR = "epsg3857"
    #: A site's own grid, tied to the ground by control points.
    LOCAL = "local"


DEGREES = frozenset({SourceCrs.CGCS2000, SourceCrs.WGS84, SourceCrs.GCJ02, SourceCrs.BD09})
PLANE_SRID = {
    SourceCrs.EPSG4549: 4549,
    SourceCrs.EPSG4550: 4550,
    SourceCrs.EPSG4528: 4528,
    SourceCrs.EPSG4529: 4529,
    SourceCrs.WEB_MERCATOR: TILE_SRID,
}


def to_storage(x: ArrayLike, y: ArrayLike, source: SourceCrs, local: HelmertGrid | None = None) -> tuple[Floats, Floats]:
    """Coordinates (x = east or longitude) of any source system as (lon, lat) in EPSG:4490, degrees."""
    east, north = _finite(x), _finite(y)
    if source in {SourceCrs.CGCS2000, SourceCrs.WGS84}:
        return east, north
    if source is SourceCrs.GCJ02:
        return gcj02_to_wgs84(east, north)
    if source is SourceCrs.BD09:
        return gcj02_to_wgs84(*bd09_to_gcj02(east, north))
    if source is SourceCrs.LOCAL:
        grid = _local(local)
        return to_storage(*grid.to_plane(east, north), SourceCrs(f"epsg{grid.plane_srid}"))
    lon, lat = _transformer(PLANE_SRID[source], STORAGE_SRID).transform(east, north)
    return _finite(lon), _finite(lat)


def from_storage(lon: ArrayLike, lat: ArrayLike, target: SourceCrs, local: HelmertGrid | None = None) -> tuple[Floats, Floats]:
    """(lon, lat) in EPSG:4490 as coordinates (x = east or longitude) of another system."""
    east, north = _finite(lon), _finite(lat)
    if target in {SourceCrs.CGCS2000, SourceCrs.WGS84}:
        return east, north
    if target is SourceCrs.GCJ02:
        return wgs84_to_gcj02(east, north)
    if target is SourceCrs.BD09:
        return gcj02_to_bd09(*wgs84_to_gcj02(east, north))
    if target is SourceCrs.LOCAL:
        grid = _local(local)
        return grid.from_plane(*from_storage(east, north, SourceCrs(f"epsg{grid.plane_srid}")))
    x, y = _transformer(STORAGE_SRID, PLANE_SRID[target]).transform(east, north)
    return _finite(x), _finite(y)


def geometry_to_storage(geometry: BaseGeometry, source: SourceCrs, local: HelmertGrid | None = None) -> BaseGeometry:
    """A geometry of any source system as EPSG:4490; heights are dropped, holes and parts kept."""

    def convert(points: Floats) -> Floats:
        return np.column_stack(to_storage(points[:, 0], points[:, 1], source, local))

    flat: BaseGeometry = shapely.transform(shapely.force_2d(geometry), convert)
    return flat


def geometry_from_storage(geometry: BaseGeometry, target: SourceCrs, local: HelmertGrid | None = None) -> BaseGeometry:
    """A stored geometry in another system."""

    def convert(points: Floats) -> Floats:
        return np.column_stack(from_storage(points[:, 0], points[:, 1], target, local))

    converted: BaseGeometry = shapely.transform(geometry, convert)
    return converted


@cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _local(grid: HelmertGrid | None) -> HelmertGrid:
    if grid is None:
        raise LocalGridNeedsControlPoints
    return grid


def _finite(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise NumbersNotFinite
    return array
