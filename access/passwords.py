"""Passwords: argon2id, the rules they keep (MLPS level 2), and those that are generated."""

from __future__ import annotations

import secrets
import string
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from access.errors import WeakPassword
from foundation.settings import Security

SHORTEST = 10
LONGEST = 128
#: Character classes, of which three must occur.
CLASSES = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "digit": string.digits,
    "symbol": string.punctuation,
}
CLASSES_NEEDED = 3
#: Fragments that make a password guessable here, compared without case.
COMMON = ("password", "12345678", "qwertyui", "1qaz2wsx", "admin123", "abcd1234", "iloveyou", "11111111", "00000000")
SYMBOLS = "-_+*#"


@cache
def _hasher(memory_kib: int, time_cost: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


def hash_password(password: str, security: Security) -> str:
    """The argon2id hash that is stored."""
    return _hasher(security.argon2_memory_kib, security.argon2_time).hash(password)


def fits(password: str, stored: str, security: Security) -> bool:
    """Does the password fit the hash? Takes the same time whether it does or not."""
    try:
        return _hasher(security.argon2_memory_kib, security.argon2_time).verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy(memory_kib: int, time_cost: int) -> str:
    return _hasher(memory_kib, time_cost).hash(secrets.token_hex(16))


def spend_the_same_time(password: str, security: Security) -> None:
    """Verify against a decoy, so that an unknown login takes as long as a known one."""
    fits(password, _decoy(security.argon2_memory_kib, security.argon2_time), security)


def check_password(password: str, login: str, *, field: str) -> None:
    """Raise ``WeakPassword`` that lists every rule the password breaks."""
    missing = []
    if not SHORTEST <= len(password) <= LONGEST:
        missing.append("length")
    if sum(any(character in group for character in password) for group in CLASSES.values()) < CLASSES_NEEDED:
        missing.append("classes")
    if login.lower() in password.lower():
        missing.append("contains_login")
    if any(fragment in password.lower() for fragment in COMMON) or len(set(password)) < 5:
        missing.append("common")
    if missing:
        raise WeakPassword(field=field, missing=missing)


def generate_password() -> str:
    """A first password that keeps all rules; changed at the first sign-in."""
    alphabet = string.ascii_letters.translate(str.maketrans("", "", "lIO")) + "23456789"
    body = [secrets.choice(alphabet) for _ in range(11)]
    pick = [secrets.choice("abcdefghjkmnp"), secrets.choice("ABCDEFGHJKLMN"), secrets.choice("23456789"), secrets.choice(SYMBOLS)]
    letters = body + pick
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)
