"""Where things are built in the demo city: boundaries along synthetic metro lines, roads, railways, quays and in blocks.

Everything is drawn in one local frame, metres, x east, y north, from the middle of the city, and seeded: the same seed gives
the same city. No boundary touches another, and all lie inside the districts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice, pairwise

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from ops.demo.districts import schematic_districts
from sites.states import SiteType, Specialty
from spatial.frames import SiteFrame

CITY = SiteFrame(121.47, 31.23)
#: No two sites come nearer to one another than this.
APART_M = 8.0
LINES = 12
#: Share of each specialty among the sites.
SHARES = {Specialty.METRO: 6, Specialty.ROAD: 5, Specialty.MUNICIPAL: 5, Specialty.PORT: 2, Specialty.RAILWAY: 2}
COAST = ("310115", "310113", "310151", "310116", "310120")


@dataclass(frozen=True, kw_only=True)
class Works:
    """One place where something is built, in local metres."""

    specialty: Specialty
    site_type: SiteType
    boundary: Polygon
    #: The long axis along which the site's zones lie.
    spine: LineString
    half_width_m: float
    #: What the works belong to: a metro line, a road, a quay.
    family: int
    #: The edge at the water, for quays.
    shore: LineString | None = None


def works(count: int, seed: int) -> list[Works]:
    """So many works, spread over the specialties."""
    rng = np.random.default_rng(seed)
    land = shapely.union_all([CITY.to_local(one.outline) for one in schematic_districts()])
    shapely.prepare(land)
    sources = {
        Specialty.METRO: _metro(rng),
        Specialty.ROAD: _roads(rng, land),
        Specialty.MUNICIPAL: _blocks(rng, land),
        Specialty.PORT: _quays(rng),
        Specialty.RAILWAY: _tracks(rng, land),
    }
    order = cycle(chain.from_iterable([specialty] * share for specialty, share in SHARES.items()))
    ground = Ground(land)
    return list(islice(_placed(order, sources, ground), count))


class Ground:
    """What is taken already; a grid of cells finds neighbours without comparing all."""

    CELL_M = 2_000.0

    def __init__(self, land: BaseGeometry) -> None:
        self.land = land
        self.cells: dict[tuple[int, int], list[Polygon]] = {}

    def take(self, boundary: Polygon) -> bool:
        """Take a place if it is on land and free."""
        if not self.land.contains(boundary):
            return False
        wide = boundary.buffer(APART_M)
        cells = self._cells(wide)
        if any(wide.intersects(other) for cell in cells for other in self.cells.get(cell, ())):
            return False
        for cell in cells:
            self.cells.setdefault(cell, []).append(boundary)
        return True

    def _cells(self, shape: Polygon) -> list[tuple[int, int]]:
        west, south, east, north = (math.floor(edge / self.CELL_M) for edge in shape.bounds)
        return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]


def _placed(order: Iterator[Specialty], sources: dict[Specialty, Iterator[Works]], ground: Ground) -> Iterator[Works]:
    for specialty in order:
        for candidate in islice(sources[specialty], 400):
            if ground.take(candidate.boundary):
                yield candidate
                break


def _corridor(line: LineString, width_m: float) -> Polygon | None:
    strip = line.buffer(width_m / 2, cap_style="flat", join_style="mitre")
    return strip if isinstance(strip, Polygon) and not strip.interiors else None


def _bending(rng: np.random.Generator, start: Point, heading: float, length_m: float, step_m: float, bend: float) -> LineString:
    """A line that changes its heading a little at every step."""
    points, turn = [(start.x, start.y)], 0.0
    for _ in range(max(2, round(length_m / step_m))):
        turn = 0.7 * turn + rng.normal(0.0, bend)
        heading += turn
        x, y = points[-1]
        points.append((x + step_m * math.cos(heading), y + step_m * math.sin(heading)))
    return LineString(points)


def _somewhere(rng: np.random.Generator, land: BaseGeometry) -> Point:
    """Denser towards the middle, as cities are."""
    while True:
        away, angle = abs(rng.normal(0.0, 21_000.0)), rng.uniform(0.0, 2 * math.pi)
        point = Point(away * math.cos(angle), away * math.sin(angle))
        if land.contains(point):
            return point


def _metro(rng: np.random.Generator) -> Iterator[Works]:
    """Stations and shafts along lines that radiate from the middle; rings further out when those are full."""
    while True:
        lines = [
            _bending(
                rng,
                Point(rng.normal(0, 2500), rng.normal(0, 2500)),
                2 * math.pi * n / LINES + rng.normal(0, 0.15),
                34_000,
                450,
                0.035,
            )
            for n in range(LINES)
        ]
        places = [(family, at) for at in np.arange(1_500, 33_000, 700) for family in range(LINES)]
        for position, (family, at) in enumerate(places):
            line, station = lines[family], position // LINES % 2 == 0
            length = rng.uniform(190, 320) if station else rng.uniform(70, 130)
            width = rng.uniform(46, 70) if station else rng.uniform(44, 60)
            spine = substring(line, at, at + length)
            boundary = _corridor(spine, width)
            if isinstance(spine, LineString) and boundary is not None:
                kind = SiteType.METRO_STATION if station else SiteType.SHIELD_SECTION
                yield Works(
                    specialty=Specialty.METRO,
                    site_type=kind,
                    boundary=boundary,
                    spine=spine,
                    half_width_m=width / 2,
                    family=family,
                )


def _roads(rng: np.random.Generator, land: BaseGeometry) -> Iterator[Works]:
    kinds = (SiteType.ROADWAY, SiteType.ROADWAY, SiteType.ROADWAY, SiteType.BRIDGE, SiteType.TUNNEL)
    for family in range(10**9):
        kind = kinds[family % len(kinds)]
        length = rng.uniform(600, 3_600) if kind is SiteType.ROADWAY else rng.uniform(300, 900)
        width = rng.uniform(34, 60)
        start, heading = _somewhere(rng, land), rng.uniform(0, 2 * math.pi)
        spine = _bending(rng, start, heading, length, max(60.0, length / 16), 0.05)
        boundary = _corridor(spine, width)
        if boundary is not None:
            yield Works(
                specialty=Specialty.ROAD, site_type=kind, boundary=boundary, spine=spine, half_width_m=width / 2, family=family
            )


def _tracks(rng: np.random.Generator, land: BaseGeometry) -> Iterator[Works]:
    for family in range(10**9):
        width = rng.uniform(30, 46)
        spine = _bending(rng, _somewhere(rng, land), rng.uniform(0, 2 * math.pi), rng.uniform(1_500, 4_500), 300, 0.012)
        boundary = _corridor(spine, width)
        if boundary is not None:
            yield Works(
                specialty=Specialty.RAILWAY,
                site_type=SiteType.TRACK,
                boundary=boundary,
                spine=spine,
                half_width_m=width / 2,
                family=family,
            )


def _blocks(rng: np.random.Generator, land: BaseGeometry) -> Iterator[Works]:
    """Irregular areal sites of 0.5 to 8 hectares."""
    for family in range(10**9):
        area, corners = rng.uniform(5_000, 80_000), int(rng.integers(7, 14))
        stretch, turn = rng.uniform(1.0, 2.2), rng.uniform(0, 180)
        angles = np.sort(np.linspace(0, 2 * math.pi, corners, endpoint=False) + rng.normal(0, 0.12, corners))
        radii = rng.uniform(0.82, 1.1, corners)
        ring = np.column_stack((radii * np.cos(angles) * stretch, radii * np.sin(angles)))
        shape = Polygon(ring * math.sqrt(area / Polygon(ring).area))
        middle = _somewhere(rng, land)
        boundary = translate(rotate(shape, turn, origin=(0, 0)), middle.x, middle.y)
        half_length = 0.62 * math.sqrt(area * stretch / math.pi)
        axis = LineString([(-half_length, 0), (half_length, 0)])
        spine = translate(rotate(axis, turn, origin=(0, 0)), middle.x, middle.y)
        if boundary.is_valid:
            half_width = 0.5 * math.sqrt(area / stretch / math.pi)
            yield Works(
                specialty=Specialty.MUNICIPAL,
                site_type=SiteType.MUNICIPAL_WORKS,
                boundary=boundary,
                spine=spine,
                half_width_m=half_width,
                family=family,
            )


def _quays(rng: np.random.Generator) -> Iterator[Works]:
    """Quays just inside the shore of the districts that have one, and waterways a little inland."""
    city = STRtree([CITY.to_local(one.outline) for one in schematic_districts()])
    shores = []
    for one in schematic_districts():
        if one.code in COAST:
            for part in shapely.get_parts(CITY.to_local(one.outline)):
                shores += [edge for edge in _edges(part.exterior) if edge.length > 500 and _at_sea(edge, city)]
    for family in range(10**9):
        edge = shores[int(rng.integers(len(shores)))]
        wharf = family % 3 != 2
        length, width = (rng.uniform(350, 800), rng.uniform(90, 170)) if wharf else (rng.uniform(600, 1_400), rng.uniform(50, 80))
        at = rng.uniform(0.05, 0.7) * edge.length
        inland = (12 if wharf else rng.uniform(300, 2_500)) + width / 2
        spine = substring(edge, at, min(at + length, edge.length * 0.97)).offset_curve(inland)
        boundary = _corridor(spine, width) if isinstance(spine, LineString) and spine.length > 150 else None
        if boundary is not None:
            shore = spine.offset_curve(-(width / 2 - 3)) if wharf else None
            kind = SiteType.WHARF if wharf else SiteType.WATERWAY
            yield Works(
                specialty=Specialty.PORT,
                site_type=kind,
                boundary=boundary,
                spine=spine,
                half_width_m=width / 2,
                family=family,
                shore=shore,
            )


def _edges(ring: BaseGeometry) -> list[LineString]:
    """Edges with the land on their left."""
    points = shapely.get_coordinates(ring if ring.is_ccw else ring.reverse())
    return [LineString([start, end]) for start, end in pairwise(points)]


def _at_sea(edge: LineString, city: STRtree) -> bool:
    """Is there no district on the right-hand side?"""
    outside = edge.offset_curve(-600).interpolate(0.5, normalized=True)
    return len(city.query(outside, predicate="intersects")) == 0
