"""Shared vocabulary of property tests: points, polygons and plots in Shanghai."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st
from shapely import Point, Polygon

from spatial.frames import SiteFrame

CITY = SiteFrame(121.47, 31.23)


@st.composite
def shanghai_points(draw: Any) -> Point:
    """Somewhere in the city, stored."""
    return Point(draw(st.floats(120.9, 122.2)), draw(st.floats(30.7, 31.8)))


@st.composite
def simple_polygons(draw: Any) -> Polygon:
    """A star-shaped polygon of 4 to 14 corners and 0.05 to 40 hectares, stored; never crosses itself."""
    corners = draw(st.integers(4, 14))
    radii = draw(st.lists(st.floats(20.0, 350.0), min_size=corners, max_size=corners))
    turn = draw(st.floats(0.0, 1.0))
    east, north = draw(st.floats(-30_000, 30_000)), draw(st.floats(-30_000, 30_000))
    ring = [
        (
            east + radius * math.cos(2 * math.pi * (i + turn) / corners),
            north + radius * math.sin(2 * math.pi * (i + turn) / corners),
        )
        for i, radius in enumerate(radii)
    ]
    polygon = CITY.to_storage(Polygon(ring))
    assert isinstance(polygon, Polygon)
    return polygon
