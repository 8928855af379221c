"""统一社会信用代码: unified social credit codes and their check character (GB 32100-2015).

Eighteen characters of an alphabet without I, O, S, V and Z; weights are the powers of 3 modulo 31. Copies of this rule that
map letters from A = 10 without the gaps, or return the remainder itself, are widespread and wrong.
"""

from __future__ import annotations

from access.errors import CreditCodeWrong

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, position, 31) for position in range(17))


def credit_code_check(first17: str) -> str:
    """The eighteenth character for the seventeen before it."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def checked_credit_code(code: str, *, field: str) -> str:
    """The code in capitals, or ``CreditCodeWrong`` that names the field and the character that would be right."""
    tidy = code.strip().upper()
    if len(tidy) != 18 or not set(tidy[:17]) <= set(ALPHABET):
        raise CreditCodeWrong(field=field, expected=None)
    expected = credit_code_check(tidy[:17])
    if tidy[17] != expected:
        raise CreditCodeWrong(field=field, expected=expected)
    return tidy
