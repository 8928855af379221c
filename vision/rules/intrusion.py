"""区域入侵: somebody's foot inside a forbidden zone, for a moment longer than a false box lasts."""

from __future__ import annotations

from dataclasses import dataclass

from vision.looks import PEOPLE, Look, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import Episodes, Held, Situation
from vision.rules.values import Algorithm, Gravity, Needs, Number, Surroundings, Unjudged, Verdict, Zone, ZoneUse


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Short, because such zones are dangerous."""

    dwell_s: float = 2.0
    held_share: float = 0.6
    #: A place that one pixel moves by more than this is on neither side of a border.
    border_m: float = 1.0


class Intrusion(Rule):
    """One episode per person."""

    algorithm = Algorithm.INTRUSION
    needs = Needs(kinds=(PEOPLE,), zones=frozenset({ZoneUse.FORBIDDEN}))
    gravity = Gravity.HIGH

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._held, self._episodes = Held(self.parameters.dwell_s), Episodes()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every person whose place is known."""
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[Thing, Zone | None, float]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        zones = self.surroundings.areas(ZoneUse.FORBIDDEN)
        for person in look.of(PEOPLE):
            if person.track is None or person.place is None:
                continue
            subject = f"person {person.track}"
            if person.place.sigma_m > self.parameters.border_m and zone_at(zones, person.place, 3 * person.place.sigma_m):
                unjudged.append((subject, Unjudged.TOO_FAR))
                continue
            zone = zone_at(zones, person.place)
            share = self._held.see(subject, running_s, holds=zone is not None)
            raised = share is not None and share >= self.parameters.held_share and zone is not None
            situations[subject] = Situation(raised=raised, holds=zone is not None, place=person.place)
            told[subject] = person, zone, share or 0.0
        self._held.forget(running_s)
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            known = told.get(turn.episode.subject)
            numbers = (Number(name="held_share", value=known[2] if known else 0.0, limit=self.parameters.held_share),)
            things = (known[0],) if known else ()
            name = known[1].name if known and known[1] else ""
            findings.append(self.finding(look, turn, things=things, numbers=numbers, zone=name))
        return self.verdict(findings, unjudged)
