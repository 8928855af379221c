from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import Phase as HypothesisPhase
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision.playing import KINDS, VIEW, line, zone
from vision.looks import Box, Detection, Place
from vision.rules.registry import RULES, make_rule
from vision.rules.timing import EpisodeLimits, Episodes, Held, RunningClock, Situation
from vision.rules.values import LineUse, Phase, RuleState, Surroundings, ZoneUse
from vision.tracking import GroundTracker


def test_a_gap_does_not_count_as_time() -> None:
    clock = RunningClock()
    assert [clock.tick(at_s) for at_s in (100, 101, 109, 200, 201)] == [0, 1, 9, 9, 10]


def test_time_that_stands_still_or_goes_back_is_no_tick() -> None:
    clock = RunningClock()
    assert clock.tick(math.nan) is None
    clock.tick(100)
    assert [clock.tick(at_s) for at_s in (100, 50, math.nan)] == [None, None, None]
    assert clock.tick(101) == 1


def test_a_condition_is_held_when_the_subject_is_known_for_long_enough() -> None:
    held = Held(5)
    assert [held.see("a", t, holds=True) for t in range(7)] == [None] * 5 + [1.0, 1.0]


def test_looks_that_say_nothing_count_neither_way() -> None:
    held = Held(4)
    answers = [held.see("a", t, holds=None if t % 2 else True) for t in range(9)]
    assert answers[-1] == 1.0
    assert Held(4).see("b", 10, holds=None) is None


def test_two_looks_are_too_few_whatever_they_say() -> None:
    held = Held(4)
    held.see("a", 0, holds=True)
    assert held.see("a", 8, holds=True) is None


def at(x_m: float) -> Place:
    return Place(x_m=x_m, y_m=0, sigma_m=0.1)


def situation(raised: bool, x_m: float = 0) -> Situation:
    return Situation(raised=raised, holds=raised, place=at(x_m))


def run(looks: list[dict[str, Situation]], limits: EpisodeLimits | None = None) -> list[tuple[int, Phase, str]]:
    episodes = Episodes(limits)
    return [(t, turn.phase, turn.episode.key) for t, look in enumerate(looks) for turn in episodes.step(t, 1000 + t, look)]


def test_a_track_that_is_lost_and_found_as_another_goes_on() -> None:
    looks = [{"a": situation(True)}] * 3 + [{}] * 4 + [{"b": situation(True, 2.0)}] * 3
    assert [(phase, key) for _, phase, key in run(looks)] == [(Phase.START, "a")]


def test_another_who_stands_beside_is_another() -> None:
    looks = [{"a": situation(True), "b": situation(True, 2.0)}] * 3
    assert [(phase, key) for _, phase, key in run(looks)] == [(Phase.START, "a"), (Phase.START, "b")]


def test_the_same_subject_raises_nothing_within_ten_minutes_and_does_after() -> None:
    short = [{"a": situation(True)}] * 3 + [{"a": situation(False)}] * 300 + [{"a": situation(True)}] * 3
    assert Counter(phase for _, phase, _ in run(short))[Phase.START] == 1
    long = [{"a": situation(True)}] * 3 + [{"a": situation(False)}] * 700 + [{"a": situation(True)}] * 3
    assert Counter(phase for _, phase, _ in run(long))[Phase.START] == 2


@given(
    looks=st.lists(
        st.dictionaries(st.sampled_from("abc"), st.builds(situation, st.booleans(), st.floats(0, 30)), max_size=3), max_size=80
    )
)
@settings(max_examples=150, deadline=None)
def test_every_episode_starts_once_ends_at_most_once_and_only_goes_on_in_between(looks: list[dict[str, Situation]]) -> None:
    limits = EpisodeLimits(clear_s=4, cooldown_s=10, join_s=6, repeat_s=3)
    state: dict[tuple[str, float], Phase] = {}
    episodes = Episodes(limits)
    for t, look in enumerate(looks):
        for turn in episodes.step(t, t, look):
            key = turn.episode.key, turn.episode.onset_s
            if turn.phase is Phase.START:
                assert key not in state
            else:
                assert state[key] in {Phase.START, Phase.CONTINUE}
            state[key] = turn.phase


EVERYWHERE = Surroundings(
    view=VIEW,
    kinds=KINDS,
    zones=tuple(zone(use, 10, -10, 40, 10) for use in ZoneUse if use not in {ZoneUse.ROAD, ZoneUse.PARKING, ZoneUse.WASH_BAY}),
    lines=(
        line(LineUse.GATE, (18, -3), (18, 3)),
        line(LineUse.EDGE, (20, -5), (20, 5)),
        line(LineUse.FACADE, (25, -6), (25, 6), top_m=6),
    ),
)
ODD = st.one_of(st.floats(-200, 1500), st.sampled_from([0.0, 1e9, -1e9, math.nan, math.inf]))
DETECTIONS = st.builds(
    Detection,
    kind=st.sampled_from(sorted(KINDS) + ["sofa"]),
    score=st.floats(0, 1),
    box=st.builds(Box, x1=ODD, y1=ODD, x2=ODD, y2=ODD),
    outline_px=st.lists(st.tuples(ODD, ODD), max_size=5).map(tuple).filter(lambda points: len(points) in {0, 3, 4, 5}),
)


@pytest.mark.parametrize("entry", [one for one in RULES if one.rule], ids=lambda one: one.algorithm.value)
@given(looks=st.lists(st.tuples(st.floats(-5, 400), st.lists(DETECTIONS, max_size=8), st.booleans()), max_size=12))
# Failures here are of many kinds, and shrinking them takes longer than reading them.
@settings(max_examples=25, deadline=None, phases=[HypothesisPhase.explicit, HypothesisPhase.generate])
def test_no_detection_however_odd_stops_a_rule(entry: object, looks: list[tuple[float, list[Detection], bool]]) -> None:
    rule, tracker = make_rule(entry.algorithm, EVERYWHERE), GroundTracker(VIEW)
    for at_s, detections, infrared in looks:
        look = tracker.look(at_s, detections, infrared=infrared)
        if look is not None:
            assert rule.update(look).state is RuleState.JUDGING
