"""The tile grid: which zoom a raster is stored at, and a frame whose blocks are tiles at every level.

A raster whose origin and size are multiples of 2ᴸ tiles has blocks that are tiles at its own zoom and at L coarser ones. The
frame is chosen here: left to the tools, aligning several levels grows the canvas out of all proportion (tiles-measured.md §2.6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from affine import Affine

from spatial.crs import WORLD_HALF_M

TILE_PX = 256
FINEST_ZOOM = 23
MOST_LEVELS = 5


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A frame on the tile grid."""

    #: Zoom of the raster itself, and how many coarser levels are stored with it.
    zoom: int
    levels: int
    #: Tile of the north-west corner at ``zoom``, and the frame's size in tiles.
    x: int
    y: int
    across: int
    down: int

    @property
    def width_px(self) -> int:
        """Pixels across."""
        return self.across * TILE_PX

    @property
    def height_px(self) -> int:
        """Pixels down."""
        return self.down * TILE_PX

    @property
    def transform(self) -> Affine:
        """Pixel → Web Mercator."""
        step = pixel_m(self.zoom)
        return Affine(step, 0, self.x * TILE_PX * step - WORLD_HALF_M, 0, -step, WORLD_HALF_M - self.y * TILE_PX * step)


def pixel_m(zoom: int) -> float:
    """Size of a pixel of the tile grid, metres of Web Mercator."""
    return 2 * WORLD_HALF_M / (TILE_PX << zoom)


def grid_for(bounds: tuple[float, float, float, float], resolution_m: float) -> Grid:
    """The frame for bounds and a pixel size in Web Mercator: at the zoom nearest to the pixel size."""
    west, south, east, north = bounds
    zoom = min(FINEST_ZOOM, max(0, round(math.log2(pixel_m(0) / resolution_m))))
    span = TILE_PX * pixel_m(zoom)
    first_x, last_x = _tiles(west + WORLD_HALF_M, east + WORLD_HALF_M, span)
    first_y, last_y = _tiles(WORLD_HALF_M - north, WORLD_HALF_M - south, span)
    longest = max(last_x - first_x, last_y - first_y)
    levels = min(MOST_LEVELS, zoom, max(0, math.ceil(math.log2(longest))))
    unit = 1 << levels
    x, y = first_x // unit * unit, first_y // unit * unit
    across, down = -(-(last_x - x) // unit) * unit, -(-(last_y - y) // unit) * unit
    return Grid(zoom=zoom, levels=levels, x=x, y=y, across=across, down=down)


def _tiles(low_m: float, high_m: float, span_m: float) -> tuple[int, int]:
    """The first tile and the one after the last that hold anything between two distances from the grid's corner."""
    first = math.floor(low_m / span_m + 1e-9)
    return first, max(first + 1, math.ceil(high_m / span_m - 1e-9))
