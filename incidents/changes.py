"""The facts this package announces."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.changes import Change


@dataclass(frozen=True, kw_only=True)
class IncidentReported(Change):
    """An incident became known."""

    incident_id: int
    site_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentMoved(Change):
    """An incident went on in its loop, or got another source."""

    incident_id: int
    site_id: int
