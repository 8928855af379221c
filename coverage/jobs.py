"""Measuring the whole city, after the catalogue changed: one run, batch by batch, with progress; a newer catalogue ends it."""

from __future__ import annotations

from sqlalchemy import select

from coverage.catalogue.editing import catalogue_in_force, catalogue_numbered
from coverage.catalogue.values import Catalogue
from coverage.models import CityRecompute
from coverage.recompute import recompute_sites
from coverage.scenes import derive_scenes
from foundation.jobs import defer, job
from foundation.work import Work
from sites.models import Site

#: Sites measured in one transaction; the next batch is a job of its own, so that progress is seen and nothing is held long.
BATCH = 100


@job("measure_city")
def measure_city(work: Work, *, number: int, after: int = 0, done: int = 0) -> None:
    """Measure the next sites under the catalogue in force; a newer catalogue makes this run stop."""
    catalogue = catalogue_in_force(work)
    if catalogue.number != number:
        return
    sites = work.session.scalars(select(Site).where(Site.id > after).order_by(Site.id).limit(BATCH)).all()
    moved = scenes_may_move(work, number, catalogue.catalogue)
    if moved:
        for site in sites:
            derive_scenes(work, site, catalogue.catalogue)
    recompute_sites(work, sites, catalogue, redraw=moved)
    run = work.session.get(CityRecompute, number)
    if run is not None:
        run.done = done + len(sites)
        run.finished_at = None if len(sites) == BATCH else work.now
    if len(sites) == BATCH:
        defer(work, "measure_city", lock="measure_city", number=number, after=sites[-1].id, done=done + len(sites))


def scenes_may_move(work: Work, number: int, catalogue: Catalogue) -> bool:
    """Do plots make other scenes than under the catalogue the city was last measured with, whole? Tags and demands move none."""
    last = work.session.scalars(
        select(CityRecompute.number)
        .where(CityRecompute.finished_at.is_not(None), CityRecompute.number < number)
        .order_by(CityRecompute.number.desc())
        .limit(1)
    ).one_or_none()
    return last is None or _derivation(catalogue_numbered(work, last)) != _derivation(catalogue)


def last_run(work: Work) -> CityRecompute | None:
    """The latest measuring of the city, under way or finished."""
    return work.session.scalars(select(CityRecompute).order_by(CityRecompute.number.desc()).limit(1)).one_or_none()


def _derivation(catalogue: Catalogue) -> list[tuple[object, ...]]:
    return [(one.code, one.name_zh, one.site_types, one.plan_layers) for one in catalogue.scene_types]
