"""Unsaved work kept on the server, one draft per editor and site, and who else is editing right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from foundation.work import Work
from sites.models import PlotDraft
from sites.queries import site_of

#: An editor who was not heard of for longer is gone.
PRESENCE = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Editor:
    """Somebody who has the plot open."""

    user_id: int
    name: str
    seen_at: datetime


def keep_draft(work: Work, site_id: int, base_number: int, features: list[dict[str, Any]]) -> datetime:
    """Store the viewer's unsaved features as they are; nothing is checked, so that nothing is lost."""
    work.require("plot")
    site = site_of(work, site_id)
    values = {
        "user_name": work.viewer.name,
        "base_number": base_number,
        "features": features,
        "saved_at": work.now,
        "seen_at": work.now,
    }
    row = insert(PlotDraft).values(site_id=site.id, user_id=work.viewer.user_id, **values)
    work.session.execute(row.on_conflict_do_update(index_elements=["site_id", "user_id"], set_=values))
    return work.now


def draft_of(work: Work, site_id: int) -> PlotDraft | None:
    """The viewer's own draft, if there is one with contents."""
    site = site_of(work, site_id)
    draft = work.session.scalars(
        select(PlotDraft).where(PlotDraft.site_id == site.id, PlotDraft.user_id == work.viewer.user_id)
    ).one_or_none()
    return draft if draft is not None and draft.features is not None else None


def discard_draft(work: Work, site_id: int) -> None:
    """Forget the viewer's draft of this site."""
    work.session.execute(delete(PlotDraft).where(PlotDraft.site_id == site_id, PlotDraft.user_id == work.viewer.user_id))


def note_presence(work: Work, site_id: int) -> Sequence[Editor]:
    """Say that the viewer has the plot open, and tell who else has."""
    work.require("plot")
    site = site_of(work, site_id)
    seen = {"user_name": work.viewer.name, "seen_at": work.now}
    row = insert(PlotDraft).values(site_id=site.id, user_id=work.viewer.user_id, base_number=site.plot_number, **seen)
    work.session.execute(row.on_conflict_do_update(index_elements=["site_id", "user_id"], set_=seen))
    return editors_of(work, site.id)


def editors_of(work: Work, site_id: int) -> list[Editor]:
    """Others who had the plot open in the last minute."""
    site = site_of(work, site_id)
    rows = work.session.scalars(
        select(PlotDraft)
        .where(
            PlotDraft.site_id == site.id,
            PlotDraft.user_id != work.viewer.user_id,
            PlotDraft.seen_at > work.now - PRESENCE,
        )
        .order_by(PlotDraft.user_name)
    )
    return [Editor(user_id=row.user_id, name=row.user_name, seen_at=row.seen_at) for row in rows]
