"""Walls that open themselves: a key in the address instead of somebody who signs in."""

from __future__ import annotations

from access.api_keys import key_by_text, viewer_by_key
from access.errors import KioskKeyRefused
from access.roles import Role
from access.sessions import StartedSession, start_session
from access.users import user_of
from foundation import audit
from foundation.settings import Security
from foundation.work import Work


def open_kiosk(work: Work, key: str, security: Security, ip: str | None) -> StartedSession:
    """A session for a screen, which may look and nothing else; it holds at this address, and as long as its key."""
    viewer, row = viewer_by_key(work, key, ip), key_by_text(work, key)
    if viewer is None or row is None or viewer.user_id is None or viewer.roles != {Role.SCREEN.value}:
        raise KioskKeyRefused
    audit.record(work, "kiosk_opened", "api_key", row.id, user_id=viewer.user_id)
    return start_session(work, user_of(work, viewer.user_id), security, ip, kiosk_key_id=row.id)
