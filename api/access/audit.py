"""The audit trail, for the audit administrator."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from access.audit_trail import AuditFilter, read_trail
from api.dependencies import PageDep, ReadWorkDep

router = APIRouter(prefix="/audit", tags=["audit"])


class AuditOut(BaseModel):
    """One act."""

    id: int
    at: datetime
    viewer_id: int | None
    viewer_name: str
    action: str
    object_type: str
    object_id: str | None
    result: str
    details: dict[str, Any]
    ip: str | None


class AuditPage(BaseModel):
    """One page of the trail."""

    items: list[AuditOut]
    total: int
    page: int
    size: int


@router.get("")
def trail(
    work: ReadWorkDep,
    page: PageDep,
    action: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z_]*$")] = None,
    object_type: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z_]*$")] = None,
    viewer_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
) -> AuditPage:
    """One page of the trail, the newest first."""
    wanted = AuditFilter(action=action, object_type=object_type, viewer_id=viewer_id, since=since, until=until)
    found, total = read_trail(work, wanted, limit=page.size, offset=page.offset)
    items = [AuditOut.model_validate(row, from_attributes=True) for row in found]
    return AuditPage(items=items, total=total, page=page.number, size=page.size)
