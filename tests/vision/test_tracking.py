from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.vision_tracking import LONG_S, PEOPLE, TRUE, follow, tilted, walk
from vision.demo.stage import Body, seen
from vision.looks import Box, Detection
from vision.tracking import GroundTracker


def people(*places: tuple[float, float]) -> list[Detection]:
    return seen(TRUE, [Body(kind="person", x_m=x, y_m=y) for x, y in places])


@pytest.mark.parametrize("seed", range(4))
def test_six_walkers_at_one_look_a_second_stay_six(seed: int) -> None:
    found = follow(TRUE, walk(seed, 1.0), 1.0)
    assert found["identities"] <= 1.2 * PEOPLE
    assert found["majority_share"] >= 0.85


@pytest.mark.parametrize(("azimuth_deg", "tilt_deg"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_pose_a_degree_off_does_not_make_new_people(azimuth_deg: float, tilt_deg: float) -> None:
    assert follow(tilted(azimuth_deg, tilt_deg), walk(0, 1.0), 1.0)["identities"] <= 1.5 * PEOPLE


def test_twelve_walkers_in_the_same_yard_are_not_counted_twice_over() -> None:
    assert follow(TRUE, walk(5, 1.0, people=12), 1.0)["identities"] <= 1.2 * 12


def test_two_people_who_cross_keep_who_they_are() -> None:
    tracker, seen_as = GroundTracker(TRUE), {"north": set(), "south": set()}
    for second in range(12):
        look = tracker.look(second, people((20.0, -6 + second), (20.8, 6 - second)))
        assert look
        by_x = sorted(look.things, key=lambda one: one.place.x_m)
        seen_as["north"].add(by_x[0].track)
        seen_as["south"].add(by_x[1].track)
    assert seen_as["north"].isdisjoint(seen_as["south"])
    assert [len(one) for one in seen_as.values()] == [1, 1]


def test_somebody_who_is_gone_for_longer_than_tracks_are_kept_comes_back_as_somebody_else() -> None:
    tracker = GroundTracker(TRUE)
    first = tracker.look(0, people((20, 0))).things[0].track
    assert tracker.look(5, people((20, 0))).things[0].track == first
    assert tracker.look(20, people((20, 0))).things[0].track != first


def test_a_jump_nobody_can_make_starts_a_new_track() -> None:
    tracker = GroundTracker(TRUE)
    first = tracker.look(0, people((20, 0))).things[0].track
    assert tracker.look(1, people((20, 9))).things[0].track != first


def test_a_person_is_never_continued_as_a_vehicle() -> None:
    tracker = GroundTracker(TRUE)
    first = tracker.look(0, people((20, 0))).things[0].track
    truck = seen(TRUE, [Body(kind="dump_truck", x_m=20, y_m=0)])
    assert tracker.look(1, truck).things[0].track != first


def test_a_lorry_read_as_another_lorry_stays_one_track() -> None:
    tracker, tracks = GroundTracker(TRUE), set()
    for second, kind in enumerate(["dump_truck", "mixer_truck", "dump_truck"]):
        size = (7.2, 2.4, 2.8)
        tracks.add(tracker.look(second, seen(TRUE, [Body(kind=kind, x_m=25, y_m=second, size_m=size)])).things[0].track)
    assert len(tracks) == 1


def test_a_walker_is_measured_to_walk_as_fast_as_they_do() -> None:
    tracker = GroundTracker(TRUE)
    for second in range(10):
        look = tracker.look(second, people((15, -6 + 1.3 * second)))
    assert look.things[0].speed_m_per_s == pytest.approx(1.3, abs=0.15)


def test_a_look_that_is_not_newer_than_the_last_is_no_look() -> None:
    tracker = GroundTracker(TRUE)
    assert tracker.look(10, []) is not None
    assert tracker.look(10, []) is None
    assert tracker.look(9, []) is None
    assert tracker.look(float("nan"), []) is None


def test_a_foot_above_the_horizon_has_no_place_and_no_track() -> None:
    sky = Detection(kind="person", score=0.9, box=Box(x1=600, y1=0, x2=620, y2=20))
    thing = GroundTracker(TRUE).look(0, [sky]).things[0]
    assert (thing.place, thing.track) == (None, None)


def test_a_place_is_known_worse_the_farther_it_is() -> None:
    near, far = GroundTracker(TRUE).look(0, people((12, 0), (38, 0))).things
    near, far = sorted([near, far], key=lambda one: one.place.x_m)
    assert near.place.sigma_m < far.place.sigma_m
    assert near.place.x_m == pytest.approx(12, abs=0.6)
    assert far.place.x_m == pytest.approx(38, abs=0.6)


def test_without_a_pose_slow_people_are_still_followed_but_have_no_place() -> None:
    tracker, tracks = GroundTracker(None), set()
    for second in range(10):
        thing = tracker.look(second, people((20, 0.3 * second))).things[0]
        tracks.add(thing.track)
        assert thing.place is None
        assert thing.speed_m_per_s is None
    assert len(tracks) == 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_detections_changes_nothing(seed: int) -> None:
    frames, rng = walk(seed, 1.0)[:15], np.random.default_rng(seed)
    straight, shuffled = GroundTracker(TRUE), GroundTracker(TRUE)
    for second, frame in enumerate(frames):
        found = [one for _, one in frame]
        mixed = [found[i] for i in rng.permutation(len(found))]
        assert straight.look(second, found) == shuffled.look(second, mixed)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), east_m=st.floats(-5e3, 5e3), north_m=st.floats(-5e3, 5e3))
def test_moving_the_whole_site_changes_no_identity(seed: int, east_m: float, north_m: float) -> None:
    pose = replace(TRUE.pose, x_m=TRUE.pose.x_m + east_m, y_m=TRUE.pose.y_m + north_m)
    here, there = GroundTracker(TRUE), GroundTracker(replace(TRUE, pose=pose))
    for second, frame in enumerate(walk(seed, 1.0)[:15]):
        found = [one for _, one in frame]
        a, b = here.look(second, found), there.look(second, found)
        assert [one.track for one in a.things] == [one.track for one in b.things]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_two_things_of_one_look_share_a_track(seed: int) -> None:
    tracker = GroundTracker(TRUE)
    for second, frame in enumerate(walk(seed, 1.0, people=10)[: min(25, LONG_S)]):
        tracks = [one.track for one in tracker.look(second, [one for _, one in frame]).things]
        assert len(set(tracks)) == len(tracks)
