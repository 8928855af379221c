"""A year of incidents, with believable places, rhythms and ends; and a hand that goes on reporting, so that the screen moves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, insert, select

from foundation.clock import SHANGHAI
from foundation.jobs import job
from foundation.work import Work
from incidents.clocks import due_at
from incidents.levels import START_LEVEL
from incidents.loop import Step, go_on
from incidents.models import Incident, IncidentSource, IncidentStep
from incidents.reporting import Report, report_incident
from incidents.states import (
    IncidentAction,
    IncidentKind,
    IncidentSeverity,
    IncidentSourceKind,
    IncidentState,
    Located,
)
from sites.models import Participant, PlotFeature, Site
from sites.states import ParticipantRole, SiteState
from spatial.crs import STORAGE_SRID
from spatial.morton import keys_at
from spatial.plan_layers import PlanLayer
from tiles.pyramid.counting import Counted, cells_of, counted_as
from tiles.pyramid.keeping import add_cells

SEED = 20261102
#: On the mean, a site and year.
A_SITE = 170
YEAR_S = 365 * 24 * 3600
#: Share of each kind, roughly as inspectors tell it.
KINDS = {
    IncidentKind.NO_HELMET: 22,
    IncidentKind.EDGE_PROTECTION_MISSING: 14,
    IncidentKind.DUST: 11,
    IncidentKind.NO_HELMET_NEAR_VEHICLE: 9,
    IncidentKind.STACK_TOO_HIGH: 8,
    IncidentKind.PONDING: 7,
    IncidentKind.INTRUSION: 6,
    IncidentKind.EBIKE_IN_WORK_ZONE: 6,
    IncidentKind.NO_HARNESS: 5,
    IncidentKind.QUALITY_DEFECT: 5,
    IncidentKind.LIFTING_ZONE: 3,
    IncidentKind.FIRE_OR_SMOKE: 2,
    IncidentKind.SHORING: 1,
    IncidentKind.HOARDING_MISSING: 1,
}
GRAVE = {IncidentKind.FIRE_OR_SMOKE, IncidentKind.SHORING, IncidentKind.LIFTING_ZONE}
SEVERITIES = {
    IncidentSeverity.MINOR: 45,
    IncidentSeverity.MODERATE: 40,
    IncidentSeverity.MAJOR: 13,
    IncidentSeverity.CRITICAL: 2,
}
#: Likelihood of each hour of Shanghai's day.
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 13, 9, 6, 10, 13, 13, 11, 8, 5, 4, 3, 2, 2, 1)
#: The way of an incident that goes round: action, and the state it leads to.
ROUND = (
    (IncidentAction.CONFIRM, IncidentState.CONFIRMED, 0.4),
    (IncidentAction.DISPATCH, IncidentState.DISPATCHED, 0.2),
    (IncidentAction.ACCEPT, IncidentState.RECTIFYING, 1.5),
    (IncidentAction.SUBMIT, IncidentState.IN_REVIEW, 26.0),
    (IncidentAction.PASS, IncidentState.CLOSED, 9.0),
)
STAMPS = {
    IncidentAction.CONFIRM: "confirmed_at",
    IncidentAction.DISPATCH: "dispatched_at",
    IncidentAction.SUBMIT: "submitted_at",
    IncidentAction.PASS: "closed_at",
}
BATCH = 20_000
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Ground:
    site_id: int
    shape: BaseGeometry
    number: int
    responsible_id: int | None


def write_year(unit: Work, now: datetime) -> int:
    """Write the incidents of the last twelve months; returns how many."""
    rng = random.Random(SEED)  # noqa: S311  invented incidents
    first = (unit.session.scalar(select(func.max(Incident.id))) or 0) + 1
    incidents: list[Row] = []
    sources: list[Row] = []
    steps: list[Row] = []
    for ground in _grounds(unit):
        for _ in range(max(1, int(rng.gauss(A_SITE * _risk(ground.site_id), 12)))):
            row, walked = _incident(rng, ground, now, first + len(incidents))
            incidents.append(row)
            sources.append(_source(row))
            steps += walked
    _count(unit, incidents)
    for table, rows in ((Incident, incidents), (IncidentSource, sources), (IncidentStep, steps)):
        for begin in range(0, len(rows), BATCH):
            unit.session.execute(insert(table), rows[begin : begin + BATCH])
    unit.session.execute(select(func.setval(func.pg_get_serial_sequence("incident", "id"), first + len(incidents))))
    return len(incidents)


def _count(unit: Work, rows: list[Row]) -> None:
    """Give the rows their keys, and put them into the cells all at once."""
    places = [to_shape(row["location"]) for row in rows]
    for row, key in zip(rows, keys_at([one.x for one in places], [one.y for one in places]).tolist(), strict=True):
        kind = counted_as(row["state"], row["severity"])
        row |= {"tile_key": key, "counted_key": None if kind is None else key, "counted_as": kind}
    counted = [row for row in rows if row["counted_key"] is not None]
    parts = (np.array([row[name] for row in counted], dtype=np.int64) for name in ("counted_key", "site_id", "counted_as"))
    keys, sites, kinds = parts
    add_cells(unit, cells_of(Counted(keys=keys, site_ids=sites, counted_as=kinds, signs=np.ones(len(counted), dtype=np.int64))))


def keep_reporting() -> None:
    """Go on reporting and handling every minute; the worker asks for it in a demo only."""
    job("demo_incidents", cron="* * * * *")(report_some)


def report_some(work: Work) -> None:
    """One or two new incidents, and one step for some that wait."""
    rng = random.Random(int(work.now.timestamp()) // 60)  # noqa: S311
    grounds = _grounds(work)
    for _ in range(rng.choice((0, 1, 1, 2))):
        if grounds:
            ground = rng.choice(grounds)
            kind, severity = _kind(rng)
            report = Report(
                kind=kind,
                severity=severity,
                location=_inside(rng, ground.shape),
                occurred_at=work.now,
                located=Located.HOMOGRAPHY,
                accuracy_m=round(rng.uniform(0.5, 4.0), 1),
                source=IncidentSourceKind.VISION,
                source_name="演示数据",
            )
            report_incident(work, report)
    waiting = select(Incident).where(Incident.state == IncidentState.DETECTED.value).order_by(Incident.id).limit(1)
    for incident in work.session.scalars(waiting):
        go_on(work, incident.id, Step(action=IncidentAction.CONFIRM), version=incident.version)


def _grounds(unit: Work) -> list[_Ground]:
    rows = unit.session.execute(
        select(Site.id, PlotFeature.geom, Site.in_force_number)
        .join(PlotFeature, PlotFeature.site_id == Site.id)
        .where(
            PlotFeature.layer == PlanLayer.BOUNDARY.value,
            PlotFeature.number_from <= Site.in_force_number,
            PlotFeature.number_to.is_(None) | (PlotFeature.number_to > Site.in_force_number),
            Site.state == SiteState.IN_CONSTRUCTION.value,
        )
        .order_by(Site.id)
    ).all()
    contractors = unit.session.execute(
        select(Participant.site_id, func.min(Participant.organisation_id).label("organisation_id"))
        .where(Participant.role == ParticipantRole.CONTRACTOR.value)
        .group_by(Participant.site_id)
    )
    known = {one.site_id: one.organisation_id for one in contractors}
    return [
        _Ground(site_id=one.id, shape=to_shape(one.geom), number=one.in_force_number, responsible_id=known.get(one.id))
        for one in rows
    ]


def _risk(site_id: int) -> float:
    """Some sites have three times as many as others."""
    return 0.5 + 1.5 * ((site_id * 2654435761) % 1000) / 1000


def _kind(rng: random.Random) -> tuple[IncidentKind, IncidentSeverity]:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    severity = rng.choices(list(SEVERITIES), list(SEVERITIES.values()))[0]
    if kind in GRAVE and severity in {IncidentSeverity.MINOR, IncidentSeverity.MODERATE}:
        severity = IncidentSeverity.MAJOR
    return kind, severity


def _inside(rng: random.Random, shape: BaseGeometry) -> Point:
    west, south, east, north = shape.bounds
    for _ in range(30):
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shape.contains(point):
            return point
    return shape.representative_point()


def _incident(rng: random.Random, ground: _Ground, now: datetime, number: int) -> tuple[Row, list[Row]]:
    kind, severity = _kind(rng)
    # works grew over the year, and with them what goes wrong
    day = now - timedelta(seconds=YEAR_S * (1 - rng.random() ** 0.8))
    hour = rng.choices(range(24), HOURS)[0]
    local = day.astimezone(SHANGHAI).replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60))
    # an hour of today that has not come yet was yesterday's
    occurred_at = local if local < now else local - timedelta(days=1)
    row: Row = {
        "id": number,
        "version": 1,
        "site_id": ground.site_id,
        "kind": kind.value,
        "severity": severity.value,
        "state": IncidentState.DETECTED.value,
        "level": START_LEVEL[severity].value,
        "location": from_shape(_inside(rng, ground.shape), srid=STORAGE_SRID),
        "accuracy_m": round(rng.uniform(0.5, 6.0), 1),
        "located": Located.HOMOGRAPHY.value,
        "boundary_number": ground.number,
        "occurred_at": occurred_at,
        "reported_at": occurred_at,
        "reporter_name": "演示数据",
        "responsible_id": ground.responsible_id,
        "appealed": False,
        "rejections": 0,
        "confirmed_at": None,
        "dispatched_at": None,
        "submitted_at": None,
        "closed_at": None,
        "due_at": due_at(severity, IncidentState.DETECTED, occurred_at),
    }
    return row, list(_walk(rng, row, severity, now))


def _walk(rng: random.Random, row: Row, severity: IncidentSeverity, now: datetime) -> Iterator[Row]:
    """The steps an incident has taken by now; most go all the way, some are false alarms, some are slow."""
    at: datetime = row["occurred_at"]
    yield _step(row, IncidentAction.REPORT, None, at)
    if rng.random() < 0.08:
        at += timedelta(minutes=rng.randrange(3, 90))
        if at < now:
            before, row["state"], row["due_at"] = row["state"], IncidentState.FALSE_ALARM.value, None
            yield _step(row, IncidentAction.MARK_FALSE, before, at)
        return
    slow = 3.0 if rng.random() < 0.15 else 1.0
    for action, state, hours in ROUND:
        at += timedelta(hours=hours * slow * rng.uniform(0.3, 1.8))
        if at > now:
            return
        before, row["state"] = row["state"], state.value
        row["due_at"] = due_at(severity, state, at)
        if action in STAMPS:
            row[STAMPS[action]] = at
        yield _step(row, action, before, at)


def _step(row: Row, action: IncidentAction, before: str | None, at: datetime) -> Row:
    return {
        "site_id": row["site_id"],
        "incident_id": row["id"],
        "at": at,
        "viewer_name": "演示数据",
        "action": action.value,
        "from_state": before,
        "to_state": row["state"],
        "level": row["level"],
    }


def _source(row: Row) -> Row:
    return {
        "site_id": row["site_id"],
        "incident_id": row["id"],
        "kind": IncidentSourceKind.VISION.value,
        "name": "演示数据",
        "at": row["occurred_at"],
        "location": row["location"],
        "details": {"accuracy_m": row["accuracy_m"]},
    }
