"""开户: a project files its site, the station checks it, and on approval it gets its supervision code and its accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geoalchemy2.shape import from_shape, to_shape
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range

from access.organisations import organisation_by_credit_code
from access.provisioning import PostAccount, ProvisionedAccount, provision_accounts
from foundation import audit
from foundation.clock import business_day
from foundation.settings import Security
from foundation.work import Work
from sites.changes import ParticipantsChanged, SiteChanged, SiteOpened
from sites.codes import next_code
from sites.districts import place_in_districts
from sites.duplicates import OpeningRemark, near_duplicates
from sites.errors import (
    OpeningStateForbids,
    OpinionMissing,
    OutsideTheCity,
    PartyMissing,
    PartyTwice,
    PeriodBackwards,
)
from sites.models import OpeningStep, Participant, Project, Site
from sites.queries import site_of
from sites.states import OpeningState, ParticipantRole, SiteState, SiteType, Specialty
from spatial.crs import STORAGE_SRID
from spatial.plots import SHANGHAI_BOUNDS

#: Plotting is due so long after approval.
PLOTTING_DAYS = 15
LONGEST_PERIOD_YEARS = 10

#: step → (states it starts from, state it leads to, permission it needs).
STEPS: dict[str, tuple[frozenset[OpeningState], OpeningState, str]] = {
    "submit": (frozenset({OpeningState.DRAFT, OpeningState.RETURNED}), OpeningState.SUBMITTED, "open_site"),
    "return": (frozenset({OpeningState.SUBMITTED}), OpeningState.RETURNED, "review_opening"),
    "approve": (frozenset({OpeningState.SUBMITTED}), OpeningState.APPROVED, "review_opening"),
    "refuse": (frozenset({OpeningState.SUBMITTED}), OpeningState.REFUSED, "review_opening"),
}

#: The five posts that get an account when a site is approved: (post, organisation's role on the site).
POSTS: tuple[tuple[str, ParticipantRole], ...] = (
    ("owner_representative", ParticipantRole.OWNER),
    ("project_manager", ParticipantRole.CONTRACTOR),
    ("technical_leader", ParticipantRole.CONTRACTOR),
    ("safety_officer", ParticipantRole.CONTRACTOR),
    ("chief_engineer", ParticipantRole.SUPERVISING_ENGINEER),
)


@dataclass(frozen=True, kw_only=True)
class Party:
    """An organisation that takes part, as the form names it."""

    credit_code: str
    name: str
    role: ParticipantRole
    leader_name: str


@dataclass(frozen=True, kw_only=True)
class OpeningForm:
    """What is filed. Geometry is lon/lat, EPSG:4490."""

    project_name: str
    specialty: Specialty
    invest_code: str | None
    planned_from: date
    planned_to: date
    alignment: LineString | None
    width_m: float | None
    site_name: str
    address: str
    site_type: SiteType
    registered_area_m2: float | None
    location: Point
    outline: Polygon | MultiPolygon | None
    parties: Sequence[Party]


@dataclass(frozen=True, kw_only=True)
class FiledOpening:
    """A filed opening, with what the station should look at."""

    site: Site
    remarks: tuple[OpeningRemark, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovedOpening:
    """What an approval made."""

    site: Site
    accounts: tuple[ProvisionedAccount, ...]


def open_site(work: Work, form: OpeningForm) -> FiledOpening:
    """File an opening as a draft: project, site and participants exist from now on, without a code."""
    work.require("open_site")
    _check_form(form)
    project, site = Project(), Site()
    _fill_in(project, site, form)
    work.session.add(project)
    work.session.flush()
    site.project_id = project.id
    work.session.add(site)
    work.session.flush()
    _set_parties(work, site, form.parties)
    _step(work, site, "file", None, OpeningState.DRAFT, None)
    place_in_districts(work, site.id)
    audit.record(work, "opening_filed", "site", site.id)
    work.announce(SiteOpened(site_id=site.id))
    return FiledOpening(site=site, remarks=_remarks(work, site, form))


def amend_opening(work: Work, site_id: int, form: OpeningForm, version: int) -> FiledOpening:
    """Replace the contents of a draft or returned opening."""
    work.require("open_site")
    _check_form(form)
    site = site_of(work, site_id, version=version)
    _require_state(site, "amend", frozenset({OpeningState.DRAFT, OpeningState.RETURNED}))
    project = work.session.get_one(Project, site.project_id)
    _fill_in(project, site, form)
    work.session.execute(delete(Participant).where(Participant.site_id == site.id))
    _set_parties(work, site, form.parties)
    place_in_districts(work, site.id)
    audit.record(work, "opening_amended", "site", site.id)
    work.announce(SiteChanged(site_id=site.id))
    return FiledOpening(site=site, remarks=_remarks(work, site, form))


def submit_opening(work: Work, site_id: int, version: int, opinion: str | None = None) -> Site:
    """Hand the opening to the station; every party must be there."""
    site = _take_step(work, site_id, version, "submit", opinion)
    present = set(work.session.scalars(select(Participant.role).where(Participant.site_id == site.id)))
    for role in ParticipantRole:
        if role.value not in present:
            raise PartyMissing(role=role.value, field="/participants")
    return site


def return_opening(work: Work, site_id: int, version: int, opinion: str | None) -> Site:
    """Send the opening back with an opinion."""
    _require_opinion(opinion)
    return _take_step(work, site_id, version, "return", opinion)


def refuse_opening(work: Work, site_id: int, version: int, opinion: str | None) -> Site:
    """Refuse the opening for good."""
    _require_opinion(opinion)
    return _take_step(work, site_id, version, "refuse", opinion)


def approve_opening(
    work: Work, site_id: int, version: int, opinion: str | None = None, *, security: Security | None = None
) -> ApprovedOpening:
    """Approve: one code, the accounts of the posts, and the duty to plot."""
    site = site_of(work, site_id, version=version)
    work.require("review_opening")
    _require_state(site, "approve", STEPS["approve"][0])
    districts = place_in_districts(work, site.id)
    if not districts:
        raise OutsideTheCity(field="/site/location", at=_lon_lat(to_shape(site.registered_location)))
    code = next_code(work, Specialty(site.specialty), districts[0])
    site = _take_step(work, site_id, version, "approve", opinion)
    site.code, site.state = code, SiteState.PREPARING.value
    site.plotting_due_on = business_day(work.now) + timedelta(days=PLOTTING_DAYS)
    accounts = provision_accounts(work, code, _post_accounts(work, site), security)
    work.announce(ParticipantsChanged(site_id=site.id))
    return ApprovedOpening(site=site, accounts=tuple(accounts))


def _take_step(work: Work, site_id: int, version: int, action: str, opinion: str | None) -> Site:
    sources, target, permission = STEPS[action]
    site = site_of(work, site_id, version=version)
    work.require(permission)
    _require_state(site, action, sources)
    before = OpeningState(site.opening_state)
    site.opening_state = target.value
    _step(work, site, action, before, target, opinion)
    audit.record(work, f"opening_{action}", "site", site.id, to_state=target.value)
    work.announce(SiteChanged(site_id=site.id))
    return site


def _require_state(site: Site, action: str, sources: frozenset[OpeningState]) -> None:
    if OpeningState(site.opening_state) not in sources:
        possible = ", ".join(sorted(source.value for source in sources))
        raise OpeningStateForbids(state=site.opening_state, action=action, possible=possible)


def _require_opinion(opinion: str | None) -> None:
    if not (opinion or "").strip():
        raise OpinionMissing(field="/opinion")


def _check_form(form: OpeningForm) -> None:
    if form.planned_to < form.planned_from:
        raise PeriodBackwards(field="/project/planned_to")
    west, south, east, north = SHANGHAI_BOUNDS
    if not (west <= form.location.x <= east and south <= form.location.y <= north):
        raise OutsideTheCity(field="/site/location", at=_lon_lat(form.location))
    counted = Counter((party.credit_code, party.role) for party in form.parties)
    for position, party in enumerate(form.parties):
        if counted[(party.credit_code, party.role)] > 1:
            raise PartyTwice(field=f"/participants/{position}/credit_code")


def _fill_in(project: Project, site: Site, form: OpeningForm) -> None:
    project.name, project.specialty, project.invest_code = form.project_name, form.specialty.value, form.invest_code
    project.planned_from, project.planned_to = form.planned_from, form.planned_to
    project.alignment = from_shape(form.alignment, srid=STORAGE_SRID) if form.alignment else None
    project.width_m = form.width_m
    site.name, site.address, site.specialty = form.site_name, form.address, form.specialty.value
    site.site_type, site.registered_area_m2 = form.site_type.value, form.registered_area_m2
    site.registered_location = site.location = from_shape(form.location, srid=STORAGE_SRID)
    site.outline = from_shape(_multi(form.outline), srid=STORAGE_SRID) if form.outline else None


def _multi(outline: Polygon | MultiPolygon) -> MultiPolygon:
    return outline if isinstance(outline, MultiPolygon) else MultiPolygon([outline])


def _set_parties(work: Work, site: Site, parties: Sequence[Party]) -> None:
    for position, party in enumerate(parties):
        organisation = organisation_by_credit_code(
            work, party.credit_code, name=party.name, kind=party.role.value, field=f"/participants/{position}/credit_code"
        )
        work.session.add(
            Participant(
                site_id=site.id,
                organisation_id=organisation.id,
                role=party.role.value,
                leader_name=party.leader_name,
                valid=Range(work.now, None),
            )
        )
    work.announce(ParticipantsChanged(site_id=site.id))


def _remarks(work: Work, site: Site, form: OpeningForm) -> tuple[OpeningRemark, ...]:
    remarks = near_duplicates(work, site, form.site_name)
    years = (form.planned_to - form.planned_from).days / 365.25
    if years > LONGEST_PERIOD_YEARS:
        remarks.append(OpeningRemark(code="long_period", params={"years": round(years, 1)}))
    return tuple(remarks)


def _post_accounts(work: Work, site: Site) -> list[PostAccount]:
    parties = work.session.scalars(select(Participant).where(Participant.site_id == site.id)).all()
    by_role = {party.role: party for party in parties}
    return [
        PostAccount(post=post, role=role.value, organisation_id=by_role[role.value].organisation_id)
        for post, role in POSTS
        if role.value in by_role
    ]


def _step(work: Work, site: Site, action: str, before: OpeningState | None, after: OpeningState, opinion: str | None) -> None:
    work.session.add(
        OpeningStep(
            site_id=site.id,
            at=work.now,
            viewer_id=work.viewer.user_id,
            viewer_name=work.viewer.name,
            action=action,
            from_state=before.value if before else None,
            to_state=after.value,
            opinion=opinion,
        )
    )


def _lon_lat(point: BaseGeometry) -> tuple[float, float]:
    return (point.centroid.x, point.centroid.y)
