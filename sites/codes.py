"""数字化监管编码: the supervision code of a site, unique and with a check character.

Two letters of specialty, six digits of district, two of the year, a serial of four, and one check character over the
fourteen before it, with the alphabet and weights of GB 32100-2015 (domain.md §2.1): ``MT310115260001`` + ``9``.
"""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from access.credit_code import ALPHABET
from foundation.clock import business_day
from foundation.work import Work
from sites.errors import SerialsExhausted
from sites.models import CodeSerial
from sites.states import Specialty

PREFIX = {
    Specialty.ROAD: "HW",
    Specialty.PORT: "PW",
    Specialty.METRO: "MT",
    Specialty.RAILWAY: "RW",
    Specialty.MUNICIPAL: "MU",
}
#: 3^(i−1) mod 31, GB 32100-2015.
WEIGHTS = tuple(pow(3, i, 31) for i in range(14))
LAST_SERIAL = 9_999


def check_character(first_fourteen: str) -> str:
    """The character that makes the weighted sum divisible by 31."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first_fourteen, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_supervision_code(code: str) -> bool:
    """Is it fifteen characters, of the alphabet, with the right last one?"""
    return len(code) == 15 and set(code) <= set(ALPHABET) and check_character(code[:14]) == code[14]


def compose_code(specialty: Specialty, district_code: str, year: int, serial: int) -> str:
    """The whole code for one serial."""
    first = f"{PREFIX[specialty]}{district_code}{year % 100:02d}{serial:04d}"
    return first + check_character(first)


def next_code(work: Work, specialty: Specialty, district_code: str) -> str:
    """Take the next serial of the specialty and year. The row lock lasts until commit, so parallel approvals differ."""
    year = business_day(work.now).year
    first = insert(CodeSerial).values(prefix=PREFIX[specialty], year=year, last=1)
    take = first.on_conflict_do_update(index_elements=["prefix", "year"], set_={"last": CodeSerial.last + 1}).returning(
        CodeSerial.last
    )
    serial = work.session.execute(take).scalar_one()
    if serial > LAST_SERIAL:
        raise SerialsExhausted(specialty=specialty.value, year=year)
    return compose_code(specialty, district_code, year, serial)
