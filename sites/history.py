"""The difference between two versions of a plot."""

from __future__ import annotations

from foundation.work import Work
from sites.plots import drawn, features_at, plot_of, version_of
from sites.queries import site_of
from spatial.diff import PlotDiff, diff_plots


def compare_versions(work: Work, site_id: int, old: int, new: int) -> PlotDiff:
    """What was added, removed and changed from version ``old`` (0 for nothing) to ``new``."""
    site = site_of(work, site_id)
    for number in (old, new):
        if number:
            version_of(work, site.id, number)
    before, after = (plot_of(drawn(row) for row in features_at(work, site.id, number)) for number in (old, new))
    return diff_plots(before, after)
