"""Reading incidents: one with everything, pages of many, desks, figures of a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from foundation.work import Work
from incidents.loop import incident_of
from incidents.models import Incident, IncidentEvidence, IncidentSource, IncidentStep
from incidents.states import (
    OPEN,
    UNCOUNTED,
    IncidentAction,
    IncidentKind,
    IncidentSeverity,
    IncidentState,
    LoopLevel,
)
from incidents.transitions import allowed
from sites.models import Site, SiteDistrict
from spatial.crs import STORAGE_SRID

OPEN_CODES = [one.value for one in OPEN]


@dataclass(frozen=True, kw_only=True)
class IncidentFilter:
    """Which incidents a list asks for; every member narrows it."""

    site_id: int | None = None
    district: str | None = None
    kind: IncidentKind | None = None
    severity: IncidentSeverity | None = None
    state: IncidentState | None = None
    level: LoopLevel | None = None
    open: bool | None = None
    overdue: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An incident with the name of its site."""

    incident: Incident
    site_name: str


@dataclass(frozen=True, kw_only=True)
class Whole:
    """An incident with everything that hangs on it, and what this viewer may do with it now."""

    incident: Incident
    site_name: str
    steps: Sequence[IncidentStep]
    sources: Sequence[IncidentSource]
    pictures: Sequence[IncidentEvidence]
    actions: tuple[IncidentAction, ...]


@dataclass(frozen=True, kw_only=True)
class IncidentFigures:
    """Incidents of the sites a viewer sees, now and over the last day."""

    open_by_severity: Mapping[IncidentSeverity, int]
    overdue: int
    today_by_severity: Mapping[IncidentSeverity, int]
    #: 24 hours, the oldest first, and the mean of the seven days before for each.
    hours: tuple[int, ...]
    usual: tuple[float, ...]
    #: Of those sent out in the last thirty days, the share that is closed; None when none was.
    closed_share: float | None
    #: Hours from sending out to closing, of those.
    median_close_h: float | None


def list_incidents(work: Work, wanted: IncidentFilter, *, limit: int, offset: int) -> tuple[list[Listed], int]:
    """A page of incidents, the newest first."""
    work.require("read_incidents")
    conditions = _conditions(work, wanted)
    rows = work.session.execute(
        select(Incident, Site.name)
        .join(Site, Site.id == Incident.site_id)
        .where(*conditions)
        .order_by(Incident.occurred_at.desc(), Incident.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    total = work.session.execute(select(func.count(Incident.id)).where(*conditions)).scalar_one()
    return [Listed(incident=incident, site_name=name) for incident, name in rows], total


def desk(work: Work, *, limit: int, offset: int) -> tuple[list[Listed], int]:
    """What waits for this viewer's step, the longest overdue first."""
    work.require("read_incidents")
    mine = _mine(work)
    if mine is None:
        return [], 0
    rows = work.session.execute(
        select(Incident, Site.name)
        .join(Site, Site.id == Incident.site_id)
        .where(mine)
        .order_by(Incident.due_at.asc().nulls_last(), Incident.id)
        .limit(limit)
        .offset(offset)
    ).all()
    total = work.session.execute(select(func.count(Incident.id)).where(mine)).scalar_one()
    return [Listed(incident=incident, site_name=name) for incident, name in rows], total


def whole(work: Work, incident_id: int) -> Whole:
    """One incident with everything."""
    work.require("read_incidents")
    incident = incident_of(work, incident_id)
    name = work.session.execute(select(Site.name).where(Site.id == incident.site_id)).scalar_one()

    def rows(table: Any) -> Sequence[Any]:
        return work.session.scalars(select(table).where(table.incident_id == incident.id).order_by(table.id)).all()

    may = allowed(IncidentState(incident.state), LoopLevel(incident.level), work.viewer.roles)
    return Whole(
        incident=incident,
        site_name=name,
        steps=rows(IncidentStep),
        sources=rows(IncidentSource),
        pictures=rows(IncidentEvidence),
        actions=may if work.viewer.may("handle_incident") else (),
    )


def figures(work: Work) -> IncidentFigures:
    """What the big screen tells of incidents."""
    work.require("read_incidents")
    counted = Incident.state.not_in([one.value for one in UNCOUNTED])
    day = work.now - timedelta(hours=24)
    is_open = Incident.state.in_(OPEN_CODES)
    opened = _by_severity(work, is_open)
    overdue = work.session.execute(select(func.count(Incident.id)).where(is_open, Incident.due_at < work.now)).scalar_one()
    hour = func.floor(func.extract("epoch", work.now - Incident.occurred_at) / 3600)
    week = work.session.execute(
        select(hour, func.count())
        .where(counted, Incident.occurred_at > work.now - timedelta(days=8), Incident.occurred_at <= work.now)
        .group_by(hour)
    ).all()
    ago = {int(number): count for number, count in week}
    month = work.now - timedelta(days=30)
    took = func.extract("epoch", Incident.closed_at - Incident.dispatched_at) / 3600
    sent, closed, median = work.session.execute(
        select(
            func.count(Incident.id),
            func.count(Incident.closed_at),
            func.percentile_cont(0.5).within_group(took),
        ).where(counted, Incident.dispatched_at > month)
    ).one()
    return IncidentFigures(
        open_by_severity=opened,
        overdue=overdue,
        today_by_severity=_by_severity(work, counted & (Incident.occurred_at > day)),
        hours=tuple(ago.get(number, 0) for number in range(23, -1, -1)),
        usual=tuple(sum(ago.get(number + 24 * n, 0) for n in range(1, 8)) / 7 for number in range(23, -1, -1)),
        closed_share=closed / sent if sent else None,
        median_close_h=float(median) if median is not None else None,
    )


def _by_severity(work: Work, condition: ColumnElement[bool]) -> dict[IncidentSeverity, int]:
    rows = work.session.execute(select(Incident.severity, func.count()).where(condition).group_by(Incident.severity)).all()
    return dict.fromkeys(IncidentSeverity, 0) | {IncidentSeverity(code): number for code, number in rows}


def _mine(work: Work) -> ColumnElement[bool] | None:
    """States and levels in which somebody with this viewer's roles has a step other than lifting or calling it off."""
    aside = {IncidentAction.ESCALATE, IncidentAction.CANCEL, IncidentAction.SUSPEND, IncidentAction.APPEAL, IncidentAction.REOPEN}
    found: ColumnElement[bool] | None = None
    for state in OPEN:
        for level in LoopLevel:
            if set(allowed(state, level, work.viewer.roles)) - aside:
                one = (Incident.state == state.value) & (Incident.level == level.value)
                found = one if found is None else found | one
    return found


def _conditions(work: Work, wanted: IncidentFilter) -> list[ColumnElement[bool]]:
    plain = {
        Incident.site_id: wanted.site_id,
        Incident.kind: wanted.kind,
        Incident.severity: wanted.severity,
        Incident.state: wanted.state,
        Incident.level: wanted.level,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in plain.items() if value is not None]
    if wanted.district:
        found.append(Incident.site_id.in_(select(SiteDistrict.site_id).where(SiteDistrict.district_code == wanted.district)))
    if wanted.open is not None:
        is_open = Incident.state.in_(OPEN_CODES)
        found.append(is_open if wanted.open else ~is_open)
    if wanted.overdue:
        found.append(Incident.state.in_(OPEN_CODES) & (Incident.due_at < work.now))
    if wanted.since is not None:
        found.append(Incident.occurred_at >= wanted.since)
    if wanted.until is not None:
        found.append(Incident.occurred_at < wanted.until)
    if wanted.bbox:
        found.append(Incident.location.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, STORAGE_SRID)))
    return found
