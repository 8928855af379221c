"""What stands on a site, in the site frame: the boundary, and everything that hides something from a camera."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from foundation.work import Work
from sites.cameras.states import Level
from sites.models import PlotFeature, Site
from spatial.cameras.values import Obstacle
from spatial.frames import SiteFrame, site_frame
from spatial.plan_layers import PlanLayer

#: Metres taken where the plot names no height: hoardings of the city's standard, two-storey cabins, knee-high protection.
USUAL_HEIGHT_M = {PlanLayer.HOARDING: 2.5, PlanLayer.OFFICE: 6.0, PlanLayer.LIVING: 6.0, PlanLayer.SCAFFOLD: 6.0}
#: A wall is as thick as this, metres.
WALL_M = 0.1
#: Share of the view a scaffold's net takes.
SCAFFOLD_OPACITY = 0.7
#: Square metres.
SMALLEST_SOLID_M2 = 1.0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An obstacle, the plan feature it comes from and its level."""

    obstacle: Obstacle
    plan_key: str
    layer: PlanLayer
    level: Level


@dataclass(frozen=True, kw_only=True)
class Solids:
    """What stands on ground that nobody needs to watch: solid things of some size."""

    things: tuple[Standing, ...]
    #: (6, things) west, south, east and north of the bases, bottom and top; metres.
    extents: np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """A site as cameras find it. Shapes are in the frame, metres."""

    frame: SiteFrame
    #: Empty when the site has no boundary in force.
    boundary: BaseGeometry
    standing: tuple[Standing, ...]

    @cached_property
    def solids(self) -> Solids:
        """Solid obstacles; what is smaller than ``SMALLEST_SOLID_M2`` takes no ground away."""
        things = tuple(one for one in self.standing if one.obstacle.opacity >= 1 and one.obstacle.base.area > SMALLEST_SOLID_M2)
        rows = [(*one.obstacle.base.bounds, one.obstacle.bottom_m, one.obstacle.top_m) for one in things]
        return Solids(things=things, extents=np.array(rows, dtype=np.float64).reshape(-1, 6).T)

    def obstacles(self, level: Level, *, without: Sequence[str] = ()) -> tuple[Obstacle, ...]:
        """Obstacles of a level, save those made from the named plan features."""
        return tuple(one.obstacle for one in self.standing if one.level is level and one.plan_key not in without)


def surroundings_of(work: Work, site: Site) -> Surroundings:
    """Read the plot in force."""
    return surroundings_of_many(work, [site])[site.id]


def surroundings_of_many(work: Work, sites: Sequence[Site]) -> dict[int, Surroundings]:
    """The same for several sites, in one statement."""
    columns = (PlotFeature.site_id, PlotFeature.key, PlotFeature.layer, PlotFeature.geom, PlotFeature.attributes)
    rows = work.session.execute(
        select(*columns)
        .where(PlotFeature.site_id.in_([site.id for site in sites]), func.upper_inf(PlotFeature.in_force))
        .order_by(PlotFeature.id)
    ).all()
    by_site: dict[int, list[Any]] = {site.id: [] for site in sites}
    for row in rows:
        by_site[row.site_id].append(row)
    return {site.id: _surroundings(site, by_site[site.id]) for site in sites}


def _surroundings(site: Site, features: Sequence[Any]) -> Surroundings:
    outlines = [to_shape(one.geom) for one in features if one.layer == PlanLayer.BOUNDARY.value]
    frame = site_frame(outlines[0] if outlines else to_shape(site.location))
    boundary = frame.to_local(outlines[0]) if outlines else Polygon()
    standing = [one for feature in features for one in _standing(feature, frame)]
    return Surroundings(frame=frame, boundary=boundary, standing=tuple(standing))


def _standing(feature: Any, frame: SiteFrame) -> Iterator[Standing]:
    layer, given = PlanLayer(feature.layer), feature.attributes
    top_m = given.get("top_m") or given.get("height_m") or given.get("stack_height_m") or USUAL_HEIGHT_M.get(layer)
    if layer not in _HIDING or not top_m:
        return
    shape = frame.to_local(to_shape(feature.geom))
    parts = list(_walls(shape)) if layer is PlanLayer.HOARDING else shapely.get_parts(shape)
    opacity = float(given.get("opacity", SCAFFOLD_OPACITY if layer is PlanLayer.SCAFFOLD else 1.0))
    bottom_m = float(given.get("bottom_m", 0.0))
    for part in parts:
        obstacle = Obstacle(base=part, bottom_m=bottom_m, top_m=float(top_m), opacity=opacity)
        yield Standing(obstacle=obstacle, plan_key=str(feature.key), layer=layer, level=Level.SURFACE)


def _walls(line: BaseGeometry) -> Iterator[Polygon]:
    """A hoarding as one thin wall a side: convex, so that each throws a plain shadow."""
    for part in shapely.get_parts(line):
        for start, end in pairwise(part.coords):
            side = LineString((start, end))
            if side.length > 0:
                yield side.buffer(WALL_M / 2, cap_style="square")


_HIDING = frozenset(
    {
        PlanLayer.OBSTACLE,
        PlanLayer.HOARDING,
        PlanLayer.SCAFFOLD,
        PlanLayer.OFFICE,
        PlanLayer.LIVING,
        PlanLayer.YARD,
        PlanLayer.SEGMENT_YARD,
    }
)
