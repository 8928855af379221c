"""指挥大屏: the figures of the big screen, each with the time it was true."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import ReadWorkDep
from incidents.reading import figures
from incidents.states import IncidentSeverity
from insights.screen.overview import city_overview
from sites.states import DeviceClass, SiteState, Specialty

router = APIRouter(prefix="/screen", tags=["screen"])


class WorksOut(BaseModel):
    """Sites by state; ``plotted_share`` is null when no active site is to be plotted."""

    sites: int
    by_state: dict[SiteState, int]
    #: Active sites only: preparing, in construction, suspended.
    by_specialty: dict[Specialty, int]
    to_plot: int
    plotted: int
    plotted_share: float | None


class DistrictCoverageOut(BaseModel):
    """A district; ``share`` is null when none of its sites is measured: unknown, not zero."""

    code: str
    name_zh: str
    name_en: str
    sites: int
    measured: int
    share: float | None


class CityCoverageOut(BaseModel):
    """Mean share of the mandatory requirements over measured active sites, as cameras on line see them."""

    sites: int
    measured: int
    share: float | None
    share_p05: float | None
    share_p95: float | None
    unwatched: int
    districts: list[DistrictCoverageOut]


class ClassOnLineOut(BaseModel):
    """Terminals of a class; ``share`` is null when none was ever heard of."""

    device_class: DeviceClass
    online: int
    offline: int
    unknown: int
    share: float | None


class ScreenOverview(BaseModel):
    """Everything of the screen that is not an incident."""

    as_of: datetime
    works: WorksOut
    coverage: CityCoverageOut
    devices: list[ClassOnLineOut]


@router.get("/overview")
def overview(work: ReadWorkDep) -> ScreenOverview:
    """The figures now, of the sites the viewer sees."""
    return ScreenOverview.model_validate(city_overview(work), from_attributes=True)


class ScreenIncidents(BaseModel):
    """Incidents of the sites the viewer sees, now and over the last day."""

    as_of: datetime
    open_by_severity: dict[IncidentSeverity, int]
    overdue: int
    #: Of the last 24 hours.
    today_by_severity: dict[IncidentSeverity, int]
    #: 24 hours, the oldest first, and the mean of the seven days before for each.
    hours: list[int]
    usual: list[float]
    #: Of those sent out in the last thirty days, the share that is closed; null when none was.
    closed_share: float | None
    #: Hours from sending out to closing; null when none was closed.
    median_close_h: float | None


@router.get("/incidents")
def incident_figures(work: ReadWorkDep) -> ScreenIncidents:
    """Incidents in figures."""
    found = figures(work)
    plain = {name: getattr(found, name) for name in ScreenIncidents.model_fields if name != "as_of"}
    return ScreenIncidents(as_of=work.now, **plain)
