"""Scenes as what is measured: an area, a length or a number of places, whatever geometry they were drawn as.

A line scene asked for an area is a strip along it (a 3 m strip inside the hoarding is where intruders land); a point asked for an
area is a disc around it; an area asked for a length is its outline.
"""

from __future__ import annotations

import shapely
from shapely import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from coverage.states import Measure

#: Metres on each side of a line that count as its area.
STRIP_M = 3.0
#: Metres around a gate or another point that count as its area.
AROUND_M = 8.0


def measured_shape(shape: BaseGeometry, measure: Measure, boundary: BaseGeometry) -> BaseGeometry:
    """The part of a scene that is counted, in the site frame; strips and discs stay inside the boundary."""
    kind = shape.geom_type.removeprefix("Multi")
    if measure is Measure.COUNT:
        return shape if kind == "Point" else MultiPoint([_middle(part) for part in shapely.get_parts(shape)])
    if measure is Measure.LENGTH:
        if kind == "Polygon":
            return shape.boundary
        return shape if kind == "LineString" else shape.buffer(AROUND_M).boundary
    if kind == "Polygon":
        return shape
    wide = shape.buffer(STRIP_M, cap_style="flat") if kind == "LineString" else shape.buffer(AROUND_M)
    return wide if boundary.is_empty else wide.intersection(boundary)


def _middle(part: BaseGeometry) -> Point:
    """The place that stands for a part: its centroid, or a point of it if that lies outside."""
    return part.centroid if part.covers(part.centroid) else part.representative_point()


def size_of(shape: BaseGeometry, measure: Measure) -> float:
    """Square metres, metres or number."""
    if measure is Measure.AREA:
        return float(shape.area)
    if measure is Measure.LENGTH:
        return float(shape.length)
    return float(sum(1 for part in shapely.get_parts(shape) if part.geom_type == "Point"))


def only(shape: BaseGeometry, measure: Measure) -> BaseGeometry:
    """The parts of a geometry that have the measure's dimension; operations on edges leave others behind."""
    wanted = {Measure.AREA: "Polygon", Measure.LENGTH: "LineString", Measure.COUNT: "Point"}[measure]
    if shape.geom_type in {wanted, f"Multi{wanted}"}:
        return shape
    parts = [part for part in _flat(shape) if part.geom_type == wanted and not part.is_empty]
    return shapely.union_all(parts) if parts else shapely.GeometryCollection()


def _flat(shape: BaseGeometry) -> list[BaseGeometry]:
    if shape.geom_type == "LinearRing":
        return [shapely.LineString(shape.coords)]
    if not hasattr(shape, "geoms"):
        return [shape]
    return [part for inner in shape.geoms for part in _flat(inner)]
