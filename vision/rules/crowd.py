"""人员聚集: so many people within so many metres of each other, for a while."""

from __future__ import annotations

from dataclasses import dataclass

from vision.looks import PEOPLE, Look, Place, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import EpisodeLimits, Episodes, Held, Situation
from vision.rules.values import Algorithm, Needs, Number, Surroundings, Verdict, ZoneUse


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """A crew at work is no crowd."""

    people_count: int = 8
    within_m: float = 5.0
    dwell_s: float = 30.0
    held_share: float = 0.7
    clear_share: float = 0.3
    #: Somebody missed by the detector for so long is still there.
    remembered_s: float = 3.0


class Crowd(Rule):
    """One episode per camera: a crowd that moves on is the same crowd."""

    algorithm = Algorithm.CROWD
    needs = Needs(kinds=(PEOPLE,))

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._held = Held(self.parameters.dwell_s)
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.dwell_s))
        self._known: dict[int, tuple[float, Thing]] = {}

    def judge(self, look: Look, running_s: float) -> Verdict:
        """The densest place of the look."""
        zones = self.surroundings.areas(ZoneUse.WORK)
        self._known |= {one.track: (running_s, one) for one in look.of(PEOPLE) if one.track is not None}
        oldest_s = running_s - self.parameters.remembered_s
        self._known = {track: known for track, known in self._known.items() if known[0] >= oldest_s}
        known = [one for _, one in self._known.values()]
        people = [one for one in known if one.place and (not zones or zone_at(zones, one.place))]
        group = max((self._around(one, people) for one in people), key=len, default=())
        many = len(group) >= self.parameters.people_count
        share = self._held.see("crowd", running_s, holds=many)
        raised = share is not None and share >= self.parameters.held_share and many
        keeps = share is not None and share > self.parameters.clear_share
        situations = {"crowd": Situation(raised=raised, holds=keeps, place=_middle(group))}
        numbers = (Number(name="people", value=len(group), limit=self.parameters.people_count),)
        turns = self._episodes.step(running_s, look.at_s, situations)
        return self.verdict([self.finding(look, turn, things=group, numbers=numbers) for turn in turns])

    def _around(self, centre: Thing, people: list[Thing]) -> tuple[Thing, ...]:
        assert centre.place is not None
        return tuple(one for one in people if one.place and centre.place.distance_m(one.place) <= self.parameters.within_m)


def _middle(group: tuple[Thing, ...]) -> Place | None:
    places = [one.place for one in group if one.place]
    if not places:
        return None
    x, y = sum(one.x_m for one in places) / len(places), sum(one.y_m for one in places) / len(places)
    return Place(x_m=x, y_m=y, sigma_m=max(one.sigma_m for one in places), covariance_m2=places[0].covariance_m2)
