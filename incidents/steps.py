"""The log of the loop."""

from __future__ import annotations

from foundation.work import Work
from incidents.models import Incident, IncidentStep
from incidents.states import IncidentAction


def write_step(
    work: Work, incident: Incident, action: IncidentAction, *, before: str | None, opinion: str | None = None
) -> IncidentStep:
    """Add a step; the incident is in the new state already."""
    step = IncidentStep(
        site_id=incident.site_id,
        incident_id=incident.id,
        at=work.now,
        viewer_id=work.viewer.user_id,
        viewer_name=work.viewer.name,
        organisation_id=work.viewer.organisation_id,
        action=action.value,
        from_state=before,
        to_state=incident.state,
        level=incident.level,
        opinion=opinion,
    )
    work.session.add(step)
    return step
