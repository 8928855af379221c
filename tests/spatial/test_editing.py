"""Drawing commands, differences of plots, and places along an alignment."""

from __future__ import annotations

import pytest
from hypothesis import given
from shapely import LineString, Point, Polygon, box

from spatial.crs import SourceCrs, geometry_to_storage
from spatial.diff import diff_plots
from spatial.editing import run_command
from spatial.errors import ChainageUnreadable, CommandImpossible
from spatial.frames import site_frame
from spatial.geodesy import (
    area_m2,
    chainage_of,
    corridor,
    distance_m,
    format_chainage,
    length_m,
    parse_chainage,
    point_at_chainage,
)
from spatial.geojson import parse_geometry, to_geojson
from spatial.plan_layers import PlanLayer
from spatial.plots import Plot, PlotFeature
from tests.strategies import simple_polygons


def plane(shape: object) -> object:
    return geometry_to_storage(shape, SourceCrs.EPSG4549)


SITE = plane(box(640000, 3457000, 640200, 3457120))


@given(simple_polygons())
def test_the_pieces_of_a_split_add_up_to_the_whole(polygon: Polygon) -> None:
    west, south, east, north = polygon.bounds
    line = LineString([(west - 0.001, (south + north) / 2), (east + 0.001, (south + north) / 2)])
    pieces = run_command("split", [polygon, line], {})
    assert len(pieces) >= 2
    # pieces are stored to a millimetre, corner by corner
    assert sum(area_m2(piece) for piece in pieces) == pytest.approx(area_m2(polygon), rel=1e-5, abs=0.1)


def test_a_line_that_does_not_cross_splits_nothing() -> None:
    with pytest.raises(CommandImpossible):
        run_command("split", [SITE, plane(LineString([(640010, 3457010), (640020, 3457020)]))], {})


def test_merging_neighbours_keeps_their_area() -> None:
    other = plane(box(640200, 3457000, 640300, 3457120))
    [merged] = run_command("merge", [SITE, other], {})
    assert area_m2(merged) == pytest.approx(area_m2(SITE) + area_m2(other), rel=1e-9)
    with pytest.raises(CommandImpossible):
        run_command("merge", [SITE, plane(box(640500, 3457000, 640600, 3457120))], {})


def test_an_offset_moves_every_edge() -> None:
    [larger] = run_command("offset", [SITE], {"distance_m": 5.0})
    frame = site_frame(SITE)
    west, south, east, north = frame.to_local(larger).bounds
    inner = frame.to_local(SITE).bounds
    assert (inner[0] - west, inner[1] - south, east - inner[2], north - inner[3]) == pytest.approx((5, 5, 5, 5), abs=0.15)
    with pytest.raises(CommandImpossible):
        run_command("offset", [SITE], {"distance_m": -80.0})


def test_clipping_ends_where_the_neighbour_begins() -> None:
    [clipped] = run_command("clip", [SITE, plane(box(640150, 3456900, 640400, 3457300))], {})
    assert area_m2(clipped) == pytest.approx(18_000, rel=0.002)


def test_a_corridor_of_ten_kilometres_and_its_chainage() -> None:
    line = plane(LineString([(640000, 3457000), (645000, 3457000), (650000, 3457000)]))
    assert area_m2(corridor(line, 40.0)) == pytest.approx(0.40e6, rel=0.005)
    here = point_at_chainage(line, 3250.0)
    scale = length_m(line) / 10_000
    assert distance_m(here, plane(Point(640000 + 3250 / scale, 3457000))) < 1.0
    assert chainage_of(line, here) == pytest.approx(3250.0, abs=0.05)


@pytest.mark.parametrize(("metres", "text"), [(3250.0, "K3+250"), (0.0, "K0+000"), (12003.5, "K12+003.5")])
def test_chainage_is_written_and_read(metres: float, text: str) -> None:
    assert format_chainage(metres) == text
    assert parse_chainage(text) == metres
    assert parse_chainage(f"D{text.lower()}") == metres
    with pytest.raises(ChainageUnreadable):
        parse_chainage("K3")


@given(simple_polygons())
def test_equal_plots_do_not_differ(polygon: Polygon) -> None:
    plot = Plot(features=(PlotFeature(key="a", layer=PlanLayer.BOUNDARY, geometry=polygon),))
    found = diff_plots(plot, plot)
    assert (found.features, found.area_delta_m2) == ((), 0.0)


def test_a_difference_tells_what_came_went_and_changed() -> None:
    def one(key: str, width: float) -> PlotFeature:
        return PlotFeature(key=key, layer=PlanLayer.BOUNDARY, geometry=plane(box(640000, 3457000, 640000 + width, 3457120)))

    found = diff_plots(Plot(features=(one("a", 200), one("gone", 50))), Plot(features=(one("a", 230), one("new", 50))))
    assert {(part.key, part.change) for part in found.features} == {("a", "changed"), ("gone", "removed"), ("new", "added")}
    changed = next(part for part in found.features if part.key == "a")
    assert changed.area_delta_m2 == pytest.approx(3600, rel=0.002)


@given(simple_polygons())
def test_geojson_comes_back_within_a_tenth_of_a_millimetre(polygon: Polygon) -> None:
    back = parse_geometry(to_geojson(polygon))
    assert back.equals_exact(polygon, 1e-9)
