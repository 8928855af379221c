"""What stands on a site and hides something from its cameras, for maps that draw shadows themselves."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import ReadWorkDep
from api.geometry import GeoJson, geojson_or_none
from api.sites.sites import SiteId
from sites.cameras.states import Level
from sites.cameras.surroundings import surroundings_of
from sites.queries import site_of
from spatial.plan_layers import PlanLayer

router = APIRouter(tags=["cameras"])


class StandingOut(BaseModel):
    """A prism that hides what is behind it; heights above the site datum, metres."""

    layer: PlanLayer
    level: Level
    bottom_m: float
    top_m: float
    opacity: float
    geometry: GeoJson | None


class SurroundingsOut(BaseModel):
    """A site as cameras find it."""

    site_id: int
    #: Centre of the site frame: lon, lat.
    origin: tuple[float, float]
    boundary: GeoJson | None
    standing: list[StandingOut]


@router.get("/sites/{site_id}/surroundings")
def surroundings(work: ReadWorkDep, site_id: SiteId) -> SurroundingsOut:
    """Boundary and obstacles in force."""
    work.require("read_sites")
    found = surroundings_of(work, site_of(work, site_id))
    store = found.frame.to_storage
    standing = [
        StandingOut(
            layer=one.layer,
            level=one.level,
            bottom_m=one.obstacle.bottom_m,
            top_m=one.obstacle.top_m,
            opacity=one.obstacle.opacity,
            geometry=geojson_or_none(store(one.obstacle.base)),
        )
        for one in found.standing
    ]
    boundary = None if found.boundary.is_empty else geojson_or_none(store(found.boundary))
    return SurroundingsOut(site_id=site_id, origin=(found.frame.lon_0, found.frame.lat_0), boundary=boundary, standing=standing)
