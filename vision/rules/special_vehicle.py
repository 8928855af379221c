"""40 特殊车辆识别: a police car, fire engine or ambulance at the site, told apart from ordinary vehicles by vote."""

from __future__ import annotations

from dataclasses import dataclass

from vision.looks import SPECIAL_VEHICLES, VEHICLES, Look, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import EpisodeLimits, Episodes, Situation
from vision.rules.values import Algorithm, Gravity, Needs, Number, Surroundings, Unjudged, Verdict, ZoneUse
from vision.rules.voting import Ballot


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    fewest_looks: int = 3
    #: Looks that are waited for when not all of them agree.
    torn_looks: int = 6
    clear_margin_share: float = 0.2
    #: A model that knows no ordinary cars calls one by the nearest name it has, but is not sure of it.
    sure_score: float = 0.5
    buffer_m: float = 20.0
    #: Not seen for so long: the passage is over.
    gone_s: float = 20.0
    forget_s: float = 120.0


class SpecialVehicle(Rule):
    """One episode per passage."""

    algorithm = Algorithm.SPECIAL_VEHICLE
    needs = Needs(kinds=(SPECIAL_VEHICLES,), zones=frozenset({ZoneUse.SITE}))
    gravity = Gravity.HIGH

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._ballots: dict[int, Ballot] = {}
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.gone_s))

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every vehicle in or near the site."""
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[Thing, Ballot]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        for vehicle in look.of(VEHICLES):
            inside = zone_at(self.surroundings.areas(ZoneUse.SITE), vehicle.place, self.parameters.buffer_m)
            if vehicle.track is None or inside is None:
                continue
            ballot = self._ballots.setdefault(vehicle.track, Ballot())
            ballot.vote(vehicle, running_s)
            sure = ballot.mean_score >= self.parameters.sure_score
            clear = sure and ballot.margin >= self.parameters.clear_margin_share
            special = ballot.winner in SPECIAL_VEHICLES
            subject = f"vehicle {vehicle.track}"
            enough = ballot.enough(self.parameters.fewest_looks, self.parameters.torn_looks)
            if enough and not clear and SPECIAL_VEHICLES & set(ballot.scores):
                unjudged.append((subject, Unjudged.KIND_UNCLEAR))
            raised = special and clear and enough
            situations[subject] = Situation(raised=raised, holds=special, place=vehicle.place)
            told[subject] = vehicle, ballot
        keep_s = self.parameters.forget_s
        self._ballots = {track: one for track, one in self._ballots.items() if running_s - one.seen_s <= keep_s}
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            known = told.get(turn.episode.subject)
            margin, score = (known[1].margin, known[1].mean_score) if known else (0.0, 0.0)
            numbers = (
                Number(name="margin_share", value=round(margin, 2), limit=self.parameters.clear_margin_share),
                Number(name="mean_score", value=round(score, 2), limit=self.parameters.sure_score),
            )
            things, what = ((known[0],), known[1].winner) if known else ((), "")
            findings.append(self.finding(look, turn, things=things, numbers=numbers, what=what))
        return self.verdict(findings, unjudged)
