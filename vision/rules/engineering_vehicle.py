"""34 工程车辆识别: one record for every passage of an engineering vehicle through a work zone, with its kind by vote.

A machine that is parked and lost by the tracker for a moment does not enter again.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon

from vision.looks import ENGINEERING_VEHICLES, Look, Place, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.values import Algorithm, Finding, FindingKind, Gravity, Needs, Number, Remark, Surroundings, Verdict, ZoneUse
from vision.rules.voting import Ballot


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    fewest_looks: int = 3
    #: Looks that are waited for when not all of them agree.
    torn_looks: int = 6
    clear_margin_share: float = 0.2
    #: A new track so near to one that was told about, so lately, is the same vehicle.
    same_m: float = 5.0
    same_s: float = 60.0


class EngineeringVehicle(Rule):
    """One record per passage."""

    algorithm = Algorithm.ENGINEERING_VEHICLE
    needs = Needs(kinds=(ENGINEERING_VEHICLES,), zones=frozenset({ZoneUse.WORK}))
    gravity = Gravity.LOW

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._ballots: dict[int, Ballot] = {}

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every engineering vehicle whose ground centre is inside."""
        findings = [one for vehicle in look.of(ENGINEERING_VEHICLES) if (one := self._one(vehicle, look, running_s))]
        keep_s = self.parameters.same_s
        self._ballots = {track: one for track, one in self._ballots.items() if running_s - one.seen_s <= keep_s}
        return self.verdict(findings)

    def _one(self, vehicle: Thing, look: Look, running_s: float) -> Finding | None:
        if vehicle.track is None or vehicle.place is None:
            return None
        zone = zone_at(self.surroundings.areas(ZoneUse.WORK), _centre(vehicle, vehicle.place))
        if zone is None:
            return None
        ballot = self._ballots.setdefault(vehicle.track, Ballot())
        ballot.vote(vehicle, running_s)
        if ballot.told or not ballot.enough(self.parameters.fewest_looks, self.parameters.torn_looks):
            return None
        unclear = ballot.margin < self.parameters.clear_margin_share
        ballot.told = "" if unclear else ballot.winner
        before = self._same(vehicle.track, ballot, running_s)
        if before is not None:
            ballot.told = before.told
            return None
        ballot.told = ballot.told or "unclear"
        return self.single(
            look,
            f"vehicle {vehicle.track}",
            kind=FindingKind.RECORD,
            place=vehicle.place,
            things=(vehicle,),
            zone=zone.name,
            what=ballot.told,
            remarks=(Remark.KIND_UNCLEAR,) if unclear else (),
            numbers=(Number(name="margin_share", value=round(ballot.margin, 2), limit=self.parameters.clear_margin_share),),
        )

    def _same(self, track: int, ballot: Ballot, running_s: float) -> Ballot | None:
        """A passage told about that this one continues."""
        for number, one in sorted(self._ballots.items()):
            if number == track or not one.told or one.seen_s >= running_s:
                continue
            near = one.place and ballot.place and one.place.distance_m(ballot.place) <= self.parameters.same_m
            if near and (not ballot.told or one.told in {ballot.told, "unclear"}):
                return one
        return None


def _centre(vehicle: Thing, place: Place) -> Place:
    if not vehicle.footprint_m:
        return place
    middle = Polygon(vehicle.footprint_m).centroid
    return Place(x_m=middle.x, y_m=middle.y, sigma_m=place.sigma_m)
