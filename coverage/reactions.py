"""What coverage does when something it depends on changes: the site is measured anew in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

import sites.cameras.reactions  # noqa: F401  footprints are seen anew before coverage is measured
from coverage.catalogue.editing import catalogue_in_force
from coverage.changes import CatalogueChanged, ScenesChanged
from coverage.models import CityRecompute
from coverage.recompute import recompute_site
from coverage.scenes import derive_scenes
from foundation.changes import on
from foundation.jobs import defer
from foundation.work import Work
from sites.cameras.changes import CameraAimed, CameraChanged, CameraRegistered
from sites.changes import DeviceConnectivityChanged, PlotAccepted
from sites.models import Site


@on(PlotAccepted)
def follow_the_plot(work: Work, change: PlotAccepted) -> None:
    """Scenes follow the plan layers, and what stands in the way may have moved."""
    site = work.session.get_one(Site, change.site_id)
    derive_scenes(work, site, catalogue_in_force(work).catalogue)
    recompute_site(work, site)


MEASURED_BY = (ScenesChanged, CameraRegistered, CameraAimed, CameraChanged, DeviceConnectivityChanged)


def measure_anew(work: Work, change: Any) -> None:
    """One site; several changes in one transaction measure it once."""
    later = (one for one in work.pending if isinstance(one, MEASURED_BY))
    if not any(one.site_id == change.site_id for one in later):
        # a camera moves no scene and no obstacle: gaps that are as they were are not drawn again
        redraw = isinstance(change, ScenesChanged) or any(
            isinstance(one, ScenesChanged) and one.site_id == change.site_id for one in work.announced
        )
        recompute_site(work, work.session.get_one(Site, change.site_id), redraw=redraw)


for kind in MEASURED_BY:
    on(kind)(measure_anew)


@on(CatalogueChanged)
def measure_the_city(work: Work, change: CatalogueChanged) -> None:
    """Every site, by one job that tells its progress."""
    with work.session.everything():
        sites = work.session.scalar(select(func.count(Site.id))) or 0
    work.session.add(CityRecompute(number=change.number, sites=sites, started_at=work.now))
    defer(work, "measure_city", lock="measure_city", number=change.number)
