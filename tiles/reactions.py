"""Which layers a change makes stale."""

from __future__ import annotations

from access.changes import GrantsChanged
from foundation.changes import Change, on
from foundation.work import Work
from sites.changes import (
    DistrictsImported,
    PlotAccepted,
    PlotReturned,
    PlotSaved,
    PlotSubmitted,
    SiteChanged,
    SiteOpened,
)
from tiles.versions import bump

SITE_LAYERS = ("sites", "site_labels")
STALE: dict[type[Change], tuple[str, ...]] = {
    DistrictsImported: ("districts", "district_labels"),
    GrantsChanged: (*SITE_LAYERS, "districts", "district_labels", "plan_layers"),
    PlotAccepted: (*SITE_LAYERS, "plan_layers"),
    PlotReturned: SITE_LAYERS,
    PlotSaved: SITE_LAYERS,
    PlotSubmitted: SITE_LAYERS,
    SiteChanged: SITE_LAYERS,
    SiteOpened: (*SITE_LAYERS, "districts", "district_labels"),
}


def renew_layers(work: Work, change: Change) -> None:
    """Give every layer that shows the change a new number."""
    bump(work, STALE[type(change)])


for _kind in STALE:
    on(_kind)(renew_layers)
