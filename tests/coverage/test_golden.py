"""Coverage against the referee's answers and the golden fixtures, by both twins."""

from __future__ import annotations

import pytest
from shapely import LineString, MultiPoint, Point, Polygon, box

from coverage.kernel.measuring import measure_packed
from coverage.kernel.packing import pack
from coverage.states import GapCause, Measure
from coverage.watched import Watched, WatchedScene, Watcher
from coverage.watching import measure_site
from sites.cameras.states import CameraTag, Level
from sites.cameras.surroundings import Standing
from spatial.cameras.values import Demand, Optics, Pose
from spatial.cameras.views import ExactView, visible_floor
from tests.coverage.golden import (
    GF1,
    GF2_A,
    GF2_B,
    GF3_WALL,
    catalogue,
    element,
    referee,
    scene,
    standing,
    surroundings,
    watcher,
)

ANYWHERE = element("E10")
LENS = Optics(hfov_deg=90, vfov_deg=58.7, width_px=3840, height_px=2160, range_max_m=200)


def down(x_m: float = 0, y_m: float = 0, z_m: float = 10, tilt_deg: float = 90) -> ExactView:
    return ExactView(pose=Pose(x_m=x_m, y_m=y_m, z_m=z_m, azimuth_deg=0, tilt_deg=tilt_deg), optics=LENS)


def measured(
    scenes: list[WatchedScene], watchers: list[Watcher], *elements: object, things: tuple[Standing, ...] = (), live: bool = False
) -> list[Watched]:
    asked = catalogue(list(elements) or [ANYWHERE])  # type: ignore[arg-type]
    return measure_site(surroundings(*things), scenes, watchers, asked, live=live)


@pytest.mark.parametrize("compiled", [True, False])
def test_every_share_is_the_referees(compiled: bool) -> None:
    around, scenes, watchers, asked, answers = referee()
    packed = pack(around, scenes, watchers, asked, live=False)
    found = measure_packed(packed.site, compiled=compiled)
    shares = {
        (one.scene.scene_id, one.element.code): found.stages[number, 0] / found.total[number]
        for number, one in enumerate(packed.asked)
    }
    assert shares.keys() == answers.keys()
    wrong = {key: (shares[key], answers[key]) for key in answers if abs(shares[key] - answers[key]) > 0.002}
    assert wrong == {}


def test_the_golden_site_is_covered_as_the_fixtures_say() -> None:
    both = [watcher(1, GF2_A, "gate"), watcher(2, GF2_B, "gate")]
    edge, dense = element("E11", measure=Measure.LENGTH), element("E12", 60.0)
    area, perimeter, near = measured([scene(1, GF1)], both, ANYWHERE, edge, dense)
    assert area.share == pytest.approx(0.6545, abs=0.001)
    assert area.total - area.covered == pytest.approx(8292, abs=5)
    assert perimeter.share == pytest.approx(0.6250, abs=0.0005)
    assert near.share == pytest.approx(0.0168, abs=0.0001)
    assert (area.camera_ids, area.total) == ((1, 2), pytest.approx(24_000))
    assert [one.share for one in measured([scene(1, GF1)], both[:1])] == [pytest.approx(0.3272, abs=0.001)]
    walled = measured([scene(1, GF1)], both, things=(GF3_WALL,))[0]
    assert walled.share == pytest.approx(0.5430, abs=0.001)
    assert walled.causes[GapCause.OCCLUDED] == pytest.approx((0.6545 - 0.5430) * 24_000, rel=0.01)


def test_a_tag_taken_off_leaves_half_and_says_so() -> None:
    one = measured([scene(1, GF1)], [watcher(1, GF2_A, "gate"), watcher(2, GF2_B)])[0]
    assert one.share == pytest.approx(0.3272, abs=0.001)
    assert one.causes[GapCause.TAG_MISSING] == pytest.approx(7854, rel=0.001)
    assert one.camera_ids == (1,)


def test_a_camera_off_line_counts_as_nominal_and_not_as_live() -> None:
    both = [watcher(1, GF2_A, "gate"), watcher(2, GF2_B, "gate", online=False)]
    assert measured([scene(1, GF1)], both)[0].share == pytest.approx(0.6545, abs=0.001)
    live = measured([scene(1, GF1)], both, live=True)[0]
    assert live.share == pytest.approx(0.3272, abs=0.001)
    assert live.causes[GapCause.OFFLINE] == pytest.approx(7854, rel=0.001)


def test_patrols_and_drafts_cover_nothing_and_cause_nothing() -> None:
    idle = [watcher(1, GF2_A, "gate", continuous=False), watcher(2, None, "gate")]
    one = measured([scene(1, GF1)], idle)[0]
    assert (one.covered, one.camera_ids) == (0.0, ())
    assert one.causes == {GapCause.OUT_OF_RANGE: pytest.approx(24_000)}


def test_levels_never_join_save_over_the_rim_of_a_pit() -> None:
    pit = scene(1, box(-20, -15, 20, 15), level=Level.PIT, ground_z_m=-8.0)
    tunnel = scene(2, box(-20, -15, 20, 15), level=Level.TUNNEL)
    above, below = watcher(1, down(0, -18, 6, 40), "gate"), watcher(2, down(0, -10, -2, 40), "gate", level=Level.PIT)
    floor, face = measured([pit, tunnel], [above])
    view = above.view
    assert isinstance(view, ExactView)
    seen = visible_floor(view, Demand(plane_z_m=-8.0, across_px_per_m=0), [], box(-20, -15, 20, 15), 0.0)
    assert 0 < floor.covered == pytest.approx(seen.area, rel=0.003)
    assert face.covered == 0.0
    assert measured([pit], [below])[0].camera_ids == (2,)


#: Slanted, so that no corner is a round number and rounding decides about lines that lie on one another.
YARD = Polygon([(-20.3, -14.7), (19.1, -16.2), (21.7, 15.4), (-18.8, 13.9)])


def test_the_edge_of_a_pit_is_drawn_as_long_as_it_is_counted_though_it_is_where_the_floor_ends() -> None:
    pit = scene(1, YARD, level=Level.PIT, ground_z_m=-3.0)
    edge = element("E06", 40.0, measure=Measure.LENGTH, plane_z_m=0.6)
    eyes = [watcher(1, down(0, -18, 6, 40), "gate"), watcher(2, down(14, -18, 8, 35), "road")]
    one = measured([pit], eyes, edge)[0]
    assert one.covered > 10
    assert one.causes[GapCause.TAG_MISSING] > 5
    drawn = {gap.cause: gap.shape.length for gap in one.gaps}
    assert drawn == pytest.approx(dict(one.causes), abs=0.1)
    assert one.covered_shape.length == pytest.approx(one.covered, abs=0.1)


def test_nobody_knows_what_a_nominal_camera_sees_of_a_pit() -> None:
    pit = scene(1, box(10, 10, 40, 40), level=Level.PIT, ground_z_m=-8.0)
    one = measured([pit], [watcher(1, GF2_A, "gate")])[0]
    assert one.covered == 0.0
    assert one.causes == {GapCause.OCCLUDED: pytest.approx(900)}


def test_ground_under_a_building_is_not_there_to_be_watched_unless_it_is_the_scene() -> None:
    hall = standing(box(0, 0, 10, 10), 6.0, "hall")
    yard = measured([scene(1, box(-10, 0, 10, 10))], [], things=(hall,))[0]
    assert yard.total == pytest.approx(100)
    itself = measured([scene(1, box(0, 0, 10, 10))], [], things=(hall,))[0]
    assert itself.total == pytest.approx(100)
    named = measured([scene(1, box(0, 0, 10, 12), plan_key="hall")], [watcher(1, down(5, 5, 20), "gate")], things=(hall,))[0]
    assert (named.total, named.share) == (pytest.approx(120), pytest.approx(1.0))


def test_only_what_is_dense_enough_hides() -> None:
    net, wall = (standing(box(5, -20, 6, 20), 30.0, "x", opacity=opacity) for opacity in (0.4, 0.5))
    ground = [scene(1, box(6, -4, 9, 4))]
    camera = [watcher(1, down(), "gate")]
    assert measured(ground, camera, things=(net,))[0].share == pytest.approx(1.0)
    assert measured(ground, camera, things=(wall,))[0].share == pytest.approx(0.0)


def test_two_cameras_are_needed_where_two_are_asked_for() -> None:
    pair = element("E15", cameras_needed=2)
    one, two, both = (watcher(1, down(-5), "gate"), watcher(2, down(5), "gate"), watcher(3, down(5), "gate", online=False))
    strip = [scene(1, box(-5, -4, 5, 4))]
    assert measured(strip, [one], pair)[0].covered == 0.0
    assert measured(strip, [one, two], pair)[0].share == pytest.approx(1.0)
    assert measured(strip, [one, both], pair, live=True)[0].causes == {GapCause.OFFLINE: pytest.approx(80)}


def test_where_there_is_nothing_to_measure_nothing_is_said() -> None:
    nothing = Polygon([(0, 0), (10, 0), (5, 0)])
    one = measured([scene(1, nothing)], [watcher(1, down(), "gate")])[0]
    assert (one.share, one.met, one.total) == (None, None, 0.0)


def test_places_are_counted_and_lines_measured() -> None:
    gates = element("E14", measure=Measure.COUNT)
    fence = element("E13", measure=Measure.LENGTH)
    counted = measured([scene(1, MultiPoint([(0, 0), (3, 3), (90, 90)]))], [watcher(1, down(), "gate")], gates)[0]
    assert (counted.total, counted.covered) == (3.0, 2.0)
    line = measured([scene(1, LineString([(-20, 0), (20, 0)]))], [watcher(1, down(), "gate")], fence)[0]
    assert (line.total, line.covered) == (pytest.approx(40), pytest.approx(20, abs=0.03))
    around = measured([scene(1, Point(0, 0))], [watcher(1, down(), "gate")])[0]
    assert around.total == pytest.approx(200.9, rel=0.01)


def test_scenes_that_overlap_are_each_counted_on_their_own() -> None:
    same = [scene(1, box(-4, -4, 4, 4)), scene(2, box(-4, -4, 4, 4))]
    assert [one.covered for one in measured(same, [watcher(1, down(), "gate")])] == [pytest.approx(64), pytest.approx(64)]


def test_the_causes_name_what_stops_the_best_camera() -> None:
    wall = standing(box(20, -60, 20.2, 60), 3.0, "wall")
    look = ExactView(pose=Pose(x_m=0, y_m=0, z_m=6, azimuth_deg=90, tilt_deg=20), optics=LENS)
    near, far = element("E10", 0.0), element("E11", 400.0)
    boxes = (box(21, -2, 24, 2), box(12, -2, 18, 2), box(-40, -2, -30, 2), box(600, 0, 610, 9))
    behind = [scene(number, shape) for number, shape in enumerate(boxes, start=1)]
    found = measured(behind, [watcher(1, look, "gate")], near, far, things=(wall,))
    main = {(one.scene.scene_id, one.element.code): max(one.causes, key=one.causes.__getitem__, default=None) for one in found}
    assert main[1, "E10"] is GapCause.OCCLUDED
    assert main[2, "E10"] is None
    assert main[2, "E11"] is GapCause.DENSITY_LOW
    assert main[3, "E10"] is GapCause.OUT_OF_VIEW
    assert main[4, "E10"] is GapCause.OUT_OF_RANGE


def test_a_catalogue_binds_tags_to_elements() -> None:
    asked = catalogue([ANYWHERE, element("E11")], {CameraTag.GATE: ("E10",), CameraTag.YARD: ("E11",)})
    found = measure_site(surroundings(), [scene(1, box(-4, -4, 4, 4))], [watcher(1, down(), "yard")], asked, live=False)
    assert [one.share for one in found] == [0.0, pytest.approx(1.0)]
