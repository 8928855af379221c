"""The plan layers of a demo site: gates on its boundary, hoardings between them, zones along its spine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from ops.demo.works import Works
from sites.states import SiteType
from spatial.plan_layers import PlanLayer

GATE_WIDTH_M = 8.0
#: Zones keep this far from the boundary.
INSET_M = 3.0

#: site type → (layer, from, to along the spine in shares, share of the half width, attributes).
ZONES: dict[SiteType, tuple[tuple[PlanLayer, float, float, float, dict[str, float]], ...]] = {
    SiteType.METRO_STATION: (
        (PlanLayer.PIT, 0.34, 0.94, 1.05, {"depth_m": 17.5, "rim_z_m": 0.0}),
        (PlanLayer.YARD, 0.18, 0.30, 1.2, {"stack_height_m": 2.0}),
    ),
    SiteType.SHIELD_SECTION: (
        (PlanLayer.SHAFT, 0.56, 0.94, 1.0, {"depth_m": 22.0}),
        (PlanLayer.SEGMENT_YARD, 0.22, 0.46, 1.2, {"stack_height_m": 2.4}),
    ),
    SiteType.ROADWAY: ((PlanLayer.YARD, 0.12, 0.2, 0.9, {"stack_height_m": 3.0}),),
    SiteType.BRIDGE: (
        (PlanLayer.SCAFFOLD, 0.4, 0.62, 0.9, {"height_m": 9.0}),
        (PlanLayer.YARD, 0.16, 0.28, 1.0, {"stack_height_m": 3.0}),
    ),
    SiteType.TUNNEL: ((PlanLayer.SHAFT, 0.2, 0.3, 1.0, {"depth_m": 15.0}),),
    SiteType.WHARF: ((PlanLayer.YARD, 0.3, 0.5, 0.9, {"stack_height_m": 4.0}),),
    SiteType.WATERWAY: (),
    SiteType.TRACK: ((PlanLayer.YARD, 0.1, 0.16, 0.9, {"stack_height_m": 2.0}),),
    SiteType.MUNICIPAL_WORKS: (
        (PlanLayer.YARD, 0.3, 0.52, 0.8, {"stack_height_m": 2.5}),
        (PlanLayer.PIT, 0.62, 0.95, 0.9, {"depth_m": 6.0, "rim_z_m": 0.0}),
    ),
}
EVERYWHERE = ((PlanLayer.OFFICE, 0.03, 0.09, 0.9, {"height_m": 7.0}), (PlanLayer.LIVING, 0.105, 0.155, 0.9, {"height_m": 7.0}))
LINES = {
    SiteType.ROADWAY: (PlanLayer.ROAD, 0.25, {"width_m": 7.0}),
    SiteType.TRACK: (PlanLayer.ROAD, 0.5, {"width_m": 4.5}),
    SiteType.TUNNEL: (PlanLayer.TUNNEL, 0.0, {"chainage_from_m": 0.0}),
    SiteType.WATERWAY: (PlanLayer.WATER_EDGE, 0.7, {}),
}


@dataclass(frozen=True, kw_only=True)
class DemoFeature:
    """A plan feature in local metres."""

    layer: PlanLayer
    name: str
    geometry: BaseGeometry
    attributes: dict[str, Any] = field(default_factory=dict)


def plan_of(works: Works, rng: np.random.Generator) -> list[DemoFeature]:
    """Everything plotted on a complete site, the boundary first."""
    boundary = works.boundary
    room = boundary.buffer(-INSET_M)
    gates = _gates(boundary, rng)
    found = [DemoFeature(layer=PlanLayer.BOUNDARY, name="工地红线", geometry=boundary), *gates]
    found += _hoardings(boundary, [gate.geometry for gate in gates])
    found += _zones(works, room)
    found += _lines(works, room)
    found += _points(works, room)
    return found


def _gates(boundary: Polygon, rng: np.random.Generator) -> list[DemoFeature]:
    ring = boundary.exterior
    count = 1 if ring.length < 700 else 2 if ring.length < 2_500 else 3
    first = rng.uniform(0.05, 0.25)
    places = [ring.interpolate((first + n / count) % 1.0, normalized=True) for n in range(count)]
    return [
        DemoFeature(layer=PlanLayer.GATE, name=f"{n}号门", geometry=place, attributes={"width_m": GATE_WIDTH_M})
        for n, place in enumerate(places, start=1)
    ]


def _hoardings(boundary: Polygon, gates: list[BaseGeometry]) -> Iterator[DemoFeature]:
    """The boundary between the gates, each of which leaves an opening."""
    ring = LineString(boundary.exterior.coords)
    at = sorted(ring.project(gate) for gate in gates)
    half = GATE_WIDTH_M / 2
    for n, (start, end) in enumerate(zip(at, [*at[1:], at[0] + ring.length], strict=True), start=1):
        line = _around(ring, start + half, end - half).simplify(0.1)
        if line.length > 2 * GATE_WIDTH_M:
            yield DemoFeature(layer=PlanLayer.HOARDING, name=f"围挡{n}段", geometry=line, attributes={"height_m": 2.5})


def _around(ring: LineString, start: float, end: float) -> LineString:
    """Part of a closed line that may run over its seam."""
    if end <= ring.length:
        return substring(ring, start, end)
    if start >= ring.length:
        return substring(ring, start - ring.length, end - ring.length)
    before, after = substring(ring, start, ring.length), substring(ring, 0, end - ring.length)
    points = np.concatenate((shapely.get_coordinates(before), shapely.get_coordinates(after)[1:]))
    return LineString(points)


def _zones(works: Works, room: BaseGeometry) -> Iterator[DemoFeature]:
    for layer, start, end, share, attributes in (*ZONES[works.site_type], *EVERYWHERE):
        part = substring(works.spine, start, end, normalized=True)
        zone = part.buffer(works.half_width_m * share / 2, cap_style="flat", join_style="mitre").intersection(room)
        if isinstance(zone, Polygon) and zone.area > 30:
            yield DemoFeature(layer=layer, name="", geometry=zone.simplify(0.2), attributes=dict(attributes))


def _lines(works: Works, room: BaseGeometry) -> Iterator[DemoFeature]:
    if works.shore is not None:
        yield DemoFeature(layer=PlanLayer.WATER_EDGE, name="码头前沿线", geometry=works.shore)
    if works.site_type in LINES:
        layer, aside, attributes = LINES[works.site_type]
        line = substring(works.spine, 0.02, 0.98, normalized=True).simplify(0.3)
        moved = (line.offset_curve(aside * works.half_width_m) if aside else line).simplify(0.3)
        if isinstance(moved, LineString) and (room.contains(moved) or layer is not PlanLayer.ROAD):
            yield DemoFeature(layer=layer, name="", geometry=moved, attributes=attributes)
        elif layer is PlanLayer.ROAD:
            yield DemoFeature(layer=layer, name="", geometry=line, attributes=attributes)


def _points(works: Works, room: BaseGeometry) -> Iterator[DemoFeature]:
    middle = works.spine.interpolate(0.5, normalized=True)
    wash = works.spine.interpolate(0.17, normalized=True)
    if works.site_type in {SiteType.METRO_STATION, SiteType.BRIDGE, SiteType.MUNICIPAL_WORKS} and room.contains(middle):
        radius = round(min(works.half_width_m * 0.9, 45.0), 1)
        yield DemoFeature(
            layer=PlanLayer.TOWER_CRANE,
            name="1号塔吊",
            geometry=middle,
            attributes={"radius_m": max(radius, 12.0), "height_m": 38.0},
        )
    if room.contains(wash):
        yield DemoFeature(layer=PlanLayer.WASH, name="洗车槽", geometry=Point(wash.x, wash.y))
