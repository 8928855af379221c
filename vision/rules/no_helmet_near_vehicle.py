"""30 驾乘人员未戴安全帽: somebody without a helmet stays around a standing vehicle, or rides one.

Around is three metres on the ground from the edge of what the vehicle covers. Who sits in a closed cab is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Point, Polygon

from vision.looks import PEOPLE, TWO_WHEELERS, VEHICLES, Look, Thing
from vision.rules.heads import BARE, Head, Wears, heads_of
from vision.rules.rule import Rule, too_far
from vision.rules.timing import Episodes, Held, Situation
from vision.rules.values import Algorithm, Needs, Number, Surroundings, Unjudged, Verdict

UNSEEN = {Wears.UNKNOWN: Unjudged.HEAD_NOT_VISIBLE, Wears.TOO_SMALL: Unjudged.HEAD_TOO_SMALL}


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    near_m: float = 3.0
    loiter_s: float = 5.0
    held_share: float = 0.6
    slow_m_per_s: float = 1.0
    smallest_head_px: float = 10.0
    #: So much of a person's box inside a vehicle's: they sit in its cab.
    cab_share: float = 0.8
    #: So much of a person's lower half inside a two-wheeler's box: they ride it.
    rider_share: float = 0.5


class NoHelmetNearVehicle(Rule):
    """One episode per person."""

    algorithm = Algorithm.NO_HELMET_NEAR_VEHICLE
    needs = Needs(kinds=(PEOPLE, frozenset({BARE}), VEHICLES | TWO_WHEELERS))

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._held, self._episodes = Held(self.parameters.loiter_s), Episodes()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every person whose place is known, near a vehicle or not."""
        heads, vehicles = heads_of(look, self.parameters.smallest_head_px), look.of(VEHICLES | TWO_WHEELERS)
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[tuple[Thing, ...], tuple[Number, ...]]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        for i, head in heads.items():
            person = look.things[i]
            if person.track is None or person.place is None or self._in_cab(person, vehicles):
                continue
            subject = f"person {person.track}"
            near = self._nearest(person, vehicles)
            if near is not None and too_far(person.place, self.parameters.near_m):
                unjudged.append((subject, Unjudged.TOO_FAR))
                continue
            holds = None if near is not None and head.wears in UNSEEN else near is not None and head.wears is Wears.NOTHING
            if holds is None:
                unjudged.append((subject, UNSEEN[head.wears]))
            share = self._held.see(subject, running_s, holds=holds)
            raised = share is not None and share >= self.parameters.held_share and holds is not False
            situations[subject] = Situation(raised=raised, holds=bool(holds), place=person.place)
            told[subject] = self._told(person, near, head, share)
        self._held.forget(running_s)
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            things, numbers = told.get(turn.episode.subject, ((), ()))
            findings.append(self.finding(look, turn, things=things, numbers=numbers))
        return self.verdict(findings, unjudged)

    def _told(
        self, person: Thing, near: tuple[float, Thing] | None, head: Head, share: float | None
    ) -> tuple[tuple[Thing, ...], tuple[Number, ...]]:
        things = (person, *((near[1],) if near else ()), *((head.thing,) if head.thing else ()))
        numbers = [Number(name="held_share", value=share or 0.0, limit=self.parameters.held_share)]
        if near is not None:
            numbers.append(Number(name="distance_m", value=round(near[0], 2), limit=self.parameters.near_m))
        return things, tuple(numbers)

    def _in_cab(self, person: Thing, vehicles: tuple[Thing, ...]) -> bool:
        cabs = (one for one in vehicles if one.kind in VEHICLES)
        return any(person.box.share_inside(one.box) > self.parameters.cab_share and _behind(person, one) for one in cabs)

    def _nearest(self, person: Thing, vehicles: tuple[Thing, ...]) -> tuple[float, Thing] | None:
        """The nearest vehicle that stands, or is ridden by the person, within reach."""
        assert person.place is not None
        found: list[tuple[float, Thing]] = []
        for one in vehicles:
            if not one.footprint_m:
                continue
            rides = one.kind in TWO_WHEELERS and person.box.band(0.5, 1.0).share_inside(one.box) >= self.parameters.rider_share
            speed = one.speed_m_per_s
            if not rides and speed is not None and speed >= self.parameters.slow_m_per_s:
                continue
            away = 0.0 if rides else float(Polygon(one.footprint_m).distance(Point(person.place.xy_m)))
            if away <= self.parameters.near_m:
                found.append((away, one))
        return min(found, key=lambda pair: (pair[0], pair[1].track or 0)) if found else None


def _behind(person: Thing, vehicle: Thing) -> bool:
    """The lower edge of the person's box is well above the vehicle's: they are in it, not in front of it."""
    return person.box.y2 < vehicle.box.y2 - 0.1 * vehicle.box.height_px
