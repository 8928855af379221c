"""Where a new pole may stand: at what is there already first, then along gates, hoarding and edges, then on the inner ground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np
import shapely
import shapely.ops
from geoalchemy2.shape import to_shape
from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from coverage.placement.values import PlacementRequest
from coverage.recompute import Picture
from coverage.states import PlaceKind
from foundation.work import Work
from sites.cameras.states import Level
from sites.models import PlotFeature
from spatial.cameras.views import foot
from spatial.plan_layers import PlanLayer

#: Layers on whose ground no pole stands: excavations, buildings, what stands in the way, stores, traffic.
CLOSED = frozenset(
    {
        PlanLayer.PIT,
        PlanLayer.SHAFT,
        PlanLayer.OBSTACLE,
        PlanLayer.OFFICE,
        PlanLayer.LIVING,
        PlanLayer.YARD,
        PlanLayer.SEGMENT_YARD,
        PlanLayer.SPOIL,
        PlanLayer.SCAFFOLD,
        PlanLayer.SUBSTATION,
    }
)
#: Lines that need room, metres on each side where the plot names no width: carriageways, and the water's edge.
KEPT_CLEAR_M = {PlanLayer.ROAD: 3.5, PlanLayer.FIRE_LANE: 2.0, PlanLayer.WATER_EDGE: 1.0, PlanLayer.GANTRY: 2.0}
#: Poles keep this far inside the boundary and outside of edges, metres.
INSIDE_M, BESIDE_M = 0.3, 1.5
#: Places nearer than this are one.
SAME_PLACE_M = 1.0
#: Places on the inner ground are so many times as far apart as along an edge.
INNER_SPACINGS = 3.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place for a pole, in the site frame."""

    kind: PlaceKind
    level: Level
    x_m: float
    y_m: float
    #: The ground there above the site datum.
    ground_z_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A feature of the plot in force, in the site frame."""

    layer: PlanLayer
    shape: BaseGeometry
    width_m: float | None


def drawn_in(work: Work, picture: Picture) -> list[Drawn]:
    """The plot in force."""
    rows = work.session.scalars(
        select(PlotFeature)
        .where(PlotFeature.site_id == picture.site.id, func.upper_inf(PlotFeature.in_force))
        .order_by(PlotFeature.id)
    ).all()
    frame = picture.surroundings.frame
    return [
        Drawn(
            layer=PlanLayer(row.layer), shape=frame.to_local(to_shape(row.geom)), width_m=_number(row.attributes.get("width_m"))
        )
        for row in rows
    ]


def places_for(picture: Picture, drawn: Sequence[Drawn], request: PlacementRequest, levels: frozenset[Level]) -> list[Place]:
    """Every allowed place for the levels that need one, the cheapest kinds first. Poles on the surface also look into pits."""
    boundary = picture.surroundings.boundary
    if boundary.is_empty:
        return []
    own = shapely.union_all([picture.surroundings.frame.to_local(one) for one in request.forbidden])
    closed = shapely.union_all([own, *closed_ground(drawn)])
    found: list[Place] = []
    if levels & {Level.SURFACE, Level.PIT}:
        found += _on_surface(picture, drawn, request, free=boundary.difference(closed), own=own)
    for level in (Level.DECK, Level.TUNNEL):
        if level in levels:
            found += _on_level(picture, level, request, own)
    return found


def closed_ground(drawn: Sequence[Drawn]) -> list[BaseGeometry]:
    """Ground of the plot on which no pole stands."""
    lanes = [(one, one.width_m / 2 if one.width_m else KEPT_CLEAR_M[one.layer]) for one in drawn if one.layer in KEPT_CLEAR_M]
    closed = [one.shape for one in drawn if one.layer in CLOSED]
    return closed + [one.shape.buffer(clear_m, cap_style="flat") for one, clear_m in lanes]


def _on_surface(
    picture: Picture, drawn: Sequence[Drawn], request: PlacementRequest, *, free: BaseGeometry, own: BaseGeometry
) -> list[Place]:
    boundary = picture.surroundings.boundary
    poles = [foot(one.view) for one in picture.watchers if one.view is not None and one.level is Level.SURFACE]
    poles += [one.shape for one in drawn if one.layer is PlanLayer.CAMERA_POINT]
    # what stands already was allowed to; only what the request itself forbids closes it
    standing = boundary.buffer(INSIDE_M).difference(own)
    walls = [one.shape for one in drawn if one.layer is PlanLayer.HOARDING] + [boundary.boundary]
    gates = [one.shape for one in drawn if one.layer is PlanLayer.GATE]
    edges = [one.shape.buffer(BESIDE_M).boundary for one in drawn if one.layer in {PlanLayer.PIT, PlanLayer.SHAFT}]
    edges += [one.shape.buffer(BESIDE_M).boundary for one in drawn if one.layer in CLOSED - {PlanLayer.PIT, PlanLayer.SHAFT}]
    edges += [one.shape.buffer(BESIDE_M).boundary for one in drawn if one.layer is PlanLayer.EDGE_PROTECTION]
    inner = boundary.buffer(-INSIDE_M)
    spacing_m = request.spacing_m
    wanted: tuple[tuple[PlaceKind, list[Point], BaseGeometry], ...] = (
        (PlaceKind.EXISTING_POLE, poles, standing),
        (PlaceKind.GATE, [_onto(inner, one) for gate in gates for one in _around(gate, spacing_m)], free),
        (PlaceKind.HOARDING, [_onto(inner, one) for wall in walls for one in _along(wall, spacing_m)], free),
        (PlaceKind.EDGE, [one for edge in edges for one in _along(edge, spacing_m)], free),
        (PlaceKind.INNER, list(_grid(free, spacing_m * INNER_SPACINGS)), free),
    )
    kept: list[Place] = []
    for kind, points, ground in wanted:
        shapely.prepare(ground)
        for point in points:
            if ground.covers(point) and not _taken(kept, point):
                kept.append(Place(kind=kind, level=Level.SURFACE, x_m=point.x, y_m=point.y))
    return kept


def _on_level(picture: Picture, level: Level, request: PlacementRequest, own: BaseGeometry) -> list[Place]:
    """On a deck or in a tunnel, along the outlines of the scenes that are there."""
    kept: list[Place] = []
    for scene in picture.scenes:
        if scene.level != level.value:
            continue
        shape = picture.surroundings.frame.to_local(to_shape(scene.geom))
        line = shape.boundary if shape.geom_type.endswith("Polygon") else shape
        for point in _along(line, request.spacing_m) if not line.is_empty else [shape.centroid]:
            if not own.covers(point) and not _taken(kept, point):
                kept.append(Place(kind=PlaceKind.EDGE, level=level, x_m=point.x, y_m=point.y, ground_z_m=scene.ground_z_m))
    return kept


def _taken(kept: Sequence[Place], point: Point) -> bool:
    return any(hypot(one.x_m - point.x, one.y_m - point.y) < SAME_PLACE_M for one in kept)


def _along(line: BaseGeometry, spacing_m: float) -> Iterator[Point]:
    """Points along lines: their corners, and between them at most ``spacing_m`` apart."""
    for part in shapely.get_parts(line):
        dense = shapely.segmentize(part, spacing_m)
        for x, y in shapely.get_coordinates(dense):
            yield Point(x, y)


def _around(gate: BaseGeometry, spacing_m: float) -> Iterator[Point]:
    """A gate is passed through the middle: poles stand around it, never in it."""
    ring = shapely.get_coordinates(gate.centroid.buffer(spacing_m, quad_segs=2))
    for x, y in ring[:-1]:
        yield Point(x, y)


def _onto(inner: BaseGeometry, point: Point) -> Point:
    """The place itself, or the nearest one just inside the boundary when it is not more than a pole's width outside."""
    if inner.covers(point) or inner.is_empty or inner.distance(point) > 2 * INSIDE_M:
        return point
    nearest: Point = shapely.ops.nearest_points(inner, point)[0]
    return nearest


def _grid(free: BaseGeometry, spacing_m: float) -> Iterator[Point]:
    if free.is_empty:
        return
    west, south, east, north = free.bounds
    for y in np.arange(south + spacing_m / 2, north, spacing_m):
        for x in np.arange(west + spacing_m / 2, east, spacing_m):
            yield Point(x, y)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None
