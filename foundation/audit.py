"""The audit trail: append-only rows written in the transaction of the act they record (等保)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base
from foundation.work import Work


class AuditEntry(Base):
    """One act: who did what to which thing, from where, and how it ended. A trigger refuses change and deletion."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    viewer_id: Mapped[int | None]
    viewer_name: Mapped[str]
    ip: Mapped[str | None]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str | None]
    #: "done" or "refused".
    result: Mapped[str] = mapped_column(default="done")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    __table_args__ = (Index("ix_audit_entry_at", "at"), Index("ix_audit_entry_object", "object_type", "object_id"))


def record(work: Work, action: str, object_type: str, object_id: object = None, *, result: str = "done", **details: Any) -> None:
    """Add an audit row to this transaction. ``details`` hold ids and codes, never personal data or secrets."""
    work.session.add(
        AuditEntry(
            at=work.now,
            viewer_id=work.viewer.user_id,
            viewer_name=work.viewer.name,
            ip=work.viewer.ip,
            action=action,
            object_type=object_type,
            object_id=None if object_id is None else str(object_id),
            result=result,
            details=details,
        )
    )
