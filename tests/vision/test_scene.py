from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box

from tests.vision.playing import VIEW
from vision.looks import Box
from vision.scene import line_outlines, share_in_picture, zone_outlines


def test_a_zone_in_the_picture_comes_back_to_its_place() -> None:
    zone = box(15, -3, 20, 3)
    (outline,) = zone_outlines(VIEW, zone)
    back = VIEW.ground(np.array(outline)).points_m
    assert Polygon(back).symmetric_difference(zone).area < 0.01 * zone.area


def test_a_zone_behind_the_camera_is_not_in_its_picture() -> None:
    assert zone_outlines(VIEW, box(-20, -3, -15, 3)) == ()
    assert share_in_picture(VIEW, box(-20, -3, -15, 3)) == 0


def test_a_zone_that_reaches_behind_the_camera_is_cut_and_never_leaves_the_picture() -> None:
    (outline,) = zone_outlines(VIEW, box(-50, -5, 400, 5))
    us, vs = np.array(outline).T
    assert (us.min() >= 0, us.max() <= VIEW.optics.width_px) == (True, True)
    assert (vs.min() >= 0, vs.max() <= VIEW.optics.height_px) == (True, True)


def test_a_zone_that_crosses_itself_or_has_ten_thousand_corners_is_drawn_all_the_same() -> None:
    crossed = Polygon([(15, -3), (20, 3), (20, -3), (15, 3)])
    assert len(zone_outlines(VIEW, crossed)) == 2
    many = Point(20, 0).buffer(4, quad_segs=2500)
    (outline,) = zone_outlines(VIEW, many)
    assert len(outline) < 1000


def test_a_line_in_the_picture_keeps_its_ends() -> None:
    (outline,) = line_outlines(VIEW, LineString([(20, -4), (20, 4)]))
    ends = VIEW.ground(np.array([outline[0], outline[-1]])).points_m
    assert ends == pytest.approx(np.array([[20, -4], [20, 4]]), abs=0.02)


def test_a_camera_that_looks_up_sees_no_ground() -> None:
    up = replace(VIEW, pose=replace(VIEW.pose, tilt_deg=-60.0))
    assert zone_outlines(up, box(15, -3, 20, 3)) == ()
    assert VIEW.place((640, 20)) is None or VIEW.place((640, 20)).x_m > 100
    assert up.place((640, 600)) is None


def test_a_camera_on_the_ground_locates_nothing() -> None:
    low = replace(VIEW, pose=replace(VIEW.pose, z_m=0.0))
    assert low.place((640, 600)) is None


@given(x=st.floats(12, 60), y=st.floats(-6, 6))
@settings(max_examples=60, deadline=None)
def test_a_foot_is_found_where_it_stands(x: float, y: float) -> None:
    ((u, v),) = VIEW.project(np.array([[x, y, 0.0]]))
    place = VIEW.place((float(u), float(v)))
    assert (place.x_m, place.y_m) == pytest.approx((x, y), abs=1e-6)
    ((u, top),) = VIEW.project(np.array([[x, y, 2.5]]))
    assert VIEW.height_above((float(u), float(top)), place) == pytest.approx(2.5, abs=0.05)


@given(edges=st.tuples(*[st.floats(0, 500)] * 8))
def test_overlaps_of_boxes_are_shares(edges: tuple[float, ...]) -> None:
    one = Box(x1=min(edges[0], edges[1]), y1=min(edges[2], edges[3]), x2=max(edges[0], edges[1]), y2=max(edges[2], edges[3]))
    other = Box(x1=min(edges[4], edges[5]), y1=min(edges[6], edges[7]), x2=max(edges[4], edges[5]), y2=max(edges[6], edges[7]))
    assert one.iou(other) == pytest.approx(other.iou(one))
    assert 0 <= one.iou(other) <= 1
    assert 0 <= one.share_inside(other) <= 1 + 1e-9
