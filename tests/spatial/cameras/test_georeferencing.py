"""Control points to cameras, pixels to places: what is exact, what is refused, and what stays true when a site moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from spatial.cameras.georeferencing import Grade, GradeReason, assess
from spatial.cameras.homography import apply, homography
from spatial.cameras.locating import Located, NoPosition, diagonal_covariance, ground_points, locate_pixel
from spatial.cameras.resection import ControlPoint, DeviceRecord, parameters_of, projected
from spatial.cameras.values import Optics, Pose

WIDTH, HEIGHT = 2560, 1440
POSE = Pose(x_m=0.0, y_m=0.0, z_m=9.0, azimuth_deg=40.0, tilt_deg=24.0, roll_deg=1.0)
#: Control points all over the ground shown.
SPREAD = np.array([(u, v) for u in (250, 950, 1650, 2350) for v in (420, 800, 1300)], float)
SURE = diagonal_covariance({"azimuth_deg": 0.1, "tilt_deg": 0.1, "z_m": 0.05})


def lens(hfov_deg: float = 78.0, k1: float = 0.0, k2: float = 0.0, range_max_m: float = 120.0) -> Optics:
    vfov = float(2 * np.degrees(np.arctan(np.tan(np.radians(hfov_deg) / 2) * HEIGHT / WIDTH)))
    return Optics(hfov_deg=hfov_deg, vfov_deg=vfov, width_px=WIDTH, height_px=HEIGHT, k1=k1, k2=k2, range_max_m=range_max_m)


BARREL = lens(k1=-0.28, k2=0.08)


def control_points(
    pose: Pose = POSE, optics: Optics = BARREL, pixels: np.ndarray = SPREAD, seed: int = 1, plane_z_m: float = 0.0
) -> list[ControlPoint]:
    """Points as people pick them: 2 px and 10 cm off."""
    rng = np.random.default_rng(seed)
    places, depth = ground_points(pose, optics, pixels, plane_z_m)
    assert (depth > 0).all()
    clicked, mapped = pixels + rng.normal(0, 2, pixels.shape), places + rng.normal(0, 0.1, places.shape)
    return [ControlPoint(u_px=u, v_px=v, x_m=x, y_m=y, z_m=plane_z_m) for (u, v), (x, y) in zip(clicked, mapped, strict=True)]


def record(pose: Pose = POSE) -> DeviceRecord:
    """The register, as wrong as installers are."""
    off = replace(
        pose,
        x_m=pose.x_m + 0.8,
        y_m=pose.y_m - 0.6,
        z_m=pose.z_m + 0.3,
        azimuth_deg=pose.azimuth_deg + 5,
        tilt_deg=22.0,
        roll_deg=0,
    )
    return DeviceRecord(pose=off, optics=lens(80.0))


def check_errors_m(pose: Pose, optics: Optics, true_pose: Pose = POSE, true_optics: Optics = BARREL) -> np.ndarray:
    pixels = np.array([(u, v) for u in (400, 1280, 2100) for v in (550, 900, 1200)], float)
    truth = ground_points(true_pose, true_optics, pixels, 0.0)[0]
    return np.linalg.norm(ground_points(pose, optics, pixels, 0.0)[0] - truth, axis=1)


def test_twelve_points_find_an_unknown_distortion_and_verify_each_other() -> None:
    found = assess(control_points(), record())
    assert (found.grade, found.reasons) == (Grade.VERIFIED, ())
    assert found.fit is not None
    assert np.median(check_errors_m(found.fit.pose, found.fit.optics)) < 0.15
    assert found.fit.optics.k1 == pytest.approx(-0.28, abs=0.06)
    pixels, places = SPREAD, np.array([(p.x_m, p.y_m) for p in control_points()])
    truth = ground_points(POSE, BARREL, np.array([[400.0, 900.0]]), 0.0)[0]
    plain = np.linalg.norm(apply(homography(pixels, places), np.array([[400.0, 900.0]])) - truth)
    full = np.linalg.norm(ground_points(found.fit.pose, found.fit.optics, np.array([[400.0, 900.0]]), 0.0)[0] - truth)
    assert full < plain


def test_a_homography_maps_its_points_exactly() -> None:
    matrix = np.array([[1.1, 0.2, 30], [-0.1, 0.9, -12], [1e-4, 3e-4, 1]])
    points = np.array([(0, 0), (100, 0), (100, 80), (0, 80), (37, 61)], float)
    found = homography(points, apply(matrix, points))
    assert np.abs(apply(found, SPREAD) - apply(matrix, SPREAD)).max() < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_four_points_are_never_verified(seed: int) -> None:
    corners = control_points(pixels=SPREAD[[0, 2, 9, 11]], seed=seed)
    found = assess(corners, record())
    assert found.grade is not Grade.VERIFIED
    assert GradeReason.FOUR_POINTS in found.reasons
    assert found.left_out_median_m is None


def test_two_swapped_points_are_named_and_the_fit_is_refused() -> None:
    points = control_points()
    points[1], points[6] = (
        replace(points[1], x_m=points[6].x_m, y_m=points[6].y_m),
        replace(points[6], x_m=points[1].x_m, y_m=points[1].y_m),
    )
    found = assess(points, record())
    assert found.grade is Grade.REFUSED
    assert found.swapped == (1, 6)
    assert set(found.suspects) & {1, 6}


def test_one_point_ten_metres_off_is_named() -> None:
    points = control_points()
    points[7] = replace(points[7], x_m=points[7].x_m + 10)
    found = assess(points, record())
    assert found.suspects == (7,)
    assert found.left_out_m[7] > 5
    assert found.swapped is None


def test_errors_above_the_limit_are_never_verified() -> None:
    rng = np.random.default_rng(3)
    points = [replace(one, x_m=one.x_m + rng.normal(0, 3), y_m=one.y_m + rng.normal(0, 3)) for one in control_points()]
    found = assess(points, record())
    assert found.left_out_median_m is not None
    assert found.limit_m is not None
    assert found.left_out_median_m > found.limit_m
    assert found.grade is not Grade.VERIFIED


def test_points_on_a_line_in_a_heap_or_given_twice_are_refused_with_the_reason() -> None:
    line = control_points(pixels=np.array([(u, 700.0) for u in (300, 800, 1300, 1800, 2300)]))
    heap = control_points(pixels=np.array([(1200.0 + u, 800.0 + v) for u in (0, 60, 120) for v in (0, 60)]))
    twice = [*control_points(), control_points()[0]]
    for points, reason in ((line, GradeReason.COLLINEAR), (heap, GradeReason.CLUSTERED), (twice, GradeReason.REPEATED)):
        found = assess(points, record())
        assert (found.grade, found.reasons, found.fit) == (Grade.REFUSED, (reason,), None)


def test_good_points_on_a_corner_of_the_picture_are_only_rough() -> None:
    corner = np.array([(u, v) for u in (200, 500, 800) for v in (900, 1100, 1300)], float)
    found = assess(control_points(pixels=corner), record())
    assert found.grade is Grade.ROUGH
    assert GradeReason.SPREAD_TOO_SMALL in found.reasons


def test_points_on_different_planes_are_fitted_by_their_heights() -> None:
    low, high = control_points(pixels=SPREAD[::2]), control_points(pixels=SPREAD[1::2], plane_z_m=3.0, seed=2)
    found = assess([*low, *high], record())
    flattened = assess([*low, *(replace(one, z_m=0.0) for one in high)], record())
    assert found.grade is Grade.VERIFIED
    assert found.fit is not None
    assert np.median(check_errors_m(found.fit.pose, found.fit.optics)) < 0.2
    assert flattened.grade is not Grade.VERIFIED


def test_a_camera_of_which_the_register_knows_no_azimuth_is_found_all_the_same() -> None:
    blind = replace(record(), pose=replace(record().pose, azimuth_deg=250.0), aimed=False)
    found = assess(control_points(), blind)
    assert found.fit is not None
    assert found.fit.pose.azimuth_deg == pytest.approx(40.0, abs=1.0)


@settings(max_examples=8, deadline=None)
@given(turn=some.floats(0, 360), east=some.floats(-2000, 2000), north=some.floats(-2000, 2000))
def test_moving_or_turning_a_site_changes_no_fit(turn: float, east: float, north: float) -> None:
    still = assess(control_points(), record())
    sine, cosine = np.sin(np.radians(turn)), np.cos(np.radians(turn))

    def moved(x: float, y: float) -> tuple[float, float]:
        return cosine * x + sine * y + east, -sine * x + cosine * y + north

    def moved_point(one: ControlPoint) -> ControlPoint:
        x, y = moved(one.x_m, one.y_m)
        return replace(one, x_m=x, y_m=y)

    old = record()
    x, y = moved(old.pose.x_m, old.pose.y_m)
    there = replace(old, pose=replace(old.pose, x_m=x, y_m=y, azimuth_deg=old.pose.azimuth_deg + turn))
    found = assess([moved_point(one) for one in control_points()], there)
    assert found.grade is still.grade
    assert found.fit is not None
    assert still.fit is not None
    expected = moved(still.fit.pose.x_m, still.fit.pose.y_m)
    assert (found.fit.pose.x_m, found.fit.pose.y_m) == pytest.approx(expected, abs=2e-3)
    off = (found.fit.pose.azimuth_deg - still.fit.pose.azimuth_deg - turn + 180) % 360 - 180
    assert abs(off) < 1e-2
    assert found.left_out_median_m == pytest.approx(still.left_out_median_m, abs=5e-3)


@settings(max_examples=60, deadline=None)
@given(
    azimuth=some.floats(0, 360), tilt=some.floats(10, 70), roll=some.floats(-20, 20), height=some.floats(3, 40),
    u=some.floats(0, 1), v=some.floats(0, 1), plane=some.floats(-10, 2), k1=some.floats(-0.3, 0.05), k2=some.floats(0.03, 0.1),
)  # fmt: skip
def test_what_is_projected_is_located_again_within_a_millimetre(
    azimuth: float, tilt: float, roll: float, height: float, u: float, v: float, plane: float, k1: float, k2: float
) -> None:
    pose = Pose(x_m=5.0, y_m=-7.0, z_m=height, azimuth_deg=azimuth, tilt_deg=tilt, roll_deg=roll)
    optics = lens(70.0, k1, k2, range_max_m=500.0)
    found = locate_pixel(pose, optics, SURE, (u * WIDTH, v * HEIGHT), plane)
    if isinstance(found, NoPosition):
        return
    pixel = projected(parameters_of(pose, optics), WIDTH, HEIGHT, np.array([[found.x_m, found.y_m, plane]]))[0]
    again = locate_pixel(pose, optics, SURE, (float(pixel[0, 0]), float(pixel[0, 1])), plane)
    assert isinstance(again, Located)
    assert np.hypot(again.x_m - found.x_m, again.y_m - found.y_m) < 1e-3


def test_above_the_horizon_beyond_the_range_and_off_the_plane_there_is_no_position() -> None:
    level = replace(POSE, tilt_deg=5.0, roll_deg=0.0)
    optics = lens(range_max_m=60.0)
    assert locate_pixel(level, optics, SURE, (1280, 100)) is NoPosition.ABOVE_HORIZON
    assert locate_pixel(level, optics, SURE, (1280, 700)) is NoPosition.BEYOND_RANGE
    assert locate_pixel(level, optics, SURE, (1280, 1400), 12.0) is NoPosition.MISSES_PLANE
    folded = replace(optics, k1=-0.6)
    assert locate_pixel(level, folded, SURE, (2559, 1439)) is NoPosition.MISSES_PLANE
    assert isinstance(locate_pixel(level, optics, SURE, (1280, 1400)), Located)


def test_an_error_of_tilt_stretches_the_ellipse_along_the_view_and_more_so_far_away() -> None:
    tilted = diagonal_covariance({"tilt_deg": 0.5})
    near = locate_pixel(replace(POSE, roll_deg=0.0), lens(), tilted, (1280, 1200))
    far = locate_pixel(replace(POSE, roll_deg=0.0), lens(), tilted, (1280, 450))
    assert isinstance(near, Located)
    assert isinstance(far, Located)
    assert near.ellipse.orientation_deg == pytest.approx(40.0, abs=0.5)
    assert near.ellipse.minor_m < 1e-3 * near.ellipse.major_m
    assert far.accuracy_m > 3 * near.accuracy_m
