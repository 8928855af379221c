"""Writing the live log in the transaction of what it tells, and reading on from a number.

Numbers are given in the order of commits: whoever writes waits for the writer before, until that one has committed. So a stream
that goes on from a number misses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from geoalchemy2.shape import to_shape
from sqlalchemy import delete, func, select

from foundation.changes import on
from foundation.jobs import job
from foundation.work import Work
from incidents.changes import IncidentMoved, IncidentReported
from incidents.models import Incident
from insights.live.models import LiveEvent

KEPT_FOR = timedelta(hours=24)
#: Told with one look; a stream that is further behind looks again.
AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Since:
    """What happened after a number. ``gone``: the number is older than the log, and something may be missing."""

    events: Sequence[LiveEvent]
    gone: bool


def tell_of_incident(work: Work, change: IncidentReported | IncidentMoved) -> None:
    """Put an incident as it stands into the log."""
    incident = work.session.get(Incident, change.incident_id)
    if incident is None:
        return
    point = to_shape(incident.location)
    work.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("live_event"))))
    work.session.add(
        LiveEvent(
            site_id=incident.site_id,
            at=work.now,
            kind="incident",
            content={
                "id": incident.id,
                "kind": incident.kind,
                "severity": incident.severity,
                "state": incident.state,
                "location": [point.x, point.y],
                "new": isinstance(change, IncidentReported),
            },
        )
    )
    work.session.flush()


on(IncidentReported)(tell_of_incident)
on(IncidentMoved)(tell_of_incident)


def latest(work: Work) -> int:
    """The number of the newest event there is; nothing is told of it."""
    with work.session.everything():
        return work.session.scalar(select(func.max(LiveEvent.id))) or 0


def since(work: Work, number: int) -> Since:
    """Events after a number that the viewer may see."""
    work.require("read_incidents")
    with work.session.everything():
        oldest = work.session.scalar(select(func.min(LiveEvent.id)))
    gone = number > 0 and oldest is not None and number < oldest - 1
    events = work.session.scalars(select(LiveEvent).where(LiveEvent.id > number).order_by(LiveEvent.id).limit(AT_ONCE)).all()
    return Since(events=events, gone=gone)


@job("forget_live_events", cron="17 * * * *")
def forget_live_events(work: Work) -> None:
    """Let go of what no stream goes on from any more."""
    work.session.execute(delete(LiveEvent).where(LiveEvent.at < work.now - KEPT_FOR))
