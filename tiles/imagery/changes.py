"""What imagery announces."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.changes import Change


@dataclass(frozen=True, kw_only=True)
class ImageryReady(Change):
    """An orthophoto or a surface model can be drawn, or is gone."""

    site_id: int
    imagery_id: int
