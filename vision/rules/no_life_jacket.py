"""32 救生衣未穿戴: somebody at or over water whose torso no life jacket covers.

A vest is not a jacket; a hidden torso says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from vision.looks import PEOPLE, VEHICLES, Look, Thing
from vision.rules.rule import Rule, too_far, zone_at
from vision.rules.timing import Episodes, Held, Situation
from vision.rules.values import Algorithm, Gravity, Needs, Number, Surroundings, Unjudged, Verdict, ZoneUse

JACKET = frozenset({"life_jacket"})
#: The torso, in shares of a person's box from the top.
TORSO = (0.20, 0.65)
HIDING = VEHICLES | PEOPLE


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    near_water_m: float = 3.0
    dwell_s: float = 3.0
    held_share: float = 0.7
    fewest_looks: int = 5
    #: Who was seen in a jacket so lately has it on still, whatever the detector misses.
    remembered_s: float = 5.0
    #: So much of a jacket's box on the torso, and so much of the torso under it.
    jacket_share: float = 0.5
    covered_share: float = 0.25
    hidden_share: float = 0.5


class NoLifeJacket(Rule):
    """One episode per person."""

    algorithm = Algorithm.NO_LIFE_JACKET
    needs = Needs(kinds=(PEOPLE, JACKET), zones=frozenset({ZoneUse.WATER}))
    gravity = Gravity.HIGH

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._worn_s: dict[int, float] = {}
        self._held, self._episodes = Held(self.parameters.dwell_s, fewest=self.parameters.fewest_looks), Episodes()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every person at the water."""
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[Thing, str, float]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        for person in look.of(PEOPLE):
            if person.track is None or person.place is None:
                continue
            subject = f"person {person.track}"
            zone = zone_at(self.surroundings.areas(ZoneUse.WATER), person.place, self.parameters.near_water_m)
            if zone and too_far(person.place, self.parameters.near_water_m):
                unjudged.append((subject, Unjudged.TOO_FAR))
                continue
            holds: bool | None = False
            if self._worn(person, look):
                self._worn_s[person.track] = running_s
            elif zone:
                lately = running_s - self._worn_s.get(person.track, -math.inf) <= self.parameters.remembered_s
                holds = None if lately else True
                if self._hidden(person, look):
                    holds = None
                    unjudged.append((subject, Unjudged.TORSO_HIDDEN))
            share = self._held.see(subject, running_s, holds=holds)
            raised = share is not None and share >= self.parameters.held_share and holds is not False
            situations[subject] = Situation(raised=raised, holds=bool(holds), place=person.place)
            told[subject] = person, zone.name if zone else "", share or 0.0
        self._held.forget(running_s)
        self._worn_s = {track: at_s for track, at_s in self._worn_s.items() if running_s - at_s <= self.parameters.remembered_s}
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            known = told.get(turn.episode.subject)
            numbers = (Number(name="held_share", value=known[2] if known else 0.0, limit=self.parameters.held_share),)
            things = (known[0],) if known else ()
            findings.append(self.finding(look, turn, things=things, numbers=numbers, zone=known[1] if known else ""))
        return self.verdict(findings, unjudged)

    def _worn(self, person: Thing, look: Look) -> bool:
        torso = person.box.band(*TORSO)
        return any(
            one.box.share_inside(torso) >= self.parameters.jacket_share
            and torso.share_inside(one.box) >= self.parameters.covered_share
            for one in look.of(JACKET)
        )

    def _hidden(self, person: Thing, look: Look) -> bool:
        """Something that stands nearer to the camera covers the torso."""
        torso = person.box.band(*TORSO)
        nearer = (one for one in look.of(HIDING) if one is not person and one.box.y2 > person.box.y2)
        return any(torso.share_inside(one.box) > self.parameters.hidden_share for one in nearer)
