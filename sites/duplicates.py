"""Openings that look like one that exists: nearly the same name, and near or overlapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sqlalchemy import func, or_, select

from foundation.work import Work
from sites.jurisdiction import site_geometry
from sites.literals import literal_place
from sites.models import Site
from sites.states import OpeningState

#: Two names closer than this are taken for the same name (0 = nothing in common, 1 = equal).
SAME_NAME = 0.8
NEAR_M = 500.0


@dataclass(frozen=True, kw_only=True)
class OpeningRemark:
    """Something the station should look at before it approves. Never blocks."""

    code: str
    params: dict[str, float | str | int | None] = field(default_factory=dict)


def name_similarity(one: str, other: str) -> float:
    """0–1, from the longest common runs of characters; spaces do not count."""
    left, right = "".join(one.split()), "".join(other.split())
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def near_duplicates(work: Work, site: Site, name: str) -> list[OpeningRemark]:
    """Sites of nearly the same name within 500 m or overlapping. One the viewer may not see is told without its name."""
    with work.session.everything():
        here = select(site_geometry()).where(Site.id == site.id).scalar_subquery()
        there = site_geometry()
        away = func.ST_Distance(func.geography(there), func.geography(here))
        near = or_(
            func.ST_DWithin(func.geography(Site.location), literal_place(site.registered_location), NEAR_M),
            func.ST_Intersects(there, here),
        )
        rows = work.session.execute(
            select(Site.id, Site.name, away).where(near, Site.id != site.id, Site.opening_state != OpeningState.REFUSED.value)
        ).all()
    visible = set(work.session.scalars(select(Site.id).where(Site.id.in_([row[0] for row in rows]))))
    remarks = []
    for site_id, other, distance_m in rows:
        similarity = name_similarity(name, other)
        if similarity > SAME_NAME:
            seen = site_id in visible
            remarks.append(
                OpeningRemark(
                    code="near_duplicate",
                    params={
                        "site_id": site_id if seen else None,
                        "name": other if seen else None,
                        "similarity": round(similarity, 2),
                        "distance_m": round(distance_m, 1),
                    },
                )
            )
    return remarks
