"""API keys of machines. A key acts as its service account, with that account's roles and grants, and no session."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from access.errors import ApiKeyNotFound
from access.models import ApiKey, UserAccount
from access.sessions import token_hash
from access.users import user_of
from access.viewers import viewer_of_user
from foundation import audit
from foundation.viewer import Viewer
from foundation.work import Work

PREFIX = "gwk_"
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class IssuedKey:
    """A new key; its text exists only here."""

    text: str
    row: ApiKey


def viewer_by_key(work: Work, text: str, ip: str | None) -> Viewer | None:
    """The viewer a key stands for, if the key and its account are valid now."""
    row = key_by_text(work, text)
    if row is None or row.revoked_at is not None or (row.valid_to is not None and row.valid_to <= work.now):
        return None
    user = work.session.get(UserAccount, row.user_id)
    if user is None or user.state != "active":
        return None
    if row.used_at is None or work.now - row.used_at >= TOUCH_EVERY:
        row.used_at = work.now
    return viewer_of_user(work, user, ip)


def key_by_text(work: Work, text: str) -> ApiKey | None:
    """The key of a text, valid or not."""
    if not text.startswith(PREFIX):
        return None
    return work.session.scalars(select(ApiKey).where(ApiKey.key_hash == token_hash(text))).one_or_none()


def issue_key(work: Work, user_id: int, name: str, valid_to: datetime | None) -> IssuedKey:
    """Make a key for a service account."""
    work.require("manage_api_keys")
    user = user_of(work, user_id)
    text = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey(user_id=user.id, name=name, prefix=text[:12], key_hash=token_hash(text), valid_to=valid_to)
    work.session.add(row)
    work.session.flush()
    audit.record(work, "api_key_issued", "api_key", row.id, user_id=user.id)
    return IssuedKey(text=text, row=row)


def revoke_key(work: Work, key_id: int) -> None:
    """End a key now."""
    work.require("manage_api_keys")
    row = work.session.get(ApiKey, key_id)
    if row is None:
        raise ApiKeyNotFound
    row.revoked_at = row.revoked_at or work.now
    audit.record(work, "api_key_revoked", "api_key", row.id)


def list_keys(work: Work) -> Sequence[ApiKey]:
    """All keys, the newest first."""
    work.require("manage_api_keys")
    return work.session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all()
