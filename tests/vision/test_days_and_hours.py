"""Algorithm 41: too few people for a week, and an abnormal picture for an hour."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.errors import RuleParameterWrong
from vision.looks import Box, Look, Place, Thing
from vision.quality.values import Fault
from vision.rules.few_people import Day, Parameters, PersonTimes, judge_days
from vision.rules.picture_abnormal import Parameters as HourParameters
from vision.rules.picture_abnormal import PictureAbnormal, Sample
from vision.rules.values import Phase, RuleState, Verdict

MONDAY = datetime.date(2026, 3, 2)
AT_S = 1_772_416_800.0


def days(
    counts: Sequence[int | None], *, working: Sequence[bool] | None = None, seen: Sequence[float] | None = None
) -> list[Day]:
    return [
        Day(
            date=MONDAY + datetime.timedelta(days=i),
            working=working[i] if working else True,
            observed_share=seen[i] if seen else 1.0,
            person_times=count,
        )
        for i, count in enumerate(counts)
    ]


def phases(verdict: Verdict) -> list[Phase]:
    return [one.phase for one in verdict.findings]


def test_seven_working_days_of_nine_raise() -> None:
    verdict = judge_days(days([9] * 7), AT_S)
    assert phases(verdict) == [Phase.START]
    assert verdict.findings[0].number("most_person_times") == 9


def test_six_days_do_not() -> None:
    assert phases(judge_days(days([9] * 6), AT_S)) == []


def test_one_day_of_ten_breaks_the_row() -> None:
    assert phases(judge_days(days([9, 9, 9, 10, 9, 9, 9]), AT_S)) == []


def test_days_off_are_passed_over() -> None:
    working = [True] * 5 + [False] * 2 + [True] * 2
    assert phases(judge_days(days([9, 9, 9, 9, 9, 0, 50, 9, 9], working=working), AT_S)) == [Phase.START]


def test_a_day_nobody_saw_breaks_nothing_and_proves_nothing() -> None:
    seen = [1.0] * 3 + [0.4] + [1.0] * 3
    assert phases(judge_days(days([3] * 7, seen=seen), AT_S)) == []
    assert phases(judge_days(days([3] * 8, seen=[*seen, 1.0]), AT_S)) == [Phase.START]


def test_a_day_without_a_model_is_unknown() -> None:
    assert phases(judge_days(days([3, 3, 3, None, 3, 3, 3]), AT_S)) == []
    assert phases(judge_days(days([3, 3, 3, None, 3, 3, 3, 3]), AT_S)) == [Phase.START]


def test_without_any_model_the_state_says_so() -> None:
    assert judge_days(days([None] * 9), AT_S) == Verdict(state=RuleState.NO_MODEL)


def test_after_the_first_time_it_is_said_once_a_week() -> None:
    said = [phases(judge_days(days([2] * count), AT_S)) for count in range(1, 22)]
    assert [i + 1 for i, one in enumerate(said) if one] == [7, 14, 21]
    assert said[6] == [Phase.START]
    assert said[13] == [Phase.CONTINUE]


def test_a_day_off_after_a_full_row_says_nothing_again() -> None:
    assert phases(judge_days(days([2] * 8, working=[True] * 7 + [False]), AT_S)) == []


def test_a_week_may_mean_five_days() -> None:
    assert phases(judge_days(days([2] * 5), AT_S, Parameters(row_days=5))) == [Phase.START]
    with pytest.raises(RuleParameterWrong):
        judge_days(days([2] * 5), AT_S, Parameters(row_days=0))


def look(at_s: float, *people: tuple[int, float]) -> Look:
    box = Box(x1=0, y1=0, x2=20, y2=60)
    return Look(
        at_s=AT_S + at_s,
        things=tuple(
            Thing(kind="person", score=0.9, box=box, track=track, place=Place(x_m=x, y_m=0, sigma_m=0.1)) for track, x in people
        ),
    )


def test_a_track_of_two_looks_is_nobody() -> None:
    counter = PersonTimes()
    assert [counter.update(look(t, (1, 0))) for t in range(2)] == [0, 0]
    assert counter.update(look(2, (1, 0))) == 1
    assert counter.update(look(3, (1, 0))) == 1


def test_somebody_who_comes_back_after_a_minute_is_counted_again() -> None:
    counter = PersonTimes()
    for t in range(4):
        counter.update(look(t, (1, 0)))
    for t in range(100, 104):
        counter.update(look(t, (2, 0)))
    assert counter.count == 2


def test_a_track_that_breaks_is_one_person_still() -> None:
    counter = PersonTimes()
    for t in range(4):
        counter.update(look(t, (1, 0)))
    for t in range(15, 20):
        counter.update(look(t, (2, 1.0)))
    assert counter.count == 1


def test_two_people_at_once_are_two() -> None:
    counter = PersonTimes()
    for t in range(4):
        counter.update(look(t, (1, 0), (2, 1.0)))
    assert counter.count == 2


BLURRED, CLEAR = frozenset({Fault.BLURRED}), frozenset[Fault]()


def run(spans: Sequence[tuple[int, frozenset[Fault] | None]], step_s: int = 10) -> list[tuple[float, Phase]]:
    """(second, phase) of all findings; spans are (seconds, faults)."""
    rule, at_s, found = PictureAbnormal(), 0, []
    for long_s, faults in spans:
        for _ in range(long_s // step_s):
            verdict = rule.update(Sample(at_s=AT_S + at_s, faults=faults))
            assert verdict.state is (RuleState.NO_SIGNAL if faults is None else RuleState.JUDGING)
            found += [(one.at_s - AT_S, one.phase) for one in verdict.findings]
            at_s += step_s
    return found


def test_an_abnormal_hour_raises_at_the_hour_and_not_before() -> None:
    assert run([(3600, BLURRED)]) == []
    assert run([(3660, BLURRED)]) == [(3600.0, Phase.START)]


def test_frozen_for_an_hour_and_a_minute_raises_and_for_fifty_nine_minutes_does_not() -> None:
    frozen = frozenset({Fault.FROZEN})
    assert run([(3540, frozen), (600, CLEAR)]) == []
    assert [phase for _, phase in run([(3660, frozen)])] == [Phase.START]


def test_a_clear_minute_is_bridged_and_two_are_not() -> None:
    assert [phase for _, phase in run([(1800, BLURRED), (60, CLEAR), (1800, BLURRED)])] == [Phase.START]
    assert run([(1800, BLURRED), (120, CLEAR), (1810, BLURRED)]) == []


def test_it_ends_when_the_picture_is_clear_again() -> None:
    found = run([(3700, BLURRED), (200, CLEAR)])
    assert [phase for _, phase in found] == [Phase.START, Phase.END]


def test_without_a_signal_the_hour_stands_still() -> None:
    assert run([(1800, BLURRED), (3600, None), (1700, BLURRED)]) == []
    assert [phase for _, phase in run([(1800, BLURRED), (3600, None), (1900, BLURRED)])] == [Phase.START]


def test_different_faults_make_one_hour() -> None:
    found = run([(1800, BLURRED), (1900, frozenset({Fault.DARK}))])
    assert [phase for _, phase in found] == [Phase.START]


def test_a_sample_that_is_not_newer_changes_nothing() -> None:
    rule = PictureAbnormal()
    rule.update(Sample(at_s=AT_S, faults=BLURRED))
    assert rule.update(Sample(at_s=AT_S - 7200, faults=BLURRED)).findings == ()
    assert rule.update(Sample(at_s=AT_S, faults=BLURRED)).findings == ()


@settings(max_examples=60, deadline=None)
@given(spans=st.lists(st.tuples(st.integers(1, 200), st.sampled_from([BLURRED, CLEAR, None])), max_size=12))
def test_a_checkpoint_at_any_moment_changes_nothing(spans: list[tuple[int, frozenset[Fault] | None]]) -> None:
    straight, saved, at_s = PictureAbnormal(), PictureAbnormal(), AT_S
    for count, faults in spans:
        for _ in range(count):
            sample = Sample(at_s=at_s, faults=faults)
            assert straight.update(sample) == saved.update(sample)
            at_s += 10
        saved = pickle.loads(pickle.dumps(saved))


@settings(max_examples=40, deadline=None)
@given(clear_s=st.integers(7, 600))
def test_nothing_is_raised_before_an_hour_of_abnormal_pictures(clear_s: int) -> None:
    found = run([(1000, BLURRED), (clear_s // 10 * 10, CLEAR), (2500, BLURRED)])
    assert found == []


def test_a_limit_below_nothing_is_refused() -> None:
    with pytest.raises(RuleParameterWrong):
        PictureAbnormal(HourParameters(abnormal_s=-1))
