"""What sites look like in answers, shared by the routes of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel

from api.geometry import lon_lat
from foundation.work import Work
from sites.models import District, Site
from sites.progress import late_among
from sites.queries import BoundaryInForce, boundaries_of, districts_of


class DistrictOut(BaseModel):
    """A district by code and names."""

    code: str
    name_zh: str
    name_en: str


class NamedOut(BaseModel):
    """Somebody or something by id and name."""

    id: int
    name: str


class SiteSummary(BaseModel):
    """A site in a list."""

    id: int
    code: str | None
    name: str
    specialty: str
    site_type: str
    state: str
    stage: str | None
    opening_state: str
    plotting_state: str
    plotting_percent: float
    districts: list[DistrictOut]
    address: str
    location: tuple[float, float]
    bbox: tuple[float, float, float, float] | None
    area_m2: float | None
    due_on: date | None
    overdue: bool
    version: int
    updated_at: datetime


class SitePage(BaseModel):
    """One page of sites."""

    items: list[SiteSummary]
    total: int
    page: int
    size: int


def district_out(district: District) -> DistrictOut:
    """A district's code and names."""
    return DistrictOut(code=district.code, name_zh=district.name_zh, name_en=district.name_en)


def summaries(work: Work, sites: Sequence[Site]) -> list[SiteSummary]:
    """Sites with their districts and boundaries, in four statements whatever their number."""
    ids = [site.id for site in sites]
    districts, boundaries, late = districts_of(work, ids), boundaries_of(work, ids), late_among(work, ids)
    return [_summary(site, districts[site.id], boundaries.get(site.id), site.id in late) for site in sites]


def _summary(site: Site, districts: list[District], boundary: BoundaryInForce | None, overdue: bool) -> SiteSummary:
    return SiteSummary(
        id=site.id,
        code=site.code,
        name=site.name,
        specialty=site.specialty,
        site_type=site.site_type,
        state=site.state,
        stage=site.stage,
        opening_state=site.opening_state,
        plotting_state=site.plotting_state,
        plotting_percent=site.plotting_percent,
        districts=[district_out(district) for district in districts],
        address=site.address,
        location=lon_lat(site.location),
        bbox=boundary.bbox if boundary else None,
        area_m2=boundary.area_m2 if boundary else None,
        due_on=site.plotting_due_on,
        overdue=overdue,
        version=site.version,
        updated_at=site.updated_at,
    )
