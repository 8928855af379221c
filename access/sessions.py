"""Sessions of browsers: started at sign-in, kept alive by use, ended by time, by hand or by the loss of the account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from access.models import ApiKey, BrowserSession, UserAccount
from access.viewers import viewer_of_user
from foundation import audit
from foundation.settings import Security
from foundation.viewer import Viewer
from foundation.work import Work

#: ``seen_at`` is written at most so often, so that reading a page does not write a row a request.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A session that is valid now."""

    viewer: Viewer
    csrf_token: str
    must_change_password: bool
    started_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class StartedSession:
    """A session just started; the token exists only here and in the browser."""

    token: str
    session: OpenSession


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def start_session(
    work: Work, user: UserAccount, security: Security, ip: str | None, *, kiosk_key_id: int | None = None
) -> StartedSession:
    """A new session for a user whose password, or whose wall's key, was right."""
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    row = BrowserSession(
        token_hash=token_hash(token),
        user_id=user.id,
        csrf_token=csrf_token,
        started_at=work.now,
        seen_at=work.now,
        ip=ip,
        kiosk_key_id=kiosk_key_id,
    )
    work.session.add(row)
    work.session.flush()
    return StartedSession(token=token, session=_opened(work, row, user, security, ip))


def session_by_token(work: Work, token: str, security: Security, ip: str | None) -> OpenSession | None:
    """The session of a token if it is still valid; an idle or overlong one is removed."""
    if not token:
        return None
    row = work.session.get(BrowserSession, token_hash(token))
    if row is None:
        return None
    user = work.session.get(UserAccount, row.user_id)
    if user is None or user.state != "active" or work.now >= _expiry(row, security):
        work.session.delete(row)
        return None
    if row.kiosk_key_id is not None and not (row.ip == ip and _holds(work, row.kiosk_key_id)):
        return None
    if work.now - row.seen_at >= TOUCH_EVERY:
        row.seen_at = work.now
    return _opened(work, row, user, security, ip)


def end_session(work: Work, token: str) -> None:
    """Sign out here."""
    work.session.execute(delete(BrowserSession).where(BrowserSession.token_hash == token_hash(token)))
    audit.record(work, "signed_out", "user", work.viewer.user_id)


def end_sessions_of(work: Work, user_id: int, *, but: str | None = None) -> None:
    """Sign a user out everywhere, save perhaps in the session of one token."""
    ending = delete(BrowserSession).where(BrowserSession.user_id == user_id)
    if but:
        ending = ending.where(BrowserSession.token_hash != token_hash(but))
    work.session.execute(ending)


def remove_old_sessions(work: Work, security: Security) -> int:
    """Remove sessions that nobody can use any more; returns how many."""
    oldest = work.now - timedelta(hours=security.absolute_hours)
    idle = work.now - timedelta(minutes=security.idle_minutes)
    gone = delete(BrowserSession).where((BrowserSession.started_at < oldest) | (BrowserSession.seen_at < idle))
    return len(work.session.execute(gone.returning(BrowserSession.user_id)).all())


def _holds(work: Work, key_id: int) -> bool:
    key = work.session.get(ApiKey, key_id)
    return key is not None and key.revoked_at is None and (key.valid_to is None or key.valid_to > work.now)


def _expiry(row: BrowserSession, security: Security) -> datetime:
    return min(row.seen_at + timedelta(minutes=security.idle_minutes), row.started_at + timedelta(hours=security.absolute_hours))


def _opened(work: Work, row: BrowserSession, user: UserAccount, security: Security, ip: str | None) -> OpenSession:
    stale = user.password_set_at + timedelta(days=security.password_days) < work.now
    return OpenSession(
        viewer=viewer_of_user(work, user, ip),
        csrf_token=row.csrf_token,
        # a wall has no password, and nobody stands before it to change one
        must_change_password=row.kiosk_key_id is None and (user.must_change_password or stale),
        started_at=row.started_at,
        expires_at=_expiry(row, security),
    )
