"""What can be wrong with a picture."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Faults of a picture. No picture at all is none of them: that camera is offline."""

    DARK = "dark"
    OVEREXPOSED = "overexposed"
    BLURRED = "blurred"
    COLOUR_CAST = "colour_cast"
    NOISY = "noisy"
    COVERED = "covered"
    FROZEN = "frozen"
    SCENE_MOVED = "scene_moved"
