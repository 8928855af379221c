"""未系安全带: somebody in a zone of work at height whose torso shows no harness. A hidden torso says nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vision.looks import PEOPLE, VEHICLES, Look, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import Episodes, Held, Situation
from vision.rules.values import Algorithm, Gravity, Needs, Number, Surroundings, Unjudged, Verdict, ZoneUse

HARNESS = frozenset({"harness"})
TORSO = (0.15, 0.65)


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Harnesses are thin and often missed: it takes longer, and a larger share."""

    dwell_s: float = 8.0
    held_share: float = 0.8
    harness_share: float = 0.5
    hidden_share: float = 0.5
    #: A torso smaller than this shows no straps.
    smallest_torso_px: float = 24.0
    #: Who was seen in a harness so lately has it on still, whatever the detector misses.
    remembered_s: float = 8.0


class NoHarness(Rule):
    """One episode per person."""

    algorithm = Algorithm.NO_HARNESS
    needs = Needs(kinds=(PEOPLE, HARNESS), zones=frozenset({ZoneUse.HEIGHT}))
    gravity = Gravity.HIGH

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._worn_s: dict[int, float] = {}
        self._held, self._episodes = Held(self.parameters.dwell_s), Episodes()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every person in the zone."""
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[Thing, float, str]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        for person in look.of(PEOPLE):
            if person.track is None or person.place is None:
                continue
            zone = zone_at(self.surroundings.areas(ZoneUse.HEIGHT), person.place)
            subject = f"person {person.track}"
            holds = self._without(person, look) if zone else False
            if zone and holds is False:
                self._worn_s[person.track] = running_s
            if holds is None:
                unjudged.append((subject, Unjudged.TORSO_HIDDEN))
            if holds and running_s - self._worn_s.get(person.track, -math.inf) <= self.parameters.remembered_s:
                holds = None
            share = self._held.see(subject, running_s, holds=holds)
            raised = share is not None and share >= self.parameters.held_share and holds is not False
            situations[subject] = Situation(raised=raised, holds=bool(holds), place=person.place)
            told[subject] = person, share or 0.0, zone.name if zone else ""
        self._held.forget(running_s)
        self._worn_s = {track: at_s for track, at_s in self._worn_s.items() if running_s - at_s <= self.parameters.remembered_s}
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            known = told.get(turn.episode.subject)
            things, share, name = ((known[0],), known[1], known[2]) if known else ((), 0.0, "")
            numbers = (Number(name="held_share", value=round(share, 2), limit=self.parameters.held_share),)
            findings.append(self.finding(look, turn, things=things, numbers=numbers, zone=name))
        return self.verdict(findings, unjudged)

    def _without(self, person: Thing, look: Look) -> bool | None:
        torso = person.box.band(*TORSO)
        if any(one.box.share_inside(torso) >= self.parameters.harness_share for one in look.of(HARNESS)):
            return False
        nearer = (one for one in look.of(PEOPLE | VEHICLES) if one is not person and one.box.y2 > person.box.y2)
        hidden = any(torso.share_inside(one.box) > self.parameters.hidden_share for one in nearer)
        return None if hidden or torso.height_px < self.parameters.smallest_torso_px else True
