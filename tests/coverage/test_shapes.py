"""Shapes stay usable when they change units."""

from __future__ import annotations

import shapely
from shapely import LineString, Polygon

from coverage.shapes import whole


def test_a_thin_shape_that_crosses_itself_once_rounded_is_mended_and_keeps_its_area() -> None:
    thin = Polygon([(0, 0), (10, 0), (10, 10), (5, 10), (5, -1e-9), (5, 10), (0, 10)])
    assert not thin.is_valid
    mended = whole(thin)
    assert mended.is_valid
    assert abs(mended.area - 100) < 1e-6
    assert shapely.union_all([mended, mended.buffer(1)]).is_valid


def test_what_is_valid_is_left_as_it_is() -> None:
    line = LineString([(0, 0), (1, 1)])
    assert whole(line) is line
