"""Watching the clocks: what is late goes up a level, what was suspended goes on when its day has come."""

from __future__ import annotations

from sqlalchemy import func, select

from foundation.jobs import job
from foundation.work import Work
from incidents.clocks import HOURS, between
from incidents.loop import HIGHER, Step, go_on
from incidents.models import Incident, IncidentStep
from incidents.states import IncidentAction, IncidentSeverity, IncidentState, LoopLevel

#: Multiples of a step's time at which an incident is lifted once, and once more (domain.md §4.1).
LIFTED_AT = {
    IncidentSeverity.CRITICAL: (1.0, 2.0),
    IncidentSeverity.MAJOR: (1.0, 2.0),
    IncidentSeverity.MODERATE: (1.0, 2.0),
    IncidentSeverity.MINOR: (1.5, 3.0),
}
#: Worked off with one run of the job; the rest waits a minute.
AT_ONCE = 500


@job("watch_incidents", cron="* * * * *")
def watch_incidents(work: Work) -> None:
    """Lift what is late, and let go on what was suspended until now."""
    late = select(Incident).where(
        Incident.due_at < work.now,
        Incident.state.in_([one.value for one in HOURS[IncidentSeverity.MINOR]]),
        Incident.level != LoopLevel.LARGE.value,
    )
    for incident in work.session.scalars(late.order_by(Incident.due_at).limit(AT_ONCE)).all():
        _lift(work, incident)
    rested = select(Incident).where(Incident.state == IncidentState.SUSPENDED.value, Incident.suspended_until <= work.now)
    for incident in work.session.scalars(rested.limit(AT_ONCE)).all():
        go_on(work, incident.id, Step(action=IncidentAction.RESUME), version=incident.version)


def _lift(work: Work, incident: Incident) -> None:
    """As many levels as its lateness asks for; each is a step of the system."""
    severity, state = IncidentSeverity(incident.severity), IncidentState(incident.state)
    assert incident.due_at is not None
    given_s = HOURS[severity][state] * 3600
    passed = 1.0 + between(severity, incident.due_at, work.now) / given_s
    wanted = sum(1 for multiple in LIFTED_AT[severity] if passed >= multiple)
    for _ in range(_lifted(work, incident), wanted):
        if LoopLevel(incident.level) in HIGHER:
            go_on(work, incident.id, Step(action=IncidentAction.ESCALATE, opinion=None), version=incident.version)


def _lifted(work: Work, incident: Incident) -> int:
    """How often the system has lifted it since it came into its present state."""
    entered = (
        select(func.max(IncidentStep.id))
        .where(IncidentStep.incident_id == incident.id, IncidentStep.action != IncidentAction.ESCALATE.value)
        .scalar_subquery()
    )
    return work.session.execute(
        select(func.count(IncidentStep.id)).where(
            IncidentStep.incident_id == incident.id,
            IncidentStep.action == IncidentAction.ESCALATE.value,
            IncidentStep.viewer_id.is_(None),
            IncidentStep.id > entered,
        )
    ).scalar_one()
