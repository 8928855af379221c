"""Incidents that are open, and those of the last thirty days; open and grave ones first. The feature's id is the incident's."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import case, func, or_, select

from incidents.models import Incident
from incidents.states import OPEN, UNCOUNTED, IncidentSeverity
from tiles.layer import Layer, Rows

SHOWN_FOR = timedelta(days=30)


def _rows(_: int) -> Rows:
    is_open = Incident.state.in_([one.value for one in OPEN])
    weight = case({one.value: one.weight for one in IncidentSeverity}, value=Incident.severity)
    return (
        select(
            Incident.id.label("id"),
            Incident.location_3857.label("geom"),
            Incident.kind.label("kind"),
            Incident.severity.label("severity"),
            Incident.state.label("state"),
            is_open.label("open"),
            Incident.site_id.label("site_id"),
        )
        .where(
            Incident.state.not_in([one.value for one in UNCOUNTED]),
            or_(is_open, Incident.occurred_at > func.now() - SHOWN_FOR),
        )
        .order_by(is_open.desc(), weight.desc(), Incident.id.desc())
    )


INCIDENTS = Layer(
    name="incidents",
    rows=_rows,
    geometry=Incident.location_3857,
    fields={
        "kind": "String",
        "severity": "String",
        "state": "String",
        "open": "Boolean",
        "site_id": "Number",
    },
    min_zoom=8,
    max_zoom=17,
    buffer=128,
)
