"""Reference systems against the golden table, and round trips as properties."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from spatial.crs import SourceCrs, from_storage, geometry_from_storage, geometry_to_storage, to_storage
from spatial.errors import LocalGridNeedsControlPoints, NumbersNotFinite
from spatial.frames import meridian_convergence_deg, site_frame, too_long_for_one_frame
from spatial.geodesy import GRS80, area_m2, distance_m
from spatial.helmert import fit_helmert
from spatial.shift import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02
from tests.strategies import shanghai_points, simple_polygons

GOLDEN = json.loads((Path(__file__).parent / "golden" / "crs.json").read_text())
ROUND_TRIP = [crs for crs in SourceCrs if crs is not SourceCrs.LOCAL]


@pytest.mark.parametrize("row", GOLDEN)
@pytest.mark.parametrize(
    ("crs", "column", "digits"),
    [(SourceCrs.GCJ02, "gcj02", 6e-10), (SourceCrs.BD09, "bd09", 6e-10), (SourceCrs.EPSG4549, "epsg4549", 6e-4)],
)
def test_the_golden_table_is_met_to_its_last_digit(
    row: dict[str, list[float]], crs: SourceCrs, column: str, digits: float
) -> None:
    found = np.ravel(from_storage([row["wgs84"][0]], [row["wgs84"][1]], crs))
    assert np.abs(found - row[column]).max() <= digits


@given(shanghai_points(), st.sampled_from(ROUND_TRIP))
def test_every_system_comes_back_within_a_micrometre_or_a_millimetre_on_the_plane(point: Point, crs: SourceCrs) -> None:
    x, y = from_storage([point.x], [point.y], crs)
    lon, lat = to_storage(x, y, crs)
    assert distance_m(point, Point(lon[0], lat[0])) < (1e-3 if crs.value.startswith("epsg") else 1e-6)


def test_points_outside_china_are_not_shifted() -> None:
    for lon, lat in [(-0.12, 51.5), (139.7, 35.7), (121.5, 0.2)]:
        assert np.ravel(wgs84_to_gcj02(lon, lat)).tolist() == [lon, lat]
        assert np.ravel(gcj02_to_bd09(lon, lat)).tolist() == [lon, lat]


def test_the_shift_at_shanghai_is_what_the_design_says() -> None:
    lon, lat = wgs84_to_gcj02(121.4737, 31.2304)
    away = GRS80.inv(121.4737, 31.2304, float(lon), float(lat))[2]
    assert 472 <= away <= 485


def test_a_city_of_points_comes_back_through_both_shifts() -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(120.85, 122.25, 20_000), rng.uniform(30.65, 31.9, 20_000)
    gcj = wgs84_to_gcj02(lon, lat)
    back = gcj02_to_wgs84(*bd09_to_gcj02(*gcj02_to_bd09(*gcj)))
    assert GRS80.inv(lon, lat, *back)[2].max() < 1e-6


def test_gf4_the_same_rectangle_in_three_measures() -> None:
    rectangle = geometry_to_storage(box(640000, 3457000, 640200, 3457100), SourceCrs.EPSG4549)
    assert area_m2(rectangle) == pytest.approx(19_990, abs=1)
    assert geometry_from_storage(rectangle, SourceCrs.EPSG4549).area == pytest.approx(20_000, abs=1e-3)
    assert geometry_from_storage(rectangle, SourceCrs.WEB_MERCATOR).area == pytest.approx(27_423, abs=40)


@given(simple_polygons())
def test_the_site_frame_measures_like_the_ellipsoid(polygon: object) -> None:
    frame = site_frame(polygon)
    assert frame.to_local(polygon).area == pytest.approx(area_m2(polygon), rel=1e-6)


@given(shanghai_points(), shanghai_points())
def test_frames_come_back_within_a_millimetre(centre: Point, point: Point) -> None:
    frame = site_frame(centre)
    assert distance_m(point, frame.to_storage(frame.to_local(point))) < 1e-3


def test_the_meridian_convergence_has_opposite_signs_in_the_two_zones() -> None:
    assert meridian_convergence_deg(121.5, 31.2, 120.0) == pytest.approx(0.777, abs=0.003)
    assert meridian_convergence_deg(121.5, 31.2, 123.0) == pytest.approx(-0.777, abs=0.003)


def test_a_site_of_ten_kilometres_does_not_fit_one_frame() -> None:
    long = geometry_to_storage(box(630000, 3457000, 641000, 3457040), SourceCrs.EPSG4549)
    assert too_long_for_one_frame(long)
    assert not too_long_for_one_frame(geometry_to_storage(box(640000, 3457000, 641000, 3457040), SourceCrs.EPSG4549))


def test_a_local_grid_is_tied_by_control_points_and_keeps_its_residuals() -> None:
    local = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 80.0], [0.0, 80.0]])
    turn = np.radians(12.5)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    plane = 1.0002 * local @ rotation.T + [640_000, 3_457_000]
    grid = fit_helmert(local, plane)
    assert max(grid.residuals_m) < 1e-6
    assert (grid.scale, grid.rotation_deg) == pytest.approx((1.0002, 12.5))
    lon, lat = to_storage([50.0], [40.0], SourceCrs.LOCAL, grid)
    assert np.ravel(from_storage(lon, lat, SourceCrs.LOCAL, grid)) == pytest.approx([50.0, 40.0], abs=1e-3)
    assert not fit_helmert(local[:2], plane[:2]).proven


def test_a_local_grid_without_control_points_and_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(LocalGridNeedsControlPoints):
        to_storage([1.0], [1.0], SourceCrs.LOCAL)
    with pytest.raises(NumbersNotFinite):
        to_storage([float("nan")], [1.0], SourceCrs.EPSG4549)
