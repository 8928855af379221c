"""Reading what was measured: now, or as it was at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from coverage.models import CoverageGap, CoverageResult, SiteCoverage
from coverage.states import CoverageView
from foundation.work import Work
from sites.models import Site
from sites.queries import SiteFilter, matching, site_of


def results_now(work: Work, site_id: int, view: CoverageView) -> Sequence[CoverageResult]:
    """Every requirement of a site as it stands."""
    site_of(work, site_id)
    found = select(CoverageResult).where(
        CoverageResult.site_id == site_id, CoverageResult.view == view.value, func.upper_inf(CoverageResult.valid)
    )
    return work.session.scalars(found.order_by(CoverageResult.scene_type, CoverageResult.scene_id, CoverageResult.element)).all()


def results_at(work: Work, site_id: int, view: CoverageView, at: datetime) -> Sequence[CoverageResult]:
    """Every requirement of a site as it stood at an instant; nothing from before the first measuring."""
    site_of(work, site_id)
    found = select(CoverageResult).where(
        CoverageResult.site_id == site_id, CoverageResult.view == view.value, CoverageResult.valid.contains(at)
    )
    return work.session.scalars(found.order_by(CoverageResult.scene_type, CoverageResult.scene_id, CoverageResult.element)).all()


def gaps_now(work: Work, site_id: int, view: CoverageView) -> Sequence[CoverageGap]:
    """Every place of a site that is not watched as required, the largest first."""
    site_of(work, site_id)
    found = select(CoverageGap).where(CoverageGap.site_id == site_id, CoverageGap.view == view.value)
    return work.session.scalars(found.order_by(CoverageGap.size.desc(), CoverageGap.id)).all()


def summary_of(work: Work, site_id: int, view: CoverageView) -> SiteCoverage | None:
    """A site in one line; None for one that was never measured: unknown."""
    # lines are written in bulk, past the session's memory
    return work.session.get(SiteCoverage, (site_id, view.value), populate_existing=True)


def site_summaries(
    work: Work, wanted: SiteFilter, view: CoverageView, *, limit: int, offset: int
) -> tuple[list[tuple[Site, SiteCoverage | None]], int]:
    """Sites with their line, the worst first and the unknown before them, and how many match in all."""
    conditions = matching(work, wanted)
    total = work.session.execute(select(func.count(Site.id)).where(*conditions)).scalar_one()
    rows = work.session.execute(
        select(Site, SiteCoverage)
        .outerjoin(SiteCoverage, (SiteCoverage.site_id == Site.id) & (SiteCoverage.view == view.value))
        .where(*conditions)
        .order_by(SiteCoverage.share.asc().nulls_first(), Site.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [(site, line) for site, line in rows], total
