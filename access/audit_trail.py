"""Reading the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from foundation.audit import AuditEntry
from foundation.work import Work


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which acts are asked for; every member narrows."""

    action: str | None = None
    object_type: str | None = None
    viewer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def read_trail(work: Work, wanted: AuditFilter, *, limit: int, offset: int) -> tuple[Sequence[AuditEntry], int]:
    """One page of the trail, the newest first; for the audit administrator alone."""
    work.require("read_audit")
    conditions = []
    if wanted.action:
        conditions.append(AuditEntry.action == wanted.action)
    if wanted.object_type:
        conditions.append(AuditEntry.object_type == wanted.object_type)
    if wanted.viewer_id is not None:
        conditions.append(AuditEntry.viewer_id == wanted.viewer_id)
    if wanted.since:
        conditions.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        conditions.append(AuditEntry.at < wanted.until)
    total = work.session.execute(select(func.count(AuditEntry.id)).where(*conditions)).scalar_one()
    page = select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).limit(limit).offset(offset)
    return work.session.scalars(page).all(), total
