"""Morton keys: round trip, and every tile is one range."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spatial.morton import SIDE, interleave, keys_at, range_of_tile, separate

numbers = st.integers(0, SIDE - 1)
lon, lat = st.floats(-179.99, 179.99), st.floats(-84.9, 84.9)


@given(numbers, numbers)
def test_a_key_gives_back_its_column_and_row(column: int, row: int) -> None:
    key = int(interleave(column, row))
    assert (column, row) == tuple(int(part) for part in separate(key))
    assert key == sum((column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1 for bit in range(28))


@given(lon, lat, st.integers(0, 22))
def test_a_place_is_in_the_range_of_its_tile_and_of_no_neighbour(lon_deg: float, lat_deg: float, z: int) -> None:
    y = (1 - math.asinh(math.tan(math.radians(lat_deg))) / math.pi) / 2 * 2**z
    x = (lon_deg + 180) / 360 * 2**z
    key = int(keys_at(lon_deg, lat_deg))
    if min(x % 1, y % 1, 1 - x % 1, 1 - y % 1) > 1e-6:
        first, end = range_of_tile(z, int(x), int(y))
        assert first <= key < end
        assert not np.any([begin <= key < behind for begin, behind in [range_of_tile(z, int(x) ^ 1, int(y))] if z])


def test_beyond_the_square_is_its_edge() -> None:
    assert tuple(int(part) for part in separate(keys_at(180.0, -89.0))) == (SIDE - 1, SIDE - 1)
