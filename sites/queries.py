"""Reading sites: shapes used by more than one caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from foundation.clock import business_day
from foundation.problems import VersionMismatch
from foundation.work import Work
from sites.errors import SiteNotFound
from sites.models import District, Participant, PlotFeature, Site, SiteDistrict
from sites.states import PlottingState, SiteState
from spatial.crs import STORAGE_SRID

#: States in which a site is no longer expected to plot.
NOT_EXPECTED = (SiteState.SUSPENDED, SiteState.COMPLETED, SiteState.HANDED_OVER, SiteState.ARCHIVED, SiteState.OPENING)

SORTS: dict[str, Any] = {
    "name": Site.name,
    "code": Site.code,
    "plotting_percent": Site.plotting_percent,
    "due_on": Site.plotting_due_on,
    "updated_at": Site.updated_at,
    "id": Site.id,
}


@dataclass(frozen=True, kw_only=True)
class SiteFilter:
    """Which sites a list asks for; every member narrows it."""

    q: str | None = None
    specialty: str | None = None
    state: str | None = None
    opening_state: str | None = None
    plotting_state: str | None = None
    district: str | None = None
    organisation_id: int | None = None
    late: bool | None = None
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None


def site_of(work: Work, site_id: int, *, version: int | None = None, lock: bool = False) -> Site:
    """The site, or ``SiteNotFound`` when it does not exist or is not the viewer's; ``version`` must be its present one."""
    statement = select(Site).where(Site.id == site_id).options(joinedload(Site.project))
    if lock:
        statement = statement.with_for_update(of=Site)
    site = work.session.scalars(statement).one_or_none()
    if site is None:
        raise SiteNotFound
    if version is not None and version != site.version:
        raise VersionMismatch(base_version=version, current_version=site.version)
    return site


def matching(work: Work, wanted: SiteFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on ``Site``."""
    conditions: list[ColumnElement[bool]] = []
    plain = {
        Site.specialty: wanted.specialty,
        Site.state: wanted.state,
        Site.opening_state: wanted.opening_state,
        Site.plotting_state: wanted.plotting_state,
    }
    conditions += [column == value for column, value in plain.items() if value is not None]
    if wanted.q:
        like = "%" + wanted.q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        conditions.append(or_(Site.name.ilike(like), Site.code.ilike(like), Site.address.ilike(like)))
    if wanted.district:
        conditions.append(exists().where(SiteDistrict.site_id == Site.id, SiteDistrict.district_code == wanted.district))
    if wanted.organisation_id is not None:
        conditions.append(exists().where(Participant.site_id == Site.id, Participant.organisation_id == wanted.organisation_id))
    if wanted.bbox:
        conditions.append(Site.location.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, STORAGE_SRID)))
    if wanted.late is not None:
        late = is_late(work)
        conditions.append(late if wanted.late else ~late)
    return conditions


def is_late(work: Work) -> ColumnElement[bool]:
    """Plotting is due and not accepted; suspended and finished sites are not expected to plot."""
    return and_(
        func.coalesce(Site.plotting_due_on < business_day(work.now), False),
        Site.plotting_state != PlottingState.ACCEPTED.value,
        Site.state.not_in([state.value for state in NOT_EXPECTED]),
    )


def list_sites(
    work: Work, wanted: SiteFilter, *, sort: str = "id", limit: int = 50, offset: int = 0
) -> tuple[Sequence[Site], int]:
    """One page of the sites that match, and how many match in all. ``sort`` is a key of ``SORTS``, ``-`` for descending."""
    conditions = matching(work, wanted)
    total = work.session.execute(select(func.count(Site.id)).where(*conditions)).scalar_one()
    column = SORTS[sort.removeprefix("-")]
    order = column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last()
    page: Select[Site] = select(Site).where(*conditions).order_by(order, Site.id).limit(limit).offset(offset)
    return work.session.scalars(page).all(), total


def districts_of(work: Work, site_ids: Sequence[int]) -> dict[int, list[District]]:
    """The districts of each site, the largest share first."""
    rows = work.session.execute(
        select(SiteDistrict.site_id, District)
        .join(District, District.code == SiteDistrict.district_code)
        .where(SiteDistrict.site_id.in_(site_ids))
        .order_by(SiteDistrict.share.desc(), District.code)
    ).all()
    found: dict[int, list[District]] = {site_id: [] for site_id in site_ids}
    for site_id, district in rows:
        found[site_id].append(district)
    return found


@dataclass(frozen=True, kw_only=True)
class BoundaryInForce:
    """The boundary a site has now."""

    geom: WKBElement
    area_m2: float
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float]


def boundaries_of(work: Work, site_ids: Sequence[int]) -> dict[int, BoundaryInForce]:
    """The boundary in force of each site that has one."""
    geom = PlotFeature.geom
    rows = work.session.execute(
        select(
            PlotFeature.site_id,
            geom,
            PlotFeature.area_m2,
            func.ST_XMin(geom),
            func.ST_YMin(geom),
            func.ST_XMax(geom),
            func.ST_YMax(geom),
        ).where(PlotFeature.site_id.in_(site_ids), PlotFeature.layer == "boundary", func.upper_inf(PlotFeature.in_force))
    ).all()
    return {row[0]: BoundaryInForce(geom=row[1], area_m2=row[2], bbox=(row[3], row[4], row[5], row[6])) for row in rows}
