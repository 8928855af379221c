"""The loop's table against one written by hand, and its clocks against hours counted one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.clock import SHANGHAI
from incidents.clocks import HOURS, between, due_at, later
from incidents.states import OPEN, IncidentAction, IncidentSeverity, IncidentState, LoopLevel
from incidents.transitions import TRANSITIONS, allowed, possible

#: state: action → roles at the small, medium and large level; c contractor, s supervising engineer, o owner, t station.
BY_HAND = {
    "detected": {
        "confirm": ("sot", "ot", "ot"),
        "mark_false": ("sot", "sot", "sot"),
        "mark_duplicate": ("st", "st", "st"),
        "auto_confirm": ("", "", ""),
    },
    "confirmed": {"dispatch": ("sot", "ot", "t")},
    "dispatched": {"accept": ("c", "c", "c"), "appeal": ("c", "c", "c")},
    "rectifying": {"submit": ("c", "c", "c"), "appeal": ("c", "c", "c"), "suspend": ("ot", "ot", "ot")},
    "in_review": {"reject": ("s", "o", "t"), "pass": ("s", "o", "t")},
    "appealing": {"uphold": ("s", "o", "t"), "refuse": ("s", "o", "t")},
    "suspended": {"resume": ("ot", "ot", "ot")},
    "closed": {"reopen": ("ot", "ot", "ot")},
    "false_alarm": {},
    "duplicate": {},
    "voided": {},
}
ALWAYS = {"escalate": ("sot", "sot", "sot"), "cancel": ("t", "t", "t")}
LETTERS = {
    "contractor": "c",
    "supervising_engineer": "s",
    "owner": "o",
    "station_officer": "t",
    "station_director": "t",
    "screen": "",
    "system_admin": "",
    "security_admin": "",
    "audit_admin": "",
}


@pytest.mark.parametrize("state", list(IncidentState))
@pytest.mark.parametrize("level", list(LoopLevel))
def test_every_role_may_do_in_every_state_at_every_level_what_the_design_says_and_nothing_else(
    state: IncidentState, level: LoopLevel
) -> None:
    rows = BY_HAND[state.value] | (ALWAYS if state in OPEN else {})
    column = list(LoopLevel).index(level)
    for role, letter in LETTERS.items():
        wanted = {action for action, roles in rows.items() if letter and letter in roles[column]}
        assert {one.value for one in allowed(state, level, frozenset({role}))} == wanted, role
    assert {one.value for one in possible(state)} == set(rows)


def test_every_action_but_reporting_is_one_row() -> None:
    assert sorted(one.action for one in TRANSITIONS) == sorted(set(IncidentAction) - {IncidentAction.REPORT})


FRIDAY_17H = datetime(2026, 11, 27, 17, 0, tzinfo=SHANGHAI)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(lambda one: one.replace(tzinfo=SHANGHAI))  # noqa: DTZ001
GRADES = st.sampled_from(IncidentSeverity)


def test_a_moderate_incident_of_friday_evening_is_due_on_monday() -> None:
    assert due_at(IncidentSeverity.MODERATE, IncidentState.DETECTED, FRIDAY_17H) == datetime(2026, 11, 30, 11, tzinfo=SHANGHAI)


def test_a_critical_one_runs_through_the_night() -> None:
    assert due_at(IncidentSeverity.CRITICAL, IncidentState.DETECTED, FRIDAY_17H) == FRIDAY_17H + timedelta(minutes=10)
    assert due_at(IncidentSeverity.CRITICAL, IncidentState.RECTIFYING, FRIDAY_17H) == FRIDAY_17H + timedelta(days=1)


def test_a_state_without_a_clock_is_never_due() -> None:
    assert all(due_at(one, IncidentState.CLOSED, FRIDAY_17H) is None for one in IncidentSeverity)
    assert {state for row in HOURS.values() for state in row} <= set(OPEN)


@given(GRADES, INSTANTS, st.floats(1, 400 * 3600))
def test_what_the_clock_gives_it_takes_back(severity: IncidentSeverity, since: datetime, seconds: float) -> None:
    assert between(severity, since, later(severity, since, seconds)) == pytest.approx(seconds, abs=1e-3)


@given(GRADES, INSTANTS, st.floats(0, 100 * 3600), st.floats(0, 100 * 3600))
def test_waiting_twice_is_waiting_for_the_sum(severity: IncidentSeverity, since: datetime, first: float, second: float) -> None:
    step = later(severity, later(severity, since, first), second)
    assert abs((step - later(severity, since, first + second)).total_seconds()) < 1e-3 or first == 0 or second == 0


@given(INSTANTS, INSTANTS)
def test_working_hours_are_counted_minute_by_minute(start: datetime, end: datetime) -> None:
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    end = min(max(start, end), start + timedelta(days=6))
    minutes = 0
    now = start
    while now < end:
        minutes += now.weekday() < 5 and 8 <= now.hour < 18
        now += timedelta(minutes=1)
    assert between(IncidentSeverity.MINOR, start, end) == pytest.approx(minutes * 60)
