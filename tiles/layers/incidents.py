"""Incidents: cells with counts from afar, single ones nearby (``tiles/pyramid``).

The feature's id is the incident's; a cell has none. What is in no rate (false alarms, duplicates, voided ones)
is not drawn.
"""

from __future__ import annotations

from sqlalchemy import select

from incidents.models import Incident
from incidents.states import OPEN
from tiles.layer import Layer, Rows
from tiles.pyramid.drawing import draw_incidents


def _rows(_: int) -> Rows:
    return select(
        Incident.id.label("id"),
        Incident.location_3857.label("geom"),
        Incident.kind.label("kind"),
        Incident.severity.label("severity"),
        Incident.state.label("state"),
        Incident.state.in_([one.value for one in OPEN]).label("open"),
        Incident.site_id.label("site_id"),
    ).where(Incident.counted_key.is_not(None))


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
        "occurred": "Number",
        "count": "Number",
        "open_count": "Number",
    },
    min_zoom=5,
    max_zoom=17,
    draw=draw_incidents,
)
