"""Where each tile lies in a raster: written once, read into memory, and then a tile is one read of so many bytes."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from tiles.imagery.aligning import TILE_PX, Grid

#: Rasters whose index and file are kept at hand by one process.
KEPT_OPEN = 64


@dataclass(frozen=True, kw_only=True)
class TileIndex:
    """The tiles of one raster."""

    min_zoom: int
    max_zoom: int
    #: (zoom, x, y) → (offset, length) of the JPEG in the file; only tiles whose every pixel is there.
    whole: Mapping[tuple[int, int, int], tuple[int, int]]
    #: Tiles of which a part is there; they are drawn.
    partial: frozenset[tuple[int, int, int]]
    #: Tables that every JPEG of the file shares, without its markers of begin and end.
    tables: bytes
    descriptor: int

    def copied(self, z: int, x: int, y: int) -> bytes | None:
        """The tile as it lies in the file; None when it has to be drawn."""
        place = self.whole.get((z, x, y))
        if place is None:
            return None
        picture = os.pread(self.descriptor, place[1], place[0])
        return picture[:2] + self.tables + picture[2:]


def write_index(raster: Path, grid: Grid, index: Path) -> None:
    """Go through all blocks of all levels once."""
    rows: list[tuple[int, int, int, int, int, bool]] = []
    tables = ""
    for level in range(grid.levels + 1):
        options = {"OVERVIEW_LEVEL": level - 1} if level else {}
        with rasterio.open(raster, **options) as drawn, rasterio.open(raster) as described:
            tables = tables or described.get_tag_item("JPEGTABLES", "TIFF", bidx=1) or ""
            for down in range(grid.down >> level):
                rows += _row_of_blocks(drawn, described, grid, level, down)
    places = np.array([one[:5] for one in rows], dtype=np.int64).reshape(-1, 5)
    whole = np.array([one[5] for one in rows], dtype=bool)
    half = index.with_suffix(".half.npz")
    np.savez_compressed(half, places=places, whole=whole, tables=np.frombuffer(bytes.fromhex(tables)[2:-2], np.uint8))
    half.rename(index)


def _row_of_blocks(
    drawn: DatasetReader, described: DatasetReader, grid: Grid, level: int, down: int
) -> list[tuple[int, int, int, int, int, bool]]:
    across = grid.across >> level
    window = Window(0, down * TILE_PX, across * TILE_PX, TILE_PX)
    mask: NDArray[np.uint8] = drawn.read_masks(1, window=window)
    blocks = mask.reshape(TILE_PX, across, TILE_PX) > 0
    some, every = np.asarray(blocks.any(axis=(0, 2))), np.asarray(blocks.all(axis=(0, 2)))
    found = []
    where = {"ovr": level - 1} if level else {}
    for along in np.flatnonzero(some):
        offset = described.get_tag_item(f"BLOCK_OFFSET_{along}_{down}", "TIFF", bidx=1, **where)
        size = described.get_tag_item(f"BLOCK_SIZE_{along}_{down}", "TIFF", bidx=1, **where)
        if offset and size:
            tile = (grid.zoom - level, (grid.x >> level) + int(along), (grid.y >> level) + down)
            found.append((*tile, int(offset), int(size), bool(every[along])))
    return found


@lru_cache(maxsize=KEPT_OPEN)
def tile_index(raster: Path, index: Path) -> TileIndex:
    """The index of a raster, with the file open. Files never change once they are there, so neither does this."""
    with np.load(index) as stored:
        places, whole, tables = stored["places"], stored["whole"], stored["tables"].tobytes()
    zooms = places[:, 0]
    found = TileIndex(
        min_zoom=int(zooms.min()),
        max_zoom=int(zooms.max()),
        whole={(z, x, y): (offset, size) for z, x, y, offset, size in places[whole].tolist()},
        partial=frozenset((z, x, y) for z, x, y, _, _ in places[~whole].tolist()),
        tables=tables,
        descriptor=os.open(raster, os.O_RDONLY),
    )
    # one that is let go closes its file
    weakref.finalize(found, os.close, found.descriptor)
    return found
