"""Sites: lists, one site with everything that hangs on it, and its facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, collection, geojson_or_none, lon_lat
from api.sites.filters import SiteFilterDep
from api.sites.shapes import NamedOut, SitePage, SiteSummary, summaries
from foundation.work import Work
from sites.lifecycle import SiteFacts, edit_site
from sites.mandatory_layers import mandatory_layers
from sites.models import Device, OpeningStep, Participant, Site
from sites.queries import boundaries_of, list_sites, site_of
from sites.states import SiteState, SiteType, Stage
from spatial.plan_layers import PlanLayer

router = APIRouter(prefix="/sites", tags=["sites"])
SiteId = Annotated[int, Path(ge=1, lt=2**63)]
Sort = Literal[
    "id",
    "-id",
    "name",
    "-name",
    "code",
    "-code",
    "plotting_percent",
    "-plotting_percent",
    "due_on",
    "-due_on",
    "updated_at",
    "-updated_at",
]
#: Dots on the map that one answer may hold.
MOST_DOTS = 5_000


class SiteProject(BaseModel):
    """The project of a site."""

    id: int
    name: str
    invest_code: str | None
    planned_from: date
    planned_to: date


class PartyOrganisation(BaseModel):
    """An organisation on a site."""

    id: int
    name: str
    credit_code: str


class ParticipantOut(BaseModel):
    """参建单位."""

    id: int
    organisation: PartyOrganisation
    role: str
    leader_name: str
    valid_from: datetime | None
    valid_to: datetime | None


class StepOut(BaseModel):
    """One step of the opening."""

    at: datetime
    viewer: NamedOut | None
    action: str
    from_state: str | None
    to_state: str
    opinion: str | None


class OpeningProgress(BaseModel):
    """How the opening went."""

    state: str
    submitted_at: datetime | None
    steps: list[StepOut]


class DeviceTotals(BaseModel):
    """Devices of a site, and how many of them have a place."""

    total: int
    located: int


class SiteDetail(SiteSummary):
    """A site with everything that hangs on it."""

    project: SiteProject
    mandatory_layers: list[PlanLayer]
    registered_area_m2: float | None
    registered_location: tuple[float, float]
    outline: GeoJson | None
    participants: list[ParticipantOut]
    opening: OpeningProgress
    boundary: GeoJson | None
    in_force_version: int | None
    latest_version: int | None
    devices: DeviceTotals
    allowed: list[str]


class SiteEdit(In):
    """Facts to change."""

    version: int
    name: str | None = Field(None, min_length=2, max_length=200)
    address: str | None = Field(None, min_length=2, max_length=300)
    site_type: SiteType | None = None
    stage: Stage | None = None
    state: SiteState | None = None
    registered_area_m2: float | None = Field(None, gt=0, le=2e7)


@router.get("")
def sites(work: ReadWorkDep, wanted: SiteFilterDep, page: PageDep, sort: Sort = "id") -> SitePage:
    """One page of the sites you may see."""
    work.require("read_sites")
    found, total = list_sites(work, wanted, sort=sort, limit=page.size, offset=page.offset)
    return SitePage(items=summaries(work, found), total=total, page=page.number, size=page.size)


@router.get(".geojson")
def site_dots(work: ReadWorkDep, wanted: SiteFilterDep, limit: Annotated[int, Query(ge=1, le=MOST_DOTS)] = 2_000) -> GeoJson:
    """The same sites as points, for a list that is bound to the map."""
    work.require("read_sites")
    found, total = list_sites(work, wanted, limit=limit)
    return collection([_dot(site) for site in found]) | {"total": total}


@router.get("/{site_id}")
def site(work: ReadWorkDep, site_id: SiteId) -> SiteDetail:
    """One site."""
    work.require("read_sites")
    return site_detail(work, site_of(work, site_id))


@router.patch("/{site_id}")
def change_site(work: WorkDep, site_id: SiteId, edit: SiteEdit) -> SiteDetail:
    """Change facts of a site."""
    facts = SiteFacts(**edit.model_dump(exclude={"version"}))
    changed = edit_site(work, site_id, facts, edit.version)
    work.session.flush()
    return site_detail(work, site_of(work, changed.id))


def site_detail(work: Work, site: Site) -> SiteDetail:
    """Gather everything that hangs on a site."""
    boundary = boundaries_of(work, [site.id]).get(site.id)
    steps = work.session.scalars(select(OpeningStep).where(OpeningStep.site_id == site.id).order_by(OpeningStep.id)).all()
    total, located = work.session.execute(
        select(func.count(Device.id), func.count(Device.location)).where(Device.site_id == site.id)
    ).one()
    required = mandatory_layers(site.site_type)
    return SiteDetail(
        **summaries(work, [site])[0].model_dump(),
        project=SiteProject.model_validate(site.project, from_attributes=True),
        mandatory_layers=[layer for layer in PlanLayer if layer in required],
        registered_area_m2=site.registered_area_m2,
        registered_location=lon_lat(site.registered_location),
        outline=geojson_or_none(site.outline),
        participants=_participants(work, site.id),
        opening=_opening(site, steps),
        boundary=geojson_or_none(boundary.geom if boundary else None),
        in_force_version=site.in_force_number,
        latest_version=site.plot_number or None,
        devices=DeviceTotals(total=total, located=located),
        allowed=_allowed(work, site),
    )


def _dot(site: Site) -> GeoJson:
    properties = {
        name: getattr(site, name) for name in ("code", "name", "specialty", "state", "plotting_state", "plotting_percent")
    }
    geometry = {"type": "Point", "coordinates": lon_lat(site.location)}
    return {"type": "Feature", "id": site.id, "geometry": geometry, "properties": properties}


def _participants(work: Work, site_id: int) -> list[ParticipantOut]:
    rows = work.session.scalars(
        select(Participant)
        .where(Participant.site_id == site_id)
        .options(joinedload(Participant.organisation))
        .order_by(Participant.role, Participant.id)
    )
    return [
        ParticipantOut(
            id=row.id,
            organisation=PartyOrganisation.model_validate(row.organisation, from_attributes=True),
            role=row.role,
            leader_name=row.leader_name,
            valid_from=row.valid.lower,
            valid_to=row.valid.upper,
        )
        for row in rows
    ]


def _opening(site: Site, steps: Sequence[OpeningStep]) -> OpeningProgress:
    submitted = [step.at for step in steps if step.action == "submit"]
    return OpeningProgress(
        state=site.opening_state,
        submitted_at=submitted[-1] if submitted else None,
        steps=[step_out(step) for step in steps],
    )


def step_out(step: OpeningStep) -> StepOut:
    """One step as it is answered."""
    viewer = NamedOut(id=step.viewer_id, name=step.viewer_name) if step.viewer_id else None
    return StepOut(
        at=step.at,
        viewer=viewer,
        action=step.action,
        from_state=step.from_state,
        to_state=step.to_state,
        opinion=step.opinion,
    )


def _allowed(work: Work, site: Site) -> list[str]:
    """What this viewer may do with this site in its present state, for the buttons."""
    opened = site.state not in {SiteState.OPENING.value, SiteState.HANDED_OVER.value, SiteState.ARCHIVED.value}
    possible = {
        "edit_site": opened,
        "plot": opened and site.plotting_state != "submitted",
        "submit_plot": opened and site.plotting_state in {"drafting", "returned"} and work.viewer.may("plot"),
        "review_plot": site.plotting_state == "submitted",
        "submit_opening": site.opening_state in {"draft", "returned"} and work.viewer.may("open_site"),
        "review_opening": site.opening_state == "submitted",
        "register_device": site.in_force_number is not None,
        "remind": opened and site.plotting_state != "accepted",
    }
    own = {"submit_plot": "plot", "submit_opening": "open_site"}
    return [action for action, now in possible.items() if now and work.viewer.may(own.get(action, action))]
