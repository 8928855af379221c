"""41a 画面人员过少: fewer than ten person-times on each of seven working days in a row. The camera is probably aimed at nothing.

A day of which too little was seen is *unknown*: it breaks no row and proves nothing. Runs once a night on the days' totals.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from vision.looks import PEOPLE, Look, Place
from vision.rules.parameters import check_parameters
from vision.rules.values import Algorithm, Evidence, Finding, Gravity, Number, Phase, RuleState, Verdict

algorithm = Algorithm.FEW_PEOPLE


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    fewest_count: int = 10
    row_days: int = 7
    observed_share: float = 0.7
    track_looks: int = 3
    #: Who comes back after this is counted again.
    back_s: float = 60.0
    back_m: float = 5.0


@dataclass(frozen=True, kw_only=True)
class Day:
    """What is known of one camera on one day."""

    date: datetime.date
    #: By the site's calendar and its declarations of stopped work.
    working: bool
    #: Of the working hours, with the camera online and the picture good.
    observed_share: float
    #: None: no model that knows people was bound.
    person_times: int | None


class PersonTimes:
    """Counts person-times as looks come."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        check_parameters(self.parameters)
        self._looks: dict[int, int] = {}
        self._last: dict[int, tuple[float, Place | None]] = {}
        self.count = 0

    def update(self, look: Look) -> int:
        """The count after a look."""
        for gone in [track for track, (at_s, _) in self._last.items() if look.at_s - at_s > self.parameters.back_s]:
            del self._last[gone], self._looks[gone]
        people = [one for one in look.of(PEOPLE) if one.track is not None]
        present = {one.track for one in people}
        for person in people:
            track = person.track
            assert track is not None
            if track not in self._looks:
                self._looks[track] = self._carried(look, person.place, present)
            self._looks[track] += 1
            if self._looks[track] == self.parameters.track_looks:
                self.count += 1
            self._last[track] = look.at_s, person.place
        return self.count

    def _carried(self, look: Look, place: Place | None, present: set[int | None]) -> int:
        """The looks of a track lost near by a moment ago, so that one person is not two."""
        for track, (_, last) in sorted(self._last.items()):
            if track not in present and place and last and last.distance_m(place) <= self.parameters.back_m:
                looks = self._looks[track]
                self._last[track] = look.at_s, None
                return looks
        return 0


def judge_days(days: Sequence[Day], at_s: float, parameters: Parameters | None = None) -> Verdict:
    """Look back from the last day. ``days`` are in order, one each; days missing in them are unknown."""
    given = parameters or Parameters()
    check_parameters(given)
    if days and all(day.person_times is None for day in days):
        return Verdict(state=RuleState.NO_MODEL)
    row: list[Day] = []
    for day in reversed(days):
        if not day.working or day.person_times is None or day.observed_share < given.observed_share:
            continue
        if day.person_times >= given.fewest_count:
            break
        row.append(day)
    if not row or len(row) < given.row_days or days[-1] is not row[0]:
        return Verdict(state=RuleState.JUDGING)
    # After the first time it is told once for every further row of the same length.
    if len(row) % given.row_days:
        return Verdict(state=RuleState.JUDGING)
    most = max(day.person_times or 0 for day in row[: given.row_days])
    first = row[-1].date
    finding = Finding(
        algorithm=algorithm,
        phase=Phase.START if len(row) == given.row_days else Phase.CONTINUE,
        subject="picture",
        onset_s=datetime.datetime.combine(first, datetime.time(), datetime.UTC).timestamp(),
        at_s=at_s,
        gravity=Gravity.LOW,
        numbers=(
            Number(name="days", value=len(row), limit=given.row_days),
            Number(name="most_person_times", value=most, limit=given.fewest_count),
        ),
        evidence=Evidence.of(at_s, ()),
    )
    return Verdict(state=RuleState.JUDGING, findings=(finding,))
