"""Footprints, shadows and pits against the referee's answers, and truths that hold for every camera."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some
from shapely import Point, Polygon, box

from spatial.cameras.footprints import PanLimits, density_rings, footprint_rings, near_blind_zone, pan_reach, seen_ground
from spatial.cameras.pits import floor_through_rim
from spatial.cameras.shadows import shadow
from spatial.cameras.values import Demand, Obstacle, Optics, Pose, Projection
from spatial.cameras.views import ExactView, NominalView, visible, visible_floor

GOLDEN = Path(__file__).parent / "golden"
CASES: list[dict[str, Any]] = json.loads((GOLDEN / "footprints.json").read_text())
PIT: dict[str, Any] = json.loads((GOLDEN / "pit.json").read_text())
#: The referee has no far limit.
ENDLESS_M = 1e6


def view_of(camera: dict[str, float]) -> ExactView:
    pose = Pose(
        x_m=camera["x"],
        y_m=camera["y"],
        z_m=camera["z"],
        azimuth_deg=camera["azimuth"],
        tilt_deg=camera["tilt"],
        roll_deg=camera["roll"],
    )
    optics = Optics(
        hfov_deg=camera["hfov"], vfov_deg=camera["vfov"], width_px=int(camera["width_px"]), height_px=1080, range_max_m=ENDLESS_M
    )
    return ExactView(pose=pose, optics=optics)


def obstacle_of(given_one: dict[str, Any]) -> Obstacle:
    polygon = given_one.get("polygon") or given_one["base"]
    return Obstacle(base=Polygon(polygon), bottom_m=given_one.get("bottom", 0.0), top_m=given_one["top"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_area_is_the_referees_and_not_one_labelled_point_is_wrong(case: dict[str, Any]) -> None:
    view = view_of(case["camera"])
    demand = Demand(plane_z_m=case["target_z"], across_px_per_m=case["camera"]["min_ppm"])
    ground = visible(view, demand, [obstacle_of(one) for one in case["obstacles"]])
    assert abs(ground.area - case["area_m2"]) <= case["area_tol_m2"]
    points = np.array(case["points"])
    wrong = shapely.contains_xy(ground, points[:, 0], points[:, 1]) != (points[:, 2] == 1)
    assert wrong.sum() == 0


def test_a_pit_floor_is_seen_through_its_rim() -> None:
    rim, view = Polygon(PIT["rim"]), view_of(PIT["camera"])
    demand = Demand(plane_z_m=PIT["floor_z"], across_px_per_m=PIT["camera"]["min_ppm"])
    floor = visible_floor(view, demand, [], rim, 0.0)
    assert floor.area == pytest.approx(PIT["visible_area_m2"], rel=0.005)
    assert rim.area == pytest.approx(PIT["floor_area_m2"], rel=0.001)


def test_a_camera_below_the_rim_sees_no_floor() -> None:
    pose = Pose(x_m=0, y_m=-5, z_m=-1, azimuth_deg=0, tilt_deg=30)
    assert floor_through_rim(pose, box(-10, 0, 10, 20), 0.0, -8.0).is_empty


def test_the_nominal_sector_of_the_golden_fixture() -> None:
    """GF-2: 90° and 100 m make a quarter disc; 60 px/m at 1,920 px shrink it to 16 m."""
    view = NominalView(x_m=0, y_m=0, azimuth_deg=45, hfov_deg=90, range_m=100, width_px=1920)
    whole = visible(view, Demand(plane_z_m=0, across_px_per_m=0), [])
    assert whole.area == pytest.approx(np.pi * 100**2 / 4, rel=0.001)
    near = visible(view, Demand(plane_z_m=0, across_px_per_m=60), [])
    assert near.area == pytest.approx(np.pi * 16**2 / 4, rel=0.001)


def test_a_full_height_wall_hides_what_the_golden_fixture_says() -> None:
    """GF-3: both sectors of GF-2 with a wall at x = 50 m, y 0–50 m leave 54.30 % of the site."""
    site, wall = box(0, 0, 200, 120), Obstacle(base=box(49.999, 0, 50.001, 50), bottom_m=0, top_m=3)
    views = [
        NominalView(x_m=0, y_m=0, azimuth_deg=45, hfov_deg=90, range_m=100, width_px=1920),
        NominalView(x_m=200, y_m=0, azimuth_deg=315, hfov_deg=90, range_m=100, width_px=1920),
    ]
    demand = Demand(plane_z_m=0, across_px_per_m=0)
    seen = shapely.union_all([visible(view, demand, [wall]) for view in views])
    assert seen.intersection(site).area / site.area == pytest.approx(0.5430, abs=0.001)
    free = shapely.union_all([visible(view, demand, []) for view in views])
    assert free.intersection(site).area / site.area == pytest.approx(0.6545, abs=0.001)
    assert site.area - free.intersection(site).area == pytest.approx(8292, abs=5)


poses = some.builds(
    Pose,
    x_m=some.floats(-50, 50),
    y_m=some.floats(-50, 50),
    z_m=some.floats(2, 30),
    azimuth_deg=some.floats(0, 359.9),
    tilt_deg=some.floats(-5, 85),
    roll_deg=some.floats(-20, 20),
)
lenses = some.builds(
    lambda hfov, k1: Optics(
        hfov_deg=hfov,
        vfov_deg=2 * np.degrees(np.arctan(np.tan(np.radians(hfov) / 2) * 9 / 16)),
        width_px=1920,
        height_px=1080,
        k1=k1,
        range_max_m=200,
    ),
    some.floats(10, 100),
    some.sampled_from([0.0, 0.0, -0.1, -0.28]),
)
demands = some.builds(Demand, plane_z_m=some.floats(0, 1.8), across_px_per_m=some.just(0.0) | some.floats(0.1, 120))
blocks = some.builds(
    lambda x, y, w, h, top: Obstacle(base=box(x, y, x + w, y + h), bottom_m=0.0, top_m=top),
    some.floats(-80, 80),
    some.floats(-80, 80),
    some.floats(1, 30),
    some.floats(1, 30),
    some.floats(1, 40),
)


@given(poses, lenses, demands)
@settings(max_examples=150, deadline=None)
def test_asking_for_more_pixels_never_shows_more_ground(pose: Pose, optics: Optics, demand: Demand) -> None:
    less = seen_ground(pose, optics, demand)
    more = seen_ground(pose, optics, replace(demand, across_px_per_m=demand.across_px_per_m * 1.5 + 1))
    assert more.difference(less).area <= 1e-6 * max(1.0, less.area)


@given(poses, lenses, demands, some.lists(blocks, max_size=4), blocks)
@settings(max_examples=100, deadline=None)
def test_another_obstacle_never_shows_more_ground(
    pose: Pose, optics: Optics, demand: Demand, standing: list[Obstacle], another: Obstacle
) -> None:
    view = ExactView(pose=pose, optics=optics)
    before, after = visible(view, demand, standing), visible(view, demand, [*standing, another])
    assert after.difference(before).area <= 1e-6 * max(1.0, before.area)


@given(poses, lenses, demands, some.floats(0, 360))
@settings(max_examples=100, deadline=None)
def test_turning_the_site_turns_the_footprint(pose: Pose, optics: Optics, demand: Demand, turn_deg: float) -> None:
    ground = seen_ground(pose, optics, demand)
    turned_place = shapely.affinity.rotate(Point(pose.x_m, pose.y_m), -turn_deg, origin=(0, 0))
    turned = replace(pose, x_m=turned_place.x, y_m=turned_place.y, azimuth_deg=pose.azimuth_deg + turn_deg)
    expected = shapely.affinity.rotate(ground, -turn_deg, origin=(0, 0))
    assert seen_ground(turned, optics, demand).symmetric_difference(expected).area <= 1e-6 * max(1.0, ground.area)


@given(poses, lenses, demands)
@settings(max_examples=100, deadline=None)
def test_twice_the_size_at_half_the_demand_is_the_same_picture(pose: Pose, optics: Optics, demand: Demand) -> None:
    ground = seen_ground(pose, optics, demand)
    larger = seen_ground(
        replace(pose, x_m=2 * pose.x_m, y_m=2 * pose.y_m, z_m=2 * pose.z_m),
        replace(optics, range_max_m=2 * optics.range_max_m),
        replace(demand, plane_z_m=2 * demand.plane_z_m, across_px_per_m=demand.across_px_per_m / 2),
    )
    assert larger.area == pytest.approx(4 * ground.area, rel=1e-6, abs=1e-6)


@given(poses, lenses.filter(lambda lens: lens.k1 == 0), demands)
@settings(max_examples=100, deadline=None)
def test_many_footprints_at_once_are_the_same_as_one_by_one(pose: Pose, optics: Optics, demand: Demand) -> None:
    focal = optics.width_px / (2 * np.tan(np.radians(optics.hfov_deg) / 2))
    depth = min(focal / demand.across_px_per_m, optics.range_max_m) if demand.across_px_per_m else optics.range_max_m
    row = [pose.x_m, pose.y_m, pose.z_m, pose.azimuth_deg, pose.tilt_deg, pose.roll_deg, optics.hfov_deg, optics.vfov_deg]
    rings, counts = footprint_rings(np.array([row]), demand.plane_z_m, np.array([depth]))
    one = seen_ground(pose, optics, demand)
    area = Polygon(rings[0, : counts[0]]).area if counts[0] >= 3 else 0.0
    assert area == pytest.approx(one.area, rel=1e-9, abs=1e-9)


def looking_down(z_m: float = 10) -> Pose:
    return Pose(x_m=0, y_m=0, z_m=z_m, azimuth_deg=0, tilt_deg=90)


def test_barrel_distortion_shows_more_ground_than_the_focal_length_says() -> None:
    straight = Optics(hfov_deg=62, vfov_deg=37.3, width_px=1920, height_px=1080, range_max_m=40)
    pose = Pose(x_m=0, y_m=0, z_m=6, azimuth_deg=0, tilt_deg=25)
    demand = Demand(plane_z_m=0, across_px_per_m=0)
    bent = seen_ground(pose, replace(straight, k1=-0.12), demand)
    assert 1.04 < bent.area / seen_ground(pose, straight, demand).area < 1.12


def test_a_fisheye_looking_down_sees_a_disc() -> None:
    lens = Optics(hfov_deg=160, vfov_deg=160, width_px=2048, height_px=2048, range_max_m=60, projection=Projection.EQUIDISTANT)
    ground = seen_ground(looking_down(5), lens, Demand(plane_z_m=0, across_px_per_m=0))
    assert ground.area == pytest.approx(np.pi * (5 * np.tan(np.radians(80))) ** 2, rel=0.002)
    dense = seen_ground(looking_down(5), lens, Demand(plane_z_m=0, across_px_per_m=50))
    far = 2048 / np.radians(160) / 50
    assert dense.area == pytest.approx(np.pi * (far**2 - 25), rel=0.002)


def test_upright_things_are_not_recognised_from_above() -> None:
    lens = Optics(hfov_deg=90, vfov_deg=90, width_px=2000, height_px=2000)
    assert seen_ground(looking_down(), lens, Demand(plane_z_m=0, across_px_per_m=0, depression_max_deg=45)).area == pytest.approx(
        400 - np.pi * 100, rel=0.003
    )


def test_density_along_the_ground_falls_faster_than_across() -> None:
    pose = Pose(x_m=0, y_m=0, z_m=6, azimuth_deg=0, tilt_deg=15)
    lens = Optics(hfov_deg=60, vfov_deg=36, width_px=1920, height_px=1080)
    across = seen_ground(pose, lens, Demand(plane_z_m=0, across_px_per_m=25))
    along = seen_ground(pose, lens, Demand(plane_z_m=0, across_px_per_m=25, along_px_per_m=8))
    far = along.bounds[3]
    depth = far * np.cos(np.radians(15)) + 6 * np.sin(np.radians(15))
    focal = 1920 / (2 * np.tan(np.radians(30)))
    assert focal / depth * 6 / np.hypot(far, 6) == pytest.approx(8, rel=0.01)
    assert along.area < across.area


def test_the_blind_zone_and_the_footprint_touch_and_do_not_overlap() -> None:
    pose = Pose(x_m=0, y_m=0, z_m=8, azimuth_deg=30, tilt_deg=20)
    lens = Optics(hfov_deg=60, vfov_deg=36, width_px=1920, height_px=1080)
    blind, ground = near_blind_zone(pose, lens, 0.0), seen_ground(pose, lens, Demand(plane_z_m=0, across_px_per_m=0))
    assert blind.intersection(ground).area < 1e-9
    assert blind.distance(Point(0, 0)) < 1e-9
    assert near_blind_zone(looking_down(), lens, 0.0).area < 1e-9


def test_density_rings_lie_inside_one_another() -> None:
    pose = Pose(x_m=0, y_m=0, z_m=8, azimuth_deg=30, tilt_deg=20)
    lens = Optics(hfov_deg=60, vfov_deg=36, width_px=1920, height_px=1080)
    far, middle, near = density_rings(pose, lens, 0.0, (25.0, 62.5, 125.0))
    assert far.buffer(1e-6).covers(middle)
    assert middle.buffer(1e-6).covers(near)


def test_what_a_ptz_reaches_is_a_ring_with_a_hole() -> None:
    pose = Pose(x_m=0, y_m=0, z_m=10, azimuth_deg=0, tilt_deg=10)
    lens = Optics(hfov_deg=60, vfov_deg=36, width_px=1920, height_px=1080, range_max_m=150)
    limits = PanLimits(pan_from_deg=0, pan_to_deg=360, tilt_max_deg=45, hfov_narrowest_deg=5)
    ring = pan_reach(pose, lens, limits, Demand(plane_z_m=0, across_px_per_m=25))
    inner = 10 / np.tan(np.radians(63))
    assert len(ring.interiors) == 1
    assert ring.area == pytest.approx(np.pi * (150**2 - 100 - inner**2), rel=0.002)


@pytest.mark.parametrize("top_m", [10.0, 12.0])
def test_a_thing_as_high_as_the_camera_hides_everything_behind_it(top_m: float) -> None:
    pose = Pose(x_m=0, y_m=0, z_m=10, azimuth_deg=0, tilt_deg=20)
    wall = Obstacle(base=box(-5, 20, 5, 21), bottom_m=0, top_m=top_m)
    hidden = shadow(pose, wall, 0.0, 200)
    assert hidden.contains(Point(0, 199))
    assert not hidden.contains(Point(0, 19))


def test_a_camera_on_a_roof_looks_over_it_and_one_inside_sees_nothing() -> None:
    roof = Obstacle(base=box(-5, -5, 5, 5), bottom_m=0, top_m=6)
    above, inside = replace(looking_down(10), tilt_deg=30), replace(looking_down(4), tilt_deg=30)
    assert not shadow(above, roof, 0.0, 100).contains(Point(0, 30))
    assert shadow(inside, roof, 0.0, 100).contains(Point(0, 30))


def test_one_sees_under_a_beam() -> None:
    pose = Pose(x_m=0, y_m=0, z_m=8, azimuth_deg=0, tilt_deg=20)
    beam = Obstacle(base=box(-5, 20, 5, 21), bottom_m=4, top_m=6)
    assert not shadow(pose, beam, 0.0, 200).contains(Point(0, 25))
    assert shadow(pose, beam, 0.0, 200).contains(Point(0, 60))


def test_the_shadow_of_a_bent_wall_is_that_of_its_parts() -> None:
    pose = Pose(x_m=0, y_m=0, z_m=8, azimuth_deg=0, tilt_deg=20)
    bent = Polygon([(-10, 20), (10, 20), (10, 40), (8, 40), (8, 22), (-10, 22)])
    hidden = shadow(pose, Obstacle(base=bent, bottom_m=0, top_m=2), 0.0, 200)
    assert not hidden.contains(Point(-2, 36))
    assert hidden.contains(Point(0, 24))
