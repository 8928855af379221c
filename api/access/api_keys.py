"""API keys of machines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, status
from pydantic import AwareDatetime, BaseModel, Field

from access.api_keys import issue_key, list_keys, revoke_key
from access.models import ApiKey
from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import In

router = APIRouter(prefix="/api-keys", tags=["api keys"])


class KeyIn(In):
    """A key to make for a service account."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    user_id: Annotated[int, Field(ge=1, lt=2**63)]
    valid_to: AwareDatetime | None = None


class KeyOut(BaseModel):
    """A key, without its text."""

    id: int
    name: str
    user_id: int
    prefix: str
    valid_to: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    created_at: datetime


class IssuedKeyOut(KeyOut):
    """A new key with its text, told this once."""

    key: str


class KeyList(BaseModel):
    """All keys."""

    items: list[KeyOut]
    total: int


@router.get("")
def keys(work: ReadWorkDep) -> KeyList:
    """All keys."""
    found = [KeyOut.model_validate(row, from_attributes=True) for row in list_keys(work)]
    return KeyList(items=found, total=len(found))


@router.post("", status_code=status.HTTP_201_CREATED)
def issue(work: WorkDep, new: KeyIn) -> IssuedKeyOut:
    """Make a key; its text is told this once."""
    issued = issue_key(work, new.user_id, new.name, new.valid_to)
    row: ApiKey = issued.row
    return IssuedKeyOut(**KeyOut.model_validate(row, from_attributes=True).model_dump(), key=issued.text)


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
def revoke(work: WorkDep, key_id: Annotated[int, Path(ge=1, lt=2**63)]) -> None:
    """End a key."""
    revoke_key(work, key_id)
