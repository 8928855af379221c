"""塔吊: reach of each, and the pairs that can meet."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import ReadWorkDep
from api.geometry import GeoJson, geojson_or_none
from api.sites.sites import SiteId
from sites.cranes import cranes_of

router = APIRouter(tags=["devices"])


class CraneOut(BaseModel):
    """A tower crane; ``key`` is its plan feature's."""

    key: str
    name: str
    radius_m: float
    outside_m2: float
    reach: GeoJson | None


class OverlapOut(BaseModel):
    """Where two cranes reach the same ground."""

    keys: tuple[str, str]
    names: tuple[str, str]
    area_m2: float
    geometry: GeoJson | None


class CranesOut(BaseModel):
    """The tower cranes of a site."""

    items: list[CraneOut]
    overlaps: list[OverlapOut]


@router.get("/sites/{site_id}/cranes")
def cranes(work: ReadWorkDep, site_id: SiteId) -> CranesOut:
    """Reach, overlaps, and what reaches beyond the boundary."""
    work.require("read_sites")
    found, overlaps = cranes_of(work, site_id)
    return CranesOut(
        items=[
            CraneOut(
                key=one.key,
                name=one.name,
                radius_m=one.radius_m,
                outside_m2=one.outside_m2,
                reach=geojson_or_none(one.reach),
            )
            for one in found
        ],
        overlaps=[
            OverlapOut(keys=one.keys, names=one.names, area_m2=one.area_m2, geometry=geojson_or_none(one.shape))
            for one in overlaps
        ],
    )
