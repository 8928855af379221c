"""The plot rules: each refuses what it should, names the place, and lets sound plots pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box, transform
from shapely.geometry.base import BaseGeometry

from spatial.crs import SourceCrs, geometry_to_storage
from spatial.geodesy import distance_m
from spatial.plan_layers import PlanLayer
from spatial.plots import DevicePlace, Neighbour, Plot, PlotContext, PlotFeature, Remark, Severity
from spatial.shift import wgs84_to_gcj02
from spatial.validity import check_plot, normalise
from tests.strategies import simple_polygons


def plane(shape: BaseGeometry) -> BaseGeometry:
    return geometry_to_storage(shape, SourceCrs.EPSG4549)


def at(x: float, y: float) -> tuple[float, float]:
    return (640_000 + x, 3_457_000 + y)


def rectangle(x: float, y: float, width: float, height: float) -> BaseGeometry:
    return plane(box(*at(x, y), *at(x + width, y + height)))


def part(layer: PlanLayer, shape: BaseGeometry, key: str = "", **attributes: Any) -> PlotFeature:
    return PlotFeature(key=key or layer.value, layer=layer, geometry=shape, attributes=attributes)


SITE = part(PlanLayer.BOUNDARY, rectangle(0, 0, 200, 120))


def remarks(*features: PlotFeature, **context: Any) -> list[Remark]:
    return check_plot(Plot(features=features), PlotContext(**context))


def rules(found: Sequence[Remark]) -> list[str]:
    return [remark.rule for remark in found]


def only(found: Sequence[Remark], rule: str) -> Remark:
    assert rules(found) == [rule]
    return found[0]


def test_a_sound_plot_has_no_remarks() -> None:
    assert remarks(SITE, part(PlanLayer.GATE, plane(Point(at(0, 60))))) == []


@given(simple_polygons())
def test_p01_never_finds_a_crossing_in_a_simple_polygon(polygon: Polygon) -> None:
    found = remarks(part(PlanLayer.BOUNDARY, polygon))
    assert "P01" not in rules(found)


@given(simple_polygons(), st.integers(0, 12))
def test_p01_agrees_with_geos_when_two_corners_change_places(polygon: Polygon, first: int) -> None:
    ring = list(polygon.exterior.coords)[:-1]
    i, j = first % len(ring), (first + 2) % len(ring)
    ring[i], ring[j] = ring[j], ring[i]
    swapped = Polygon(ring)
    found = [remark for remark in remarks(part(PlanLayer.BOUNDARY, swapped)) if remark.rule == "P01"]
    assert bool(found) == (not swapped.is_valid)


def test_p01_names_the_crossing() -> None:
    bowtie = plane(Polygon([at(0, 0), at(200, 120), at(200, 0), at(0, 120)]))
    found = only(remarks(part(PlanLayer.BOUNDARY, bowtie)), "P01")
    assert found.severity is Severity.ERROR
    assert found.geometry is not None
    assert distance_m(found.geometry, plane(Point(at(100, 60)))) < 0.01


def test_p01_sees_a_line_that_turns_back_over_itself() -> None:
    line = LineString([(121.47, 31.23), (121.48, 31.23), (121.475, 31.23), (121.475, 31.24)])
    assert "P01" in rules(remarks(part(PlanLayer.HOARDING, line)))


def test_p02_a_polygon_without_a_surface_is_refused() -> None:
    flat = plane(Polygon([at(0, 0), at(100, 0), at(200, 0)]))
    assert "P02" in rules(remarks(part(PlanLayer.BOUNDARY, flat)))


def test_p03_offers_the_swap_of_longitude_and_latitude() -> None:
    swapped = transform(SITE.geometry, lambda points: points[:, ::-1])
    found = only(remarks(part(PlanLayer.BOUNDARY, swapped)), "P03")
    assert found.fix is not None
    assert found.fix.equals_exact(SITE.geometry, 1e-12)
    beijing = transform(SITE.geometry, lambda points: points + [-5.0, 8.7])
    assert only(remarks(part(PlanLayer.BOUNDARY, beijing)), "P03").fix is None


def test_p04_asks_only_when_the_shape_sits_where_gcj02_throws_it() -> None:
    address = SITE.geometry.centroid
    lon, lat = wgs84_to_gcj02(address.x, address.y)
    shifted = transform(SITE.geometry, lambda points: points + [float(lon) - address.x, float(lat) - address.y])
    found = only(remarks(part(PlanLayer.BOUNDARY, shifted), registered_location=address), "P04")
    assert found.severity is Severity.WARNING
    assert found.fix is not None
    assert distance_m(found.fix.centroid, address) < 1
    elsewhere = rectangle(480, 0, 200, 120)
    assert remarks(part(PlanLayer.BOUNDARY, elsewhere), registered_location=address) == []


@pytest.mark.parametrize(("registered", "expected"), [(24_000.0, []), (19_000.0, ["P05"]), (30_500.0, ["P05"]), (None, [])])
def test_p05_compares_with_the_registered_area(registered: float | None, expected: list[str]) -> None:
    assert rules(remarks(SITE, registered_area_m2=registered)) == expected


@pytest.mark.parametrize(("overlap_m", "severity"), [(1.0, None), (6.0, Severity.WARNING), (20.0, Severity.ERROR)])
def test_p06_weighs_the_overlap_with_a_neighbour(overlap_m: float, severity: Severity | None) -> None:
    neighbour = Neighbour(site_id=7, name="邻近工地", geometry=rectangle(200 - overlap_m, 0, 200, 120))
    found = remarks(SITE, neighbours=(neighbour,))
    assert [remark.severity for remark in found] == ([severity] if severity else [])
    if found:
        assert found[0].params["percent"] == pytest.approx(overlap_m / 2, abs=0.1)
        assert found[0].fix is not None


def test_p07_lets_nothing_lie_more_than_a_metre_outside() -> None:
    assert remarks(SITE, part(PlanLayer.YARD, rectangle(-0.5, 10, 20, 20))) == []
    assert rules(remarks(SITE, part(PlanLayer.YARD, rectangle(-5, 10, 20, 20)))) == ["P07"]


def test_p07_a_crane_may_reach_over_and_its_neighbours_are_named() -> None:
    crane = part(PlanLayer.TOWER_CRANE, plane(Point(at(190, 60))), radius_m=40.0)
    neighbour = Neighbour(site_id=7, name="邻近工地", geometry=rectangle(210, 0, 100, 120))
    found = only(remarks(SITE, crane, neighbours=(neighbour,)), "P07")
    assert (found.severity, found.params["names"]) == (Severity.WARNING, "邻近工地")


def test_p08_a_gate_stands_at_the_edge() -> None:
    assert rules(remarks(SITE, part(PlanLayer.GATE, plane(Point(at(50, 60)))))) == ["P08"]


def test_p09_a_gap_in_the_hoarding_is_a_gate_or_a_mistake() -> None:
    hoarding = part(PlanLayer.HOARDING, plane(LineString([at(0, 5), at(0, 120), at(200, 120), at(200, 0), at(0, 0)])))
    gate = part(PlanLayer.GATE, plane(Point(at(0, 2.5))))
    assert remarks(SITE, hoarding, gate) == []
    found = only(remarks(SITE, hoarding), "P09")
    assert found.params["gap_m"] == pytest.approx(5.0, abs=0.1)


def test_p10_offers_the_shape_without_doubled_vertices() -> None:
    doubled = plane(Polygon([at(0, 0), at(200, 0), at(200, 0.02), at(200, 120), at(0, 120)]))
    found = only(remarks(part(PlanLayer.BOUNDARY, doubled)), "P10")
    assert found.fix is not None
    assert len(found.fix.exterior.coords) == 5


def test_p11_zones_do_not_overlap() -> None:
    zones = [
        part(PlanLayer.PHASE_ZONE, rectangle(10, 10, 60, 60), "a"),
        part(PlanLayer.PHASE_ZONE, rectangle(60, 10, 60, 60), "b"),
    ]
    found = only(remarks(SITE, *zones), "P11")
    assert found.params["overlap_m2"] == pytest.approx(600, rel=0.01)
    beside = [zones[0], part(PlanLayer.PHASE_ZONE, rectangle(70, 10, 60, 60), "b")]
    assert remarks(SITE, *beside) == []


def test_p12_names_the_missing_layers() -> None:
    found = only(remarks(SITE, mandatory_layers=frozenset({PlanLayer.BOUNDARY, PlanLayer.GATE, PlanLayer.PIT})), "P12")
    assert found.params["layers"] == ["gate", "pit"]


def test_p13_a_device_stands_near_the_site() -> None:
    near, far = (DevicePlace(id=n, name=f"C{n}", geometry=plane(Point(at(x, 60)))) for n, x in ((1, -20), (2, -60)))
    found = only(remarks(SITE, devices=(near, far)), "P13")
    assert (found.params["name"], found.params["distance_m"]) == ("C2", 60)


def test_p14_no_spikes() -> None:
    spike = plane(Polygon([at(0, 0), at(200, 0), at(200, 120), at(100, 120), at(100.2, 400), at(100.1, 120), at(0, 120)]))
    assert "P14" in rules(remarks(part(PlanLayer.BOUNDARY, spike)))


def test_p15_at_most_five_thousand_vertices() -> None:
    circle = plane(Point(at(100, 60)).buffer(50, quad_segs=1300))
    assert rules(remarks(part(PlanLayer.BOUNDARY, circle))) == ["P15"]


def test_p16_ring_order_is_put_right_silently() -> None:
    clockwise = part(PlanLayer.BOUNDARY, SITE.geometry.reverse())
    found = remarks(clockwise)
    assert [remark.severity for remark in found] in ([], [Severity.FIXED])
    assert normalise(Plot(features=(clockwise,))).features[0].geometry.exterior.is_ccw


def test_p17_attributes_have_ranges() -> None:
    crane = part(PlanLayer.TOWER_CRANE, plane(Point(at(100, 60))))
    assert rules(remarks(SITE, crane)) == ["P17"]
    assert rules(remarks(SITE, part(PlanLayer.PIT, rectangle(20, 20, 60, 40), depth_m=500.0))) == ["P17"]


@given(simple_polygons())
def test_normalising_changes_no_area(polygon: Polygon) -> None:
    plot = Plot(features=(part(PlanLayer.BOUNDARY, polygon.reverse()),))
    assert normalise(plot).features[0].geometry.area == pytest.approx(polygon.area, rel=1e-12)
