"""Tiles of imagery: copied out of the file where the file holds them whole, drawn where it does not."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, local

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io import Reader

from tiles.imagery.aligning import TILE_PX
from tiles.imagery.catalogue import Drawable
from tiles.imagery.files import index_path, raster_path
from tiles.imagery.indexing import tile_index

JPEG, PNG = "image/jpeg", "image/png"
#: Bytes of drawn tiles that one process keeps.
KEPT_BYTES = 64 * 2**20
#: Datasets that one thread keeps open.
KEPT_OPEN = 8
FINEST_ZOOM_DRAWN = 26


@dataclass(frozen=True, kw_only=True)
class DrawnTile:
    """A tile as it is answered."""

    body: bytes
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """A tile that is not packed yet: (bands, 256, 256), and where it has anything (256, 256)."""

    bands: NDArray[np.generic]
    there: NDArray[np.bool_]


def _packed(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


NOTHING = DrawnTile(body=_packed(np.zeros((TILE_PX, TILE_PX, 4), np.uint8)), media_type=PNG)


def draw_tile(folder: Path, item: Drawable, z: int, x: int, y: int) -> DrawnTile:
    """One tile of an orthophoto."""
    copied, empty = _copied(folder, item, z, x, y)
    if copied is not None:
        return DrawnTile(body=copied, media_type=JPEG)
    if empty:
        return NOTHING
    return remembered((item.key, z, x, y, ""), lambda: _drawn(read_tile(folder, item.key, z, x, y)))


def draw_mosaic(folder: Path, items: Sequence[Drawable], z: int, x: int, y: int) -> DrawnTile:
    """One tile of several orthophotos, the first on top; one that fills the tile is copied and ends it."""
    covered = np.zeros((TILE_PX, TILE_PX), bool)
    colours = np.zeros((3, TILE_PX, TILE_PX), np.uint8)
    for item in items:
        copied, empty = _copied(folder, item, z, x, y)
        if copied is not None and not covered.any():
            return DrawnTile(body=copied, media_type=JPEG)
        found = None if empty else read_tile(folder, item.key, z, x, y)
        if found is not None:
            added = found.there & ~covered
            colours[:, added] = found.bands[:3, added]
            covered |= found.there
        if covered.all():
            break
    return _drawn(Pixels(bands=colours, there=covered))


def read_tile(folder: Path, key: str, z: int, x: int, y: int, *, buffer_px: int = 0) -> Pixels | None:
    """The pixels of a tile of any zoom, warped if they must be; None where the raster has nothing."""
    try:
        found = _reader(raster_path(folder, key)).tile(x, y, z, tilesize=TILE_PX, buffer=buffer_px or None)
    except TileOutsideBounds:
        return None
    return Pixels(bands=np.asarray(found.data), there=np.asarray(found.mask) > 0)


def transparent(colours: NDArray[np.uint8], there: NDArray[np.bool_]) -> DrawnTile:
    """Colours (3, 256, 256) as a picture that is see-through where there is nothing."""
    if not there.any():
        return NOTHING
    return DrawnTile(body=_packed(np.dstack([*colours, np.where(there, 255, 0).astype(np.uint8)])), media_type=PNG)


def _copied(folder: Path, item: Drawable, z: int, x: int, y: int) -> tuple[bytes | None, bool]:
    """The tile as it lies in the file; and whether the file is known to have nothing there."""
    if not item.min_zoom <= z <= item.max_zoom:
        return None, False
    index = tile_index(raster_path(folder, item.key), index_path(folder, item.key))
    copied = index.copied(z, x, y)
    return copied, copied is None and (z, x, y) not in index.partial


def _drawn(found: Pixels | None) -> DrawnTile:
    return NOTHING if found is None else transparent(found.bands[:3].astype(np.uint8), found.there)


class _Remembered:
    """Drawn tiles, the least used let go first; shared by the threads of a process."""

    def __init__(self) -> None:
        self.tiles: OrderedDict[tuple[object, ...], DrawnTile] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()


_tiles = _Remembered()


def remembered(key: tuple[object, ...], draw: Callable[[], DrawnTile]) -> DrawnTile:
    """The tile of a key: drawn once, as rasters never change."""
    with _tiles.lock:
        found = _tiles.tiles.get(key)
        if found is not None:
            _tiles.tiles.move_to_end(key)
            return found
    drawn = draw()
    with _tiles.lock:
        if key not in _tiles.tiles:
            _tiles.tiles[key] = drawn
            _tiles.bytes += len(drawn.body)
        while _tiles.bytes > KEPT_BYTES:
            _, gone = _tiles.tiles.popitem(last=False)
            _tiles.bytes -= len(gone.body)
    return drawn


class _Open(local):
    """Datasets are not shared between threads."""

    def __init__(self) -> None:
        self.readers: OrderedDict[Path, Reader] = OrderedDict()


_open = _Open()


def _reader(path: Path) -> Reader:
    found = _open.readers.get(path)
    if found is None:
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO"):
            found = Reader(str(path))
        _open.readers[path] = found
    _open.readers.move_to_end(path)
    while len(_open.readers) > KEPT_OPEN:
        _, oldest = _open.readers.popitem(last=False)
        oldest.close()  # type: ignore[no-untyped-call]
    return found
