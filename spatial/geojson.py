"""Strict reading of untrusted GeoJSON geometry, and writing it back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from spatial.errors import CoordinatesOutOfRange, GeometryNotValid, TooManyVertices

#: One request carries no more vertices than this in one geometry; rule P15 is stricter for a site's own plot.
MOST_VERTICES = 20_000
Pairs = list[tuple[float, float]]


def parse_geometry(
    value: object, *, field: str = "/geometry", most_vertices: int = MOST_VERTICES, degrees: bool = True
) -> BaseGeometry:
    """A GeoJSON geometry object as shapely; heights are dropped. Topology (self-crossing) is for the rules to judge.

    Raises ``GeometryNotValid``, ``CoordinatesOutOfRange`` or ``TooManyVertices`` with ``field`` as a JSON pointer to
    the very member that is wrong. ``degrees=False`` admits plane coordinates.
    """
    if not isinstance(value, dict):
        raise GeometryNotValid(field=field, why="A geometry is an object with type and coordinates.")
    build = _BUILDERS.get(str(value.get("type")))
    if build is None:
        raise GeometryNotValid(field=f"{field}/type", why=f"The types known here are {', '.join(_BUILDERS)}.")
    reader = _Reader(most_vertices, degrees)
    geometry = build(reader, value.get("coordinates"), f"{field}/coordinates")
    if geometry.is_empty:
        raise GeometryNotValid(field=f"{field}/coordinates", why="The geometry is empty.")
    return geometry


def to_geojson(geometry: BaseGeometry, decimals: int = 9) -> dict[str, Any]:
    """A geometry as GeoJSON, rounded to ``decimals`` digits (9 = 0.1 mm)."""
    rounded = shapely.transform(geometry, lambda points: np.round(points, decimals))
    found: dict[str, Any] = mapping(rounded)
    return found


class _Reader:
    """Counts vertices while it reads, so that a bomb is refused before it is built."""

    def __init__(self, most_vertices: int, degrees: bool) -> None:
        self.left = self.limit = most_vertices
        self.degrees = degrees

    def position(self, value: object, field: str) -> tuple[float, float]:
        self.left -= 1
        if self.left < 0:
            raise TooManyVertices(field=field, count=f"> {self.limit}", limit=self.limit)
        if not isinstance(value, list | tuple) or not 2 <= len(value) <= 4:
            raise GeometryNotValid(field=field, why="A position is an array of longitude and latitude.")
        for index, number in enumerate(value[:2]):
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise GeometryNotValid(field=f"{field}/{index}", why="A coordinate is a finite number.")
        x, y = float(value[0]), float(value[1])
        if self.degrees and not (-180 <= x <= 180 and -90 <= y <= 90):
            raise CoordinatesOutOfRange(field=field, value=[x, y])
        return x, y

    def positions(self, value: object, field: str, least: int) -> Pairs:
        items = self.array(value, field)
        if len(items) < least:
            raise GeometryNotValid(field=field, why=f"At least {least} positions are needed; there are {len(items)}.")
        return [self.position(item, f"{field}/{index}") for index, item in enumerate(items)]

    def ring(self, value: object, field: str) -> Pairs:
        pairs = self.positions(value, field, 4)
        if pairs[0] != pairs[-1]:
            raise GeometryNotValid(field=field, why="A ring ends where it begins.", at=pairs[0])
        return pairs

    def array(self, value: object, field: str) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise GeometryNotValid(field=field, why="An array is expected here.")
        if len(value) > self.limit:
            raise TooManyVertices(field=field, count=len(value), limit=self.limit)
        return list(value)


def _point(reader: _Reader, value: object, field: str) -> BaseGeometry:
    return Point(reader.position(value, field))


def _line(reader: _Reader, value: object, field: str) -> LineString:
    return LineString(reader.positions(value, field, 2))


def _polygon(reader: _Reader, value: object, field: str) -> Polygon:
    rings = [reader.ring(ring, f"{field}/{index}") for index, ring in enumerate(reader.array(value, field))]
    if not rings:
        raise GeometryNotValid(field=field, why="A polygon needs a ring.")
    return Polygon(rings[0], rings[1:])


def _multi_point(reader: _Reader, value: object, field: str) -> BaseGeometry:
    return MultiPoint(reader.positions(value, field, 1))


def _multi_line(reader: _Reader, value: object, field: str) -> BaseGeometry:
    lines = reader.array(value, field)
    return MultiLineString([_line(reader, line, f"{field}/{index}") for index, line in enumerate(lines)])


def _multi_polygon(reader: _Reader, value: object, field: str) -> BaseGeometry:
    parts = reader.array(value, field)
    return MultiPolygon([_polygon(reader, part, f"{field}/{index}") for index, part in enumerate(parts)])


_BUILDERS: dict[str, Callable[[_Reader, object, str], BaseGeometry]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _multi_point,
    "MultiLineString": _multi_line,
    "MultiPolygon": _multi_polygon,
}
