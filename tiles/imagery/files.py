"""Where files of imagery and flights lie: only ever under names of our own."""

from __future__ import annotations

import re
from pathlib import Path

KEY = re.compile(r"^[0-9a-f]{32}$")


def upload_path(folder: Path, key: str) -> Path:
    """A file on its way here."""
    return _inside(folder / "uploads", key, ".part")


def raster_path(folder: Path, key: str) -> Path:
    """The raster a catalogued item is drawn from."""
    return _inside(folder / "imagery", key, ".tif")


def index_path(folder: Path, key: str) -> Path:
    """Where in that raster each tile lies."""
    return _inside(folder / "imagery", key, ".npz")


def video_path(folder: Path, key: str) -> Path:
    """The video of a flight."""
    return _inside(folder / "flights", key, ".mp4")


def _inside(folder: Path, key: str, ending: str) -> Path:
    if not KEY.match(key):
        raise ValueError("not a key of ours")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{key}{ending}"
