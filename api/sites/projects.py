"""Projects and places along them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from api.dependencies import PageDep, ReadWorkDep
from api.geometry import GeoJson, geojson_or_none
from api.sites.shapes import SiteSummary, summaries
from sites.models import Project
from sites.projects import alignment_of, list_projects, overview, place_at
from sites.states import PlottingState
from spatial.geodesy import area_m2, format_chainage
from spatial.geojson import to_geojson

router = APIRouter(prefix="/projects", tags=["projects"])
ProjectId = Annotated[int, Path(ge=1, lt=2**63)]


class ProjectOut(BaseModel):
    """A project."""

    id: int
    name: str
    specialty: str
    invest_code: str | None
    planned_from: date
    planned_to: date
    alignment: GeoJson | None
    width_m: float | None


class ProjectPage(BaseModel):
    """One page of projects."""

    items: list[ProjectOut]
    total: int
    page: int
    size: int


class PartyOut(BaseModel):
    """An organisation on one of the project's sites."""

    site_id: int
    organisation_id: int
    name: str
    role: str


class OverviewOut(BaseModel):
    """A project with everything that hangs on it."""

    project: ProjectOut
    sites: list[SiteSummary]
    participants: list[PartyOut]
    plotting_by_state: dict[str, int]
    corridor: GeoJson | None
    corridor_area_m2: float | None
    length_m: float | None


@router.get("")
def projects(work: ReadWorkDep, page: PageDep) -> ProjectPage:
    """One page of the projects of which you see a site."""
    work.require("read_sites")
    found, total = list_projects(work, limit=page.size, offset=page.offset)
    return ProjectPage(items=[_out(one) for one in found], total=total, page=page.number, size=page.size)


@router.get("/{project_id}/overview")
def project_overview(work: ReadWorkDep, project_id: ProjectId) -> OverviewOut:
    """One project."""
    work.require("read_sites")
    found = overview(work, project_id)
    states = [site.plotting_state for site in found.sites]
    return OverviewOut(
        project=_out(found.project),
        sites=summaries(work, found.sites),
        participants=[
            PartyOut(site_id=one.site_id, organisation_id=one.organisation_id, name=one.organisation.name, role=one.role)
            for one in found.participants
        ],
        plotting_by_state={state.value: states.count(state.value) for state in PlottingState},
        corridor=geojson_or_none(found.corridor),
        corridor_area_m2=area_m2(found.corridor) if found.corridor is not None else None,
        length_m=found.length_m,
    )


@router.get("/{project_id}/chainage")
def at_chainage(work: ReadWorkDep, project_id: ProjectId, m: Annotated[float, Query(ge=0, le=1e6)]) -> GeoJson:
    """The point so many metres along the project's alignment."""
    work.require("read_sites")
    point = place_at(work, project_id, m)
    properties = {"chainage_m": m, "chainage": format_chainage(m)}
    return {"type": "Feature", "geometry": to_geojson(point), "properties": properties}


def _out(project: Project) -> ProjectOut:
    return ProjectOut(
        id=project.id,
        name=project.name,
        specialty=project.specialty,
        invest_code=project.invest_code,
        planned_from=project.planned_from,
        planned_to=project.planned_to,
        alignment=geojson_or_none(alignment_of(project)),
        width_m=project.width_m,
    )
