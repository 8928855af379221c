"""33 驾驶电瓶车进入作业区: a two-wheeler that is ridden in a work zone. Parked, pushed, or on a site road is none."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from vision.looks import PEOPLE, TWO_WHEELERS, Look, Place, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import Episodes, Situation
from vision.rules.values import Algorithm, Needs, Number, Surroundings, Verdict, ZoneUse


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    moved_m: float = 3.0
    within_s: float = 3.0
    #: Slower is pushed.
    slowest_ride_m_per_s: float = 1.5
    rider_share: float = 0.5
    fewest_looks: int = 3
    #: The looks that count lie within this.
    window_s: float = 6.0
    #: A rider seen on it so lately rides it still, whatever the detector misses.
    remembered_s: float = 3.0


@dataclass(frozen=True, kw_only=True)
class _Seen:
    running_s: float
    place: Place
    ridden_inside: bool


class EbikeInWorkZone(Rule):
    """One episode per ride."""

    algorithm = Algorithm.EBIKE_IN_WORK_ZONE
    needs = Needs(kinds=(PEOPLE, TWO_WHEELERS), zones=frozenset({ZoneUse.WORK}))

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._seen: dict[int, deque[_Seen]] = {}
        self._rider_s: dict[int, float] = {}
        self._episodes = Episodes()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every two-wheeler whose place is known."""
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[tuple[Thing, ...], str, float]] = {}
        for bike in look.of(TWO_WHEELERS):
            if bike.track is None or bike.place is None:
                continue
            zone = self._zone(bike.place)
            rider = self._rider(bike, look)
            speed = self._speed(bike.track, running_s, bike.place)
            if rider is not None:
                self._rider_s[bike.track] = running_s
            ridden_now = running_s - self._rider_s.get(bike.track, -math.inf) <= self.parameters.remembered_s
            holds = zone is not None and ridden_now and speed is not None
            seen = self._seen[bike.track]
            seen.append(_Seen(running_s=running_s, place=bike.place, ridden_inside=holds))
            ridden = sum(one.ridden_inside for one in seen if running_s - one.running_s <= self.parameters.window_s)
            subject = f"ebike {bike.track}"
            raised = holds and ridden >= self.parameters.fewest_looks
            situations[subject] = Situation(raised=raised, holds=holds, place=bike.place)
            told[subject] = (bike, *((rider,) if rider else ())), zone or "", speed or 0.0
        self._rider_s = {track: at_s for track, at_s in self._rider_s.items() if running_s - at_s <= self.parameters.remembered_s}
        longest_s = 2 * self.parameters.window_s + self.parameters.within_s
        self._seen = {track: seen for track, seen in self._seen.items() if running_s - seen[-1].running_s <= longest_s}
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            things, name, speed_m_per_s = told.get(turn.episode.subject, ((), "", 0.0))
            limit = self.parameters.slowest_ride_m_per_s
            numbers = (Number(name="speed_m_per_s", value=round(speed_m_per_s, 2), limit=limit),)
            findings.append(self.finding(look, turn, things=things, numbers=numbers, zone=name))
        return self.verdict(findings)

    def _zone(self, place: Place) -> str | None:
        if zone_at(self.surroundings.areas(ZoneUse.ROAD, ZoneUse.PARKING), place):
            return None
        zone = zone_at(self.surroundings.areas(ZoneUse.WORK), place)
        return zone.name if zone else None

    def _rider(self, bike: Thing, look: Look) -> Thing | None:
        inside = [(one.box.band(0.5, 1.0).share_inside(bike.box), one) for one in look.of(PEOPLE)]
        share, rider = max(inside, key=lambda pair: pair[0], default=(0.0, None))
        return rider if share >= self.parameters.rider_share else None

    def _speed(self, track: int, running_s: float, place: Place) -> float | None:
        """Mean speed over the last seconds, when it moved far and fast enough to be ridden."""
        seen = self._seen.setdefault(track, deque(maxlen=400))
        # A missed look makes the span a little longer, never shorter.
        before = [one for one in seen if one.running_s <= running_s - self.parameters.within_s + 1e-6]
        if not before:
            return None
        span_s, moved_m = running_s - before[-1].running_s, place.distance_m(before[-1].place)
        fast = moved_m / span_s >= self.parameters.slowest_ride_m_per_s
        return moved_m / span_s if fast and moved_m >= self.parameters.moved_m else None
