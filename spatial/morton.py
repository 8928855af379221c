"""Morton keys of places: every Web Mercator tile, at every zoom, is one unbroken range of keys.

A place is the cell of 2^28 × 2^28 cells of the Web Mercator square it lies in (some 13 cm wide at Shanghai); its key interleaves
the bits of column and row. G. M. Morton, "A computer oriented geodetic data base", IBM, 1966.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Bits of a column and of a row.
LEVEL = 28
SIDE = 2**LEVEL
#: North and south edge of the Web Mercator square, degrees.
EDGE_DEG = 85.0511287798066
_SPREADS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
Integers = NDArray[np.int64]


def cells_at(lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Integers, Integers]:
    """Columns (eastwards) and rows (southwards) of places given in lon/lat; beyond the square: its edge."""
    lon = np.asarray(lon_deg, dtype=np.float64)
    lat = np.radians(np.clip(np.asarray(lat_deg, dtype=np.float64), -EDGE_DEG, EDGE_DEG))
    column = (lon + 180.0) / 360.0 * SIDE
    row = (1.0 - np.arcsinh(np.tan(lat)) / np.pi) / 2.0 * SIDE
    return _whole(column), _whole(row)


def interleave(column: ArrayLike, row: ArrayLike) -> Integers:
    """Keys of columns and rows of any level up to 31."""
    return _spread(column) | (_spread(row) << 1)


def separate(key: ArrayLike) -> tuple[Integers, Integers]:
    """Columns and rows of keys."""
    keys = np.asarray(key, dtype=np.int64)
    return _gather(keys), _gather(keys >> 1)


def keys_at(lon_deg: ArrayLike, lat_deg: ArrayLike) -> Integers:
    """Keys of places given in lon/lat."""
    return interleave(*cells_at(lon_deg, lat_deg))


def range_of_tile(z: int, x: int, y: int, level: int = LEVEL) -> tuple[int, int]:
    """First key of a tile and the first one behind it, among the keys of a ``level`` no coarser than ``z``."""
    first = int(interleave(x, y))
    shift = 2 * (level - z)
    return first << shift, (first + 1) << shift


def _whole(position: NDArray[np.float64]) -> Integers:
    return np.clip(np.floor(position), 0, SIDE - 1).astype(np.int64)


def _spread(values: ArrayLike) -> Integers:
    bits = np.asarray(values, dtype=np.int64)
    for shift, mask in _SPREADS:
        bits = (bits | (bits << shift)) & mask
    return bits


def _gather(bits: Integers) -> Integers:
    bits = bits & _SPREADS[-1][1]
    for (shift, _), (_, mask) in zip(reversed(_SPREADS), [*reversed(_SPREADS[:-1]), (0, 0xFFFFFFFF)], strict=True):
        bits = (bits | (bits >> shift)) & mask
    return bits
