"""A digest over everything that led to the closing: whoever changes a step or a picture afterwards changes it too."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from foundation.work import Work
from incidents.models import Incident, IncidentEvidence, IncidentStep


def digest_of(work: Work, incident: Incident) -> str:
    """SHA-256 of the incident's place, its steps up to its last closing, and the hashes of its pictures, in order."""
    steps = work.session.execute(
        select(
            IncidentStep.id,
            IncidentStep.at,
            IncidentStep.viewer_id,
            IncidentStep.action,
            IncidentStep.from_state,
            IncidentStep.to_state,
            IncidentStep.level,
            IncidentStep.opinion,
        )
        .where(IncidentStep.incident_id == incident.id)
        .order_by(IncidentStep.id)
    ).all()
    pictures = work.session.scalars(
        select(IncidentEvidence.sha256).where(IncidentEvidence.incident_id == incident.id).order_by(IncidentEvidence.id)
    ).all()
    told = {
        "incident": [incident.id, incident.site_id, incident.kind, incident.severity, incident.occurred_at.isoformat()],
        "steps": [[one[0], one[1].isoformat(), *one[2:]] for one in steps],
        "pictures": list(pictures),
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
