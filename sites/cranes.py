"""Tower cranes: what each reaches, where two reach the same air, and what reaches beyond the site (M15)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from foundation.work import Work
from sites.cameras.surroundings import surroundings_of
from sites.models import PlotFeature
from sites.queries import site_of
from spatial.plan_layers import PlanLayer

#: Corners of a quarter of the circle: the area is within 0.01 % of the disc's.
QUARTER = 64


@dataclass(frozen=True, kw_only=True)
class Crane:
    """A tower crane and the ground under its jib, EPSG:4490."""

    key: str
    name: str
    radius_m: float
    reach: BaseGeometry
    #: Square metres of its reach outside the boundary.
    outside_m2: float


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Where two cranes reach the same ground, EPSG:4490."""

    keys: tuple[str, str]
    names: tuple[str, str]
    area_m2: float
    shape: BaseGeometry


def cranes_of(work: Work, site_id: int) -> tuple[list[Crane], list[Overlap]]:
    """The cranes of a site's plot in force, and every pair that can meet."""
    surroundings = surroundings_of(work, site_of(work, site_id))
    frame, store = surroundings.frame, surroundings.frame.to_storage
    features = work.session.scalars(
        select(PlotFeature)
        .where(
            PlotFeature.site_id == site_id,
            PlotFeature.layer == PlanLayer.TOWER_CRANE.value,
            func.upper_inf(PlotFeature.in_force),
        )
        .order_by(PlotFeature.id)
    ).all()
    reaches = [
        (one, frame.to_local(to_shape(one.geom)).buffer(float(one.attributes["radius_m"]), quad_segs=QUARTER)) for one in features
    ]
    cranes = [
        Crane(
            key=str(one.key),
            name=one.name,
            radius_m=float(one.attributes["radius_m"]),
            reach=store(reach),
            outside_m2=float(reach.difference(surroundings.boundary).area),
        )
        for one, reach in reaches
    ]
    overlaps = [
        Overlap(keys=(str(a.key), str(b.key)), names=(a.name, b.name), area_m2=float(shared.area), shape=store(shared))
        for (a, reach_a), (b, reach_b) in combinations(reaches, 2)
        if (shared := reach_a.intersection(reach_b)).area > 0
    ]
    return cranes, overlaps
