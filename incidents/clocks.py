"""How long each step may take (domain.md §4.1): by the clock for what is grave, in working hours for the rest."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from foundation.clock import SHANGHAI
from incidents.states import IncidentSeverity, IncidentState

#: Hours for confirming, accepting, rectifying, reviewing.
HOURS: dict[IncidentSeverity, dict[IncidentState, float]] = {
    IncidentSeverity.CRITICAL: {
        IncidentState.DETECTED: 1 / 6,
        IncidentState.DISPATCHED: 0.5,
        IncidentState.RECTIFYING: 24,
        IncidentState.IN_REVIEW: 4,
    },
    IncidentSeverity.MAJOR: {
        IncidentState.DETECTED: 0.5,
        IncidentState.DISPATCHED: 2,
        IncidentState.RECTIFYING: 24,
        IncidentState.IN_REVIEW: 24,
    },
    IncidentSeverity.MODERATE: {
        IncidentState.DETECTED: 4,
        IncidentState.DISPATCHED: 8,
        IncidentState.RECTIFYING: 72,
        IncidentState.IN_REVIEW: 48,
    },
    IncidentSeverity.MINOR: {
        IncidentState.DETECTED: 24,
        IncidentState.DISPATCHED: 24,
        IncidentState.RECTIFYING: 168,
        IncidentState.IN_REVIEW: 72,
    },
}
#: Severities whose clock never stops.
ROUND_THE_CLOCK = (IncidentSeverity.CRITICAL, IncidentSeverity.MAJOR)
OPENS, CLOSES = time(8), time(18)
SATURDAY = 5


def due_at(severity: IncidentSeverity, state: IncidentState, since: datetime) -> datetime | None:
    """When a step begun at ``since`` is due; None for a state without a clock."""
    hours = HOURS[severity].get(state)
    if hours is None:
        return None
    return later(severity, since, hours * 3600)


def later(severity: IncidentSeverity, since: datetime, seconds: float) -> datetime:
    """``since`` and so many seconds of the severity's own clock."""
    if severity in ROUND_THE_CLOCK:
        return since + timedelta(seconds=seconds)
    now, left = since.astimezone(SHANGHAI), seconds
    while True:
        opens, closes = _hours_of(now.date())
        start = max(now, opens)
        if _works(now.date()) and start < closes:
            room = (closes - start).total_seconds()
            if left <= room:
                return (start + timedelta(seconds=left)).astimezone(since.tzinfo)
            left -= room
        now = _hours_of(now.date() + timedelta(days=1))[0]


def between(severity: IncidentSeverity, start: datetime, end: datetime) -> float:
    """Seconds of the severity's own clock from start to end; negative when the end comes first."""
    if severity in ROUND_THE_CLOCK:
        return (end - start).total_seconds()
    if end < start:
        return -between(severity, end, start)
    first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    total, day = 0.0, first.date()
    while day <= last.date():
        opens, closes = _hours_of(day)
        if _works(day):
            total += max(0.0, (min(last, closes) - max(first, opens)).total_seconds())
        day += timedelta(days=1)
    return total


def _works(day: date) -> bool:
    return day.weekday() < SATURDAY


def _hours_of(day: date) -> tuple[datetime, datetime]:
    return datetime.combine(day, OPENS, SHANGHAI), datetime.combine(day, CLOSES, SHANGHAI)
