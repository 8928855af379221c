"""GB/T 28181 codes: 8 digits of the centre, beginning with the district, 2 of the industry, 3 of the type, 7 serial."""

from __future__ import annotations

from sqlalchemy import select

from foundation.work import Work
from sites.cameras.errors import CameraCodeWrong
from sites.models import District

CAMERA_TYPES = ("131", "132")
DIGITS = 20


def check_camera_code(work: Work, code: str) -> None:
    """Refuse a code that is not a camera's of this city."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        raise CameraCodeWrong(field="/national_code", code=code, part="length")
    if code[10:13] not in CAMERA_TYPES:
        raise CameraCodeWrong(field="/national_code", code=code, part="type")
    if work.session.scalar(select(District.code).where(District.code == code[:6])) is None:
        raise CameraCodeWrong(field="/national_code", code=code, part="district")
