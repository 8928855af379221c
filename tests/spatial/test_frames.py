"""Shapes stay usable when they change from metres to degrees."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from spatial.frames import SiteFrame, whole


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


@given(st.integers(0, 2**32 - 1))
def test_what_is_stored_is_valid_however_thin_its_slivers_are(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = [random.uniform(0, 60, (2, 3, 2)) for _ in range(6)]
    shape = shapely.union_all([Polygon(one).difference(Polygon(other)) for one, other in corners])
    stored = SiteFrame(121.4393, 31.2313).to_storage(shape)
    assert stored.is_valid
    assert abs(SiteFrame(121.4393, 31.2313).to_local(stored).area - shape.area) < 1e-3
