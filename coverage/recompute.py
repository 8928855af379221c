"""Measuring sites anew, in the transaction of the edit that changed them, and keeping the history.

A site is measured whole: the kernel takes a millisecond for twenty cameras, less than incremental machinery would
(spatial-maths.md §1.4). What did not change is not written.
"""

from __future__ import annotations

from collections.abc import Sequence

from coverage.catalogue.values import NumberedCatalogue
from coverage.changes import CoverageMeasured
from coverage.picture import (
    Picture,
    bands_of,
    bands_of_both,
    measure,
    measure_both,
    measure_with,
    picture_of,
    pictures_of,
    watcher_of,
)
from coverage.storing import SiteMeasured, store
from foundation.work import Work
from sites.models import Site
from sites.queries import site_of

__all__ = (
    "Picture",
    "bands_of",
    "measure",
    "measure_again",
    "measure_with",
    "picture_of",
    "recompute_site",
    "recompute_sites",
    "watcher_of",
)


def recompute_site(work: Work, site: Site, catalogue: NumberedCatalogue | None = None, *, redraw: bool = True) -> None:
    """Measure a site under both views and store what changed. ``redraw`` off: scenes and obstacles are where they were."""
    recompute_sites(work, [site], catalogue, redraw=redraw)


def recompute_sites(
    work: Work, sites: Sequence[Site], catalogue: NumberedCatalogue | None = None, *, redraw: bool = True
) -> None:
    """The same for several sites, with the statements of one."""
    if not sites:
        return
    store(work, [_measured(picture) for picture in pictures_of(work, sites, catalogue)], redraw=redraw)
    for site in sites:
        work.announce(CoverageMeasured(site_id=site.id))


def measure_again(work: Work, site_id: int) -> None:
    """Somebody asks for new numbers."""
    work.require("draw_scene")
    recompute_site(work, site_of(work, site_id))


def _measured(picture: Picture) -> SiteMeasured:
    found = measure_both(picture)
    return SiteMeasured(picture=picture, found=found, bands=bands_of_both(picture, found))
