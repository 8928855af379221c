"""The facts cameras announce."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.changes import Change


@dataclass(frozen=True, kw_only=True)
class CameraRegistered(Change):
    """A camera was registered."""

    site_id: int
    camera_id: int


@dataclass(frozen=True, kw_only=True)
class CameraAimed(Change):
    """A camera has a new pose, or other optics."""

    site_id: int
    camera_id: int


@dataclass(frozen=True, kw_only=True)
class CameraChanged(Change):
    """Tags, algorithms, level or state of a camera changed."""

    site_id: int
    camera_id: int
