"""What all rules that look at frames have in common: whether they can judge, their clock, and how findings are made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from shapely import Point

from vision.looks import Look, Place, Thing
from vision.rules.parameters import check_parameters
from vision.rules.timing import RunningClock, Turn
from vision.rules.values import (
    Algorithm,
    Evidence,
    Finding,
    FindingKind,
    Gravity,
    Needs,
    Number,
    Phase,
    Remark,
    RuleState,
    Surroundings,
    Unjudged,
    Verdict,
    Zone,
)


def readiness(needs: Needs, surroundings: Surroundings) -> RuleState:
    """Whether a rule has what it needs; the first thing missing otherwise."""
    if needs.kinds and surroundings.kinds is None:
        return RuleState.NO_MODEL
    if any(surroundings.kinds is not None and not kinds & surroundings.kinds for kinds in needs.kinds):
        return RuleState.MODEL_LACKS_KINDS
    if needs.pose and surroundings.view is None:
        return RuleState.NO_POSE
    if needs.zones - {one.use for one in surroundings.zones}:
        return RuleState.NO_ZONE
    if needs.lines - {one.use for one in surroundings.lines}:
        return RuleState.NO_LINE
    return RuleState.JUDGING


class Rule:
    """One algorithm at one camera. ``update`` takes looks in the order of their time; all state is plain and can be pickled."""

    algorithm: ClassVar[Algorithm]
    needs: ClassVar[Needs]
    gravity: ClassVar[Gravity] = Gravity.MEDIUM

    def __init__(self, surroundings: Surroundings, parameters: Any) -> None:
        check_parameters(parameters)
        self.surroundings, self.state = surroundings, readiness(self.needs, surroundings)
        self._clock = RunningClock()

    def update(self, look: Look) -> Verdict:
        """What a look means; nothing, visibly, when the rule cannot judge."""
        if self.state is not RuleState.JUDGING:
            return Verdict(state=self.state)
        running_s = self._clock.tick(look.at_s)
        return Verdict(state=self.state) if running_s is None else self.judge(look, running_s)

    def judge(self, look: Look, running_s: float) -> Verdict:
        """One look at its running time."""
        raise NotImplementedError

    def verdict(
        self,
        findings: Iterable[Finding] = (),
        unjudged: Iterable[tuple[str, Unjudged]] = (),
        wanted_fps: float | None = None,
    ) -> Verdict:
        """An answer of a rule that judges."""
        return Verdict(state=self.state, findings=tuple(findings), unjudged=tuple(unjudged), wanted_fps=wanted_fps)

    def finding(
        self,
        look: Look,
        turn: Turn,
        *,
        things: tuple[Thing, ...] = (),
        numbers: tuple[Number, ...] = (),
        zone: str = "",
        remarks: tuple[Remark, ...] = (),
        what: str = "",
        gravity: Gravity | None = None,
    ) -> Finding:
        """The finding of an episode's turn."""
        return Finding(
            algorithm=self.algorithm,
            phase=turn.phase,
            subject=turn.episode.key,
            onset_s=turn.episode.onset_s,
            at_s=look.at_s,
            gravity=gravity or self.gravity,
            place=turn.episode.place,
            zone=zone,
            tracks=tuple(one.track for one in things if one.track is not None),
            numbers=numbers,
            remarks=remarks,
            what=what,
            evidence=Evidence.of(look.at_s, things),
        )

    def single(
        self,
        look: Look,
        subject: str,
        *,
        onset_s: float | None = None,
        kind: FindingKind = FindingKind.ALARM,
        place: Place | None = None,
        things: tuple[Thing, ...] = (),
        numbers: tuple[Number, ...] = (),
        zone: str = "",
        remarks: tuple[Remark, ...] = (),
        what: str = "",
        gravity: Gravity | None = None,
    ) -> Finding:
        """A finding that is complete in itself."""
        return Finding(
            algorithm=self.algorithm,
            phase=Phase.SINGLE,
            subject=subject,
            onset_s=look.at_s if onset_s is None else onset_s,
            at_s=look.at_s,
            kind=kind,
            gravity=gravity or self.gravity,
            place=place,
            zone=zone,
            tracks=tuple(one.track for one in things if one.track is not None),
            numbers=numbers,
            remarks=remarks,
            what=what,
            evidence=Evidence.of(look.at_s, things),
        )


def zone_at(zones: Iterable[Zone], place: Place | None, buffer_m: float = 0.0) -> Zone | None:
    """The first zone a place lies in, or within a buffer of."""
    if place is None:
        return None
    point = Point(place.xy_m)
    return next((one for one in zones if one.area.distance(point) <= buffer_m), None)


def too_far(place: Place, threshold_m: float) -> bool:
    """A pixel moves the place by more than half of what is to be judged."""
    return place.sigma_m > threshold_m / 2
