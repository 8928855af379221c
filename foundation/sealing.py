"""Sealing secrets that must be stored and used again: stream addresses with their passwords.

AES-256-GCM with a key in a file of its own (0600) under the data folder. Nothing sealed is shown; it is opened where it is used.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.problems import Unavailable

NONCE_BYTES = 12


class SealBroken(Unavailable):
    """A stored secret cannot be opened: the key file is not the one it was sealed with."""


class Seal:
    """Seals and opens with the installation's key, which is made when first needed."""

    def __init__(self, folder: Path) -> None:
        self._cipher = AESGCM(_key(folder / "keys" / "seal.key"))

    def close(self, secret: str) -> bytes:
        """The sealed form of a secret."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), None)

    def open(self, sealed: bytes) -> str:
        """The secret again, or ``SealBroken``."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
        except InvalidTag as error:
            raise SealBroken from error


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = AESGCM.generate_key(256)
        file.write(key)
    return key
