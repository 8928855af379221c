"""Which layers a change makes stale."""

from __future__ import annotations

from access.changes import GrantsChanged
from coverage.changes import CoverageMeasured
from foundation.changes import Change, on
from foundation.work import Work
from incidents.changes import IncidentMoved, IncidentReported
from sites.cameras.changes import CameraAimed, CameraChanged, CameraRegistered
from sites.changes import (
    DeviceConnectivityChanged,
    DeviceRegistered,
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
CAMERA_LAYERS = ("devices", "footprints")
STALE: dict[type[Change], tuple[str, ...]] = {
    CameraAimed: CAMERA_LAYERS,
    CameraChanged: CAMERA_LAYERS,
    CameraRegistered: CAMERA_LAYERS,
    CoverageMeasured: ("gaps",),
    DeviceConnectivityChanged: CAMERA_LAYERS,
    DeviceRegistered: ("devices",),
    DistrictsImported: ("districts", "district_labels"),
    GrantsChanged: (*SITE_LAYERS, "districts", "district_labels", "plan_layers", *CAMERA_LAYERS, "gaps", "incidents"),
    IncidentMoved: ("incidents",),
    IncidentReported: ("incidents",),
    PlotAccepted: (*SITE_LAYERS, "plan_layers", "footprints"),
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
