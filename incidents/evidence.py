"""Pictures of incidents: decoded and encoded anew, so that nothing but pixels is kept, each with its hash."""

from __future__ import annotations

import hashlib
from datetime import datetime

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import undefer

from foundation.work import Work
from incidents.changes import IncidentMoved
from incidents.errors import IncidentNotFound
from incidents.loop import incident_of
from incidents.models import IncidentEvidence
from incidents.states import EvidenceStage
from sites.cameras.pictures import clean_picture
from spatial.crs import STORAGE_SRID


def add_picture(
    work: Work, incident_id: int, data: bytes, stage: EvidenceStage, *, taken_at: datetime | None, location: Point | None
) -> IncidentEvidence:
    """Keep a picture of an incident."""
    work.require("report_incident")
    incident = incident_of(work, incident_id)
    clean = clean_picture(data)
    row = IncidentEvidence(
        site_id=incident.site_id,
        incident_id=incident.id,
        stage=stage.value,
        image=clean.image,
        media_type=clean.media_type,
        width_px=clean.width_px,
        height_px=clean.height_px,
        sha256=hashlib.sha256(clean.image).hexdigest(),
        taken_at=min(taken_at or work.now, work.now),
        author_name=work.viewer.name,
        location=from_shape(location, srid=STORAGE_SRID) if location is not None else None,
    )
    work.session.add(row)
    work.session.flush()
    work.announce(IncidentMoved(incident_id=incident.id, site_id=incident.site_id))
    return row


def picture_of(work: Work, incident_id: int, evidence_id: int) -> IncidentEvidence:
    """A picture with its pixels."""
    work.require("read_incidents")
    row = work.session.scalars(
        select(IncidentEvidence)
        .where(IncidentEvidence.id == evidence_id, IncidentEvidence.incident_id == incident_id)
        .options(undefer(IncidentEvidence.image))
    ).one_or_none()
    if row is None:
        raise IncidentNotFound
    return row
