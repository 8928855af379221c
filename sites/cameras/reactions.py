"""What cameras do when a plot changes: their footprints are seen anew among what now stands there."""

from __future__ import annotations

from foundation.changes import on
from foundation.work import Work
from sites.cameras.aiming import refresh_footprints
from sites.changes import PlotAccepted


@on(PlotAccepted)
def see_anew(work: Work, change: PlotAccepted) -> None:
    """Obstacles and hoardings came, went or moved."""
    refresh_footprints(work, change.site_id)
