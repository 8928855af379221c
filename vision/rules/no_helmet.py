"""未戴安全帽: somebody in a work zone, or anywhere in the picture where none is plotted, without a helmet. Needs no pose."""

from __future__ import annotations

from dataclasses import dataclass

from vision.looks import PEOPLE, Look, Thing
from vision.rules.heads import BARE, HELMET, Wears, heads_of
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import Episodes, Held, Situation
from vision.rules.values import Algorithm, Needs, Number, Surroundings, Unjudged, Verdict, ZoneUse

UNSEEN = {Wears.UNKNOWN: Unjudged.HEAD_NOT_VISIBLE, Wears.TOO_SMALL: Unjudged.HEAD_TOO_SMALL}


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Three seconds are enough to be sure, and short enough to say it in time."""

    dwell_s: float = 3.0
    held_share: float = 0.6
    smallest_head_px: float = 10.0


class NoHelmet(Rule):
    """One episode per person."""

    algorithm = Algorithm.NO_HELMET
    needs = Needs(kinds=(PEOPLE, frozenset({BARE}), frozenset({HELMET})), pose=False)

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._held, self._episodes = Held(self.parameters.dwell_s), Episodes()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every person with a track."""
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[tuple[Thing, ...], float, str]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        zones = self.surroundings.areas(ZoneUse.WORK) if self.surroundings.view else ()
        for i, head in heads_of(look, self.parameters.smallest_head_px).items():
            person = look.things[i]
            zone = zone_at(zones, person.place)
            if person.track is None or (zones and zone is None):
                continue
            subject = f"person {person.track}"
            holds = None if head.wears in UNSEEN else head.wears is Wears.NOTHING
            if holds is None:
                unjudged.append((subject, UNSEEN[head.wears]))
            share = self._held.see(subject, running_s, holds=holds)
            raised = share is not None and share >= self.parameters.held_share and holds is not False
            situations[subject] = Situation(raised=raised, holds=bool(holds), place=person.place)
            told[subject] = (person, head.thing) if head.thing else (person,), share or 0.0, zone.name if zone else ""
        self._held.forget(running_s)
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            things, share, name = told.get(turn.episode.subject, ((), 0.0, ""))
            numbers = (Number(name="held_share", value=round(share, 2), limit=self.parameters.held_share),)
            findings.append(self.finding(look, turn, things=things, numbers=numbers, zone=name))
        return self.verdict(findings, unjudged)
