"""Signing in: the same answer for a wrong password and an unknown login, and a lock after too many failures.

A failure must be counted although the request is refused, so nothing here raises for one: the caller gets a ``Refusal``,
lets the transaction commit, and only then answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from access.errors import WeakPassword, WrongCredentials
from access.models import FormerPassword, SignInFailure, UserAccount
from access.passwords import check_password, fits, hash_password, spend_the_same_time
from access.sessions import StartedSession, end_sessions_of, start_session
from foundation import audit
from foundation.settings import Security
from foundation.work import Work

#: An account that nobody used for so long is disabled.
UNUSED_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A sign-in that failed."""

    #: Set while the account is locked.
    locked_until: datetime | None


def sign_in(work: Work, login: str, password: str, security: Security) -> StartedSession | Refusal:
    """Check the password and start a session, or count the failure."""
    login = login.strip().lower()
    until = _locked_until(work, login, security)
    if until is not None:
        audit.record(work, "sign_in", "user", login, result="refused", why="locked")
        return Refusal(locked_until=until)
    user = work.session.scalars(select(UserAccount).where(UserAccount.login == login)).one_or_none()
    if user is None:
        spend_the_same_time(password, security)
        return _failed(work, login, security)
    if not fits(password, user.password_hash, security) or not _usable(work, user):
        return _failed(work, login, security)
    user.last_signed_in_at = work.now
    audit.record(work, "sign_in", "user", user.id)
    return start_session(work, user, security, work.viewer.ip)


def change_password(work: Work, current: str, new: str, security: Security, token: str) -> None:
    """Replace one's own password and sign out everywhere else."""
    user = work.session.get_one(UserAccount, work.viewer.user_id)
    if not fits(current, user.password_hash, security):
        raise WrongCredentials(field="/current")
    check_password(new, user.login, field="/new")
    former = select(FormerPassword.password_hash).where(FormerPassword.user_id == user.id)
    recent = work.session.scalars(former.order_by(FormerPassword.id.desc()).limit(security.password_history)).all()
    if any(fits(new, stored, security) for stored in [user.password_hash, *recent]):
        raise WeakPassword(field="/new", missing=["used_before"])
    work.session.add(FormerPassword(user_id=user.id, password_hash=user.password_hash, replaced_at=work.now))
    user.password_hash, user.password_set_at = hash_password(new, security), work.now
    user.must_change_password = False
    end_sessions_of(work, user.id, but=token)
    audit.record(work, "password_changed", "user", user.id)


def _usable(work: Work, user: UserAccount) -> bool:
    if user.last_signed_in_at and user.last_signed_in_at + timedelta(days=UNUSED_DAYS) < work.now:
        user.state = "disabled"
        audit.record(work, "user_disabled", "user", user.id, why="unused")
    return user.state == "active"


def _failed(work: Work, login: str, security: Security) -> Refusal:
    work.session.add(SignInFailure(login=login[:64], at=work.now, ip=work.viewer.ip))
    audit.record(work, "sign_in", "user", login[:64], result="refused", why="credentials")
    work.session.flush()
    return Refusal(locked_until=_locked_until(work, login, security))


def _locked_until(work: Work, login: str, security: Security) -> datetime | None:
    """The end of the lock, if as many failures as lock an account fell into one window."""
    since = work.now - timedelta(minutes=security.lockout_minutes + security.lockout_window_minutes)
    cleared = select(func.max(UserAccount.last_signed_in_at)).where(UserAccount.login == login)
    after = work.session.scalar(cleared)
    failures = select(SignInFailure.at).where(SignInFailure.login == login[:64], SignInFailure.at > since)
    if after is not None:
        failures = failures.where(SignInFailure.at > after)
    times = work.session.scalars(failures.order_by(SignInFailure.at)).all()
    window = timedelta(minutes=security.lockout_window_minutes)
    for first, last in zip(times, times[security.lockout_failures - 1 :], strict=False):
        until = last + timedelta(minutes=security.lockout_minutes)
        if last - first <= window and until > work.now:
            return until
    return None
