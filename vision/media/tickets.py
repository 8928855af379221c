"""Signed play tickets: they open one viewing for one person, within a minute."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path

VALID_FOR = timedelta(seconds=60)
KEY_BYTES = 32


class Tickets:
    """Writes and reads tickets with the installation's key, which is made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._key = _key(folder / "keys" / "ticket.key")

    def write(self, session_id: int, user_id: int, now: datetime) -> str:
        """A ticket for one viewing."""
        expires = int((now + VALID_FOR).timestamp())
        return f"{expires}.{self._signature(session_id, user_id, expires)}"

    def signed(self, ticket: str, session_id: int, user_id: int) -> datetime | None:
        """Until when the ticket is good; None when it is not one of ours, or for another viewing or person."""
        head, _, signature = ticket.partition(".")
        if not head.isascii() or not head.isdigit() or len(head) > 12:
            return None
        if not hmac.compare_digest(signature.encode(), self._signature(session_id, user_id, int(head)).encode()):
            return None
        return datetime.fromtimestamp(int(head)).astimezone()

    def _signature(self, session_id: int, user_id: int, expires: int) -> str:
        message = f"{session_id}:{user_id}:{expires}".encode()
        return urlsafe_b64encode(hmac.new(self._key, message, hashlib.sha256).digest()[:24]).decode().rstrip("=")


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = os.urandom(KEY_BYTES)
        file.write(key)
    return key
