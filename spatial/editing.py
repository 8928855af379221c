"""Drawing commands that the server carries out, so that web, mobile and import obey the same topology.

Each takes and returns stored geometry (EPSG:4490); distances are metres in the geometry's own site frame. The caller
previews the answer and decides. Nonsense is refused with ``CommandImpossible`` and a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import shapely
from shapely import LineString, Polygon
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry
from shapely.ops import split as split_by

from spatial.errors import CommandImpossible
from spatial.frames import site_frame
from spatial.geodesy import corridor
from spatial.rules.shapes import oriented

Shapes = Sequence[BaseGeometry]
Parameters = Mapping[str, float]


def run_command(command: str, geometries: Shapes, parameters: Parameters) -> list[BaseGeometry]:
    """Carry out one of ``COMMANDS`` and return the geometries it makes, rings in order."""
    made = COMMANDS[command](geometries, parameters)
    if not made or any(shape.is_empty for shape in made):
        raise CommandImpossible(field="/geometries", why="Nothing would be left.")
    return [oriented(shape) for shape in made]


def split(geometries: Shapes, _: Parameters) -> list[BaseGeometry]:
    """Cut a polygon along a line that crosses it; the pieces add up to the whole."""
    polygon, line = _polygon(geometries, 0), _line(geometries, 1)
    pieces = [piece for piece in split_by(polygon, line).geoms if isinstance(piece, Polygon)]
    if len(pieces) < 2:
        raise CommandImpossible(field="/geometries/1", why="The line does not cross the polygon from edge to edge.")
    return list(pieces)


def merge(geometries: Shapes, _: Parameters) -> list[BaseGeometry]:
    """Unite polygons that touch or overlap into one."""
    polygons = [_polygon(geometries, position) for position in range(len(geometries))]
    if len(polygons) < 2:
        raise CommandImpossible(field="/geometries", why="At least two polygons are needed.")
    united = shapely.union_all(polygons)
    if not isinstance(united, Polygon):
        raise CommandImpossible(field="/geometries", why="The polygons do not touch one another.")
    return [united]


def buffer_line(geometries: Shapes, parameters: Parameters) -> list[BaseGeometry]:
    """The corridor of a line, ``width_m`` wide, flat at its ends."""
    return [corridor(_line(geometries, 0), _number(parameters, "width_m"))]


def offset(geometries: Shapes, parameters: Parameters) -> list[BaseGeometry]:
    """Move every edge outwards (``distance_m`` > 0) or inwards (< 0); a line moves to its left or right."""
    shape, away_m = _any(geometries, 0), _number(parameters, "distance_m")
    frame = site_frame(shape)
    local = frame.to_local(shape)
    if isinstance(shape, LineString):
        return [frame.to_storage(local.offset_curve(away_m, join_style="mitre"))]
    return [frame.to_storage(local.buffer(away_m, join_style="mitre"))]


def clip(geometries: Shapes, _: Parameters) -> list[BaseGeometry]:
    """Take from the first polygon what lies in the others, so that it ends where they begin."""
    polygon = _polygon(geometries, 0)
    others = [_polygon(geometries, position) for position in range(1, len(geometries))]
    if not others:
        raise CommandImpossible(field="/geometries", why="A second polygon is needed to clip with.")
    return [part for part in shapely.get_parts(polygon.difference(shapely.union_all(others))) if isinstance(part, Polygon)]


def rotate_to_edge(geometries: Shapes, parameters: Parameters) -> list[BaseGeometry]:
    """Turn a polygon about its centre until its edge number ``edge`` runs parallel to the given line."""
    polygon, line = _polygon(geometries, 0), _line(geometries, 1)
    frame = site_frame(polygon)
    local, guide = frame.to_local(polygon), shapely.get_coordinates(frame.to_local(line))
    corners = shapely.get_coordinates(local.exterior)
    edge = int(parameters.get("edge", 0))
    if edge >= len(corners) - 1:
        raise CommandImpossible(field="/parameters/edge", why=f"The polygon has {len(corners) - 1} edges.")
    turn = _bearing(guide[0], guide[-1]) - _bearing(corners[edge], corners[edge + 1])
    turn = (turn + 90.0) % 180.0 - 90.0
    return [frame.to_storage(rotate(local, turn, origin="centroid"))]


COMMANDS: dict[str, Callable[[Shapes, Parameters], list[BaseGeometry]]] = {
    "split": split,
    "merge": merge,
    "buffer_line": buffer_line,
    "offset": offset,
    "clip": clip,
    "rotate_to_edge": rotate_to_edge,
}


def _bearing(start: Sequence[float], end: Sequence[float]) -> float:
    return math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))


def _any(geometries: Shapes, position: int) -> BaseGeometry:
    if position >= len(geometries):
        raise CommandImpossible(field="/geometries", why=f"Geometry number {position + 1} is missing.")
    return geometries[position]


def _polygon(geometries: Shapes, position: int) -> Polygon:
    shape = _any(geometries, position)
    if shape.geom_type == "MultiPolygon" and len(shapely.get_parts(shape)) == 1:
        shape = shapely.get_parts(shape)[0]
    if not isinstance(shape, Polygon) or not shape.is_valid:
        raise CommandImpossible(field=f"/geometries/{position}", why="A polygon that does not cross itself is needed here.")
    return shape


def _line(geometries: Shapes, position: int) -> LineString:
    shape = _any(geometries, position)
    if not isinstance(shape, LineString) or shape.length == 0:
        raise CommandImpossible(field=f"/geometries/{position}", why="A line is needed here.")
    return shape


def _number(parameters: Parameters, name: str) -> float:
    if name not in parameters:
        raise CommandImpossible(field=f"/parameters/{name}", why=f"The command needs {name}.")
    return float(parameters[name])
