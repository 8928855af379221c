"""Reporting: a place becomes an incident of the site it lies on, or another source of the incident that is known already.

The same thing seen by several is one incident: same kind, within 30 m and 10 minutes of it, while it is open. The place is
that of the surest source, the time that of the earliest, so that the order in which they arrive makes no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import func, select

from access.models import Organisation
from foundation import audit
from foundation.work import Work
from incidents.changes import IncidentMoved, IncidentReported
from incidents.clocks import due_at
from incidents.errors import IncidentInFuture, IncidentOutsideSites
from incidents.levels import START_LEVEL
from incidents.models import Incident, IncidentSource
from incidents.states import (
    OPEN,
    IncidentAction,
    IncidentKind,
    IncidentSeverity,
    IncidentSourceKind,
    IncidentState,
    Located,
)
from incidents.steps import write_step
from sites.literals import literal_shape
from sites.models import Participant, PlotFeature, Site
from sites.states import ParticipantRole
from spatial.crs import STORAGE_SRID
from spatial.plan_layers import PlanLayer

SAME_WITHIN_M = 30.0
SAME_WITHIN = timedelta(minutes=10)
#: A place so far outside the boundary still belongs to a site: phones are not exact.
NEAR_SITE_M = 100.0
#: Clocks of phones and cameras may be ahead by so much.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody, or something, says. The place is lon/lat, EPSG:4490."""

    kind: IncidentKind
    severity: IncidentSeverity
    location: Point
    occurred_at: datetime
    located: Located = Located.MAP
    accuracy_m: float | None = None
    note: str | None = None
    source: IncidentSourceKind = IncidentSourceKind.PERSON
    source_name: str = ""
    camera_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reported:
    """The incident, and whether it was known before."""

    incident: Incident
    merged: bool


@dataclass(frozen=True, kw_only=True)
class _Place:
    site_id: int
    boundary_number: int | None


def report_incident(work: Work, report: Report) -> Reported:
    """Make an incident of a report, or add the report to the one it is about."""
    work.require("report_incident")
    if report.occurred_at > work.now + AHEAD:
        raise IncidentInFuture(field="/occurred_at")
    place = _place_of(work, report.location)
    # one report of a site after the other: two about one thing must find each other
    work.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("incident"), place.site_id)))
    known = _same(work, report, place.site_id)
    incident = known if known is not None else _new(work, report, place)
    if known is not None:
        _join(incident, report)
    work.session.add(
        IncidentSource(
            site_id=place.site_id,
            incident_id=incident.id,
            kind=report.source.value,
            name=report.source_name or work.viewer.name,
            at=report.occurred_at,
            location=from_shape(report.location, srid=STORAGE_SRID),
            details=dict(report.details) | {"accuracy_m": report.accuracy_m},
        )
    )
    work.session.flush()
    fact = IncidentMoved if known is not None else IncidentReported
    work.announce(fact(incident_id=incident.id, site_id=incident.site_id))
    return Reported(incident=incident, merged=known is not None)


def similar(work: Work, kind: IncidentKind, location: Point, *, within_m: float = 50.0) -> list[Incident]:
    """Open incidents of the same kind near a place, the nearest first: perhaps it is known already."""
    work.require("read_incidents")
    point = literal_shape(location)
    away = func.ST_Distance(func.geography(Incident.location), func.geography(point))
    near = func.ST_DWithin(func.geography(Incident.location), func.geography(point), within_m)
    open_ones = Incident.state.in_([one.value for one in OPEN])
    return list(
        work.session.scalars(select(Incident).where(open_ones, Incident.kind == kind.value, near).order_by(away).limit(10))
    )


def _place_of(work: Work, location: Point) -> _Place:
    """The visible site the place lies on, or the nearest one close by."""
    point = literal_shape(location)
    inside = (
        select(Site.id, Site.in_force_number)
        .join(PlotFeature, PlotFeature.site_id == Site.id)
        .where(
            PlotFeature.layer == PlanLayer.BOUNDARY.value,
            PlotFeature.number_from <= Site.in_force_number,
            (PlotFeature.number_to.is_(None)) | (PlotFeature.number_to > Site.in_force_number),
        )
    )
    found = work.session.execute(inside.where(func.ST_Covers(PlotFeature.geom, point)).order_by(Site.id).limit(1)).first()
    if found is not None:
        return _Place(site_id=found[0], boundary_number=found[1])
    away = func.ST_Distance(func.geography(PlotFeature.geom), func.geography(point))
    near = func.ST_DWithin(func.geography(PlotFeature.geom), func.geography(point), NEAR_SITE_M)
    found = work.session.execute(inside.where(near).order_by(away, Site.id).limit(1)).first()
    if found is None:
        registered = func.geography(Site.location)
        found = work.session.execute(
            select(Site.id, Site.in_force_number)
            .where(Site.in_force_number.is_(None), func.ST_DWithin(registered, func.geography(point), NEAR_SITE_M))
            .order_by(func.ST_Distance(registered, func.geography(point)))
            .limit(1)
        ).first()
    if found is None:
        raise IncidentOutsideSites(field="/location", at=(location.x, location.y), limit_m=int(NEAR_SITE_M))
    return _Place(site_id=found[0], boundary_number=None)


def _same(work: Work, report: Report, site_id: int) -> Incident | None:
    """The open incident a report is about: near any of its sources in place and time; the earliest of several."""
    point = literal_shape(report.location)
    sources = select(IncidentSource.incident_id).where(
        IncidentSource.site_id == site_id,
        IncidentSource.at.between(report.occurred_at - SAME_WITHIN, report.occurred_at + SAME_WITHIN),
        func.ST_DWithin(func.geography(IncidentSource.location), func.geography(point), SAME_WITHIN_M),
    )
    return work.session.scalars(
        select(Incident)
        .where(
            Incident.site_id == site_id,
            Incident.kind == report.kind.value,
            Incident.state.in_([one.value for one in OPEN]),
            Incident.id.in_(sources),
        )
        .order_by(Incident.occurred_at, Incident.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _join(incident: Incident, report: Report) -> None:
    """Another source: the earliest time, the surest place, and the gravest of what is said until somebody has confirmed it."""
    incident.occurred_at = min(incident.occurred_at, report.occurred_at)
    known, told = incident.accuracy_m, report.accuracy_m
    if told is not None and (known is None or told < known):
        incident.location = from_shape(report.location, srid=STORAGE_SRID)
        incident.accuracy_m, incident.located = told, report.located.value
    if incident.state == IncidentState.DETECTED.value and report.severity.weight > IncidentSeverity(incident.severity).weight:
        incident.severity, incident.level = report.severity.value, START_LEVEL[report.severity].value
        incident.due_at = due_at(report.severity, IncidentState.DETECTED, incident.reported_at)


def _new(work: Work, report: Report, place: _Place) -> Incident:
    incident = Incident(
        site_id=place.site_id,
        kind=report.kind.value,
        severity=report.severity.value,
        state=IncidentState.DETECTED.value,
        level=START_LEVEL[report.severity].value,
        note=report.note,
        location=from_shape(report.location, srid=STORAGE_SRID),
        accuracy_m=report.accuracy_m,
        located=report.located.value,
        boundary_number=place.boundary_number,
        camera_id=report.camera_id,
        occurred_at=report.occurred_at,
        reported_at=work.now,
        reporter_name=report.source_name or work.viewer.name,
        responsible_id=responsible(work, place.site_id),
        due_at=due_at(report.severity, IncidentState.DETECTED, work.now),
    )
    work.session.add(incident)
    work.session.flush()
    write_step(work, incident, IncidentAction.REPORT, before=None, opinion=report.note)
    audit.record(work, "incident_reported", "incident", incident.id, site_id=incident.site_id, kind=incident.kind)
    return incident


def responsible(work: Work, site_id: int) -> int | None:
    """The contractor of a site now; the first of several. None when the site has none."""
    return work.session.scalar(
        select(Participant.organisation_id)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(
            Participant.site_id == site_id,
            Participant.role == ParticipantRole.CONTRACTOR.value,
            Participant.valid.contains(work.now),
        )
        .order_by(Participant.id)
        .limit(1)
    )
