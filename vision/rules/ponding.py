"""37 积水检测: water that stands on the ground for long, by its area in square metres on the ground.

An outline is projected corner by corner; a bare box counts as the ellipse it holds and is marked as coarse. Water bodies and
wash bays of the map are no ponding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, make_valid
from shapely.geometry.base import BaseGeometry

from vision.looks import VEHICLES, Look, Place, Thing
from vision.rules.rule import Rule
from vision.rules.timing import EpisodeLimits, Episodes, Held, Situation
from vision.rules.values import Algorithm, Gravity, Needs, Number, Remark, Surroundings, Unjudged, Verdict, ZoneUse

WATER = frozenset({"water"})
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    area_m2: float = 2.0
    dwell_s: float = 600.0
    held_share: float = 0.8
    clear_share: float = 0.5
    clear_s: float = 1800.0
    #: An area known worse than this says nothing.
    uncertain_share: float = 0.5
    #: Outlines so near to each other are one puddle.
    same_m: float = 2.0
    #: Looks in a row in which a detector may miss what stands there.
    bridged_looks: int = 1


@dataclass(frozen=True, kw_only=True)
class _Puddle:
    number: int
    ground: BaseGeometry
    seen_s: float
    area_m2: float = 0.0
    thing: Thing | None = None
    missed_looks: int = 0

    @property
    def coarse(self) -> bool:
        """Only a box is known."""
        return self.thing is not None and not self.thing.outline_px


class Ponding(Rule):
    """One episode per puddle."""

    algorithm = Algorithm.PONDING
    needs = Needs(kinds=(WATER,))
    gravity = Gravity.LOW

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._held = Held(self.parameters.dwell_s)
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.clear_s))
        self._puddles: list[_Puddle] = []
        self._next = 1

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every outline of water, and every puddle that is not seen any more."""
        if look.infrared:
            return self.verdict(unjudged=[("picture", Unjudged.INFRARED)])
        seen, unsure = self._see(look, running_s)
        longest_s = self.parameters.clear_s + self.parameters.dwell_s
        self._puddles = [one for one in self._puddles if running_s - one.seen_s <= longest_s]
        situations: dict[str, Situation] = {}
        shares: dict[str, float] = {}
        for puddle in self._puddles:
            subject = f"puddle {puddle.number}"
            there = puddle.missed_looks <= self.parameters.bridged_looks
            large = there and puddle.area_m2 >= self.parameters.area_m2
            silent = puddle.number in unsure or (puddle.number not in seen and self._hidden(puddle, look))
            share = self._held.see(subject, running_s, holds=None if silent else large)
            if share is not None:
                shares[subject] = round(share, 3)
                raised = share >= self.parameters.held_share and large
                keeps = share >= self.parameters.clear_share
                situations[subject] = Situation(raised=raised, holds=keeps, place=_place(puddle))
        self._held.forget(running_s, longest_s)
        by_subject = {f"puddle {one.number}": one for one in self._puddles}
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            puddle_now = by_subject.get(turn.episode.subject)
            area = puddle_now.area_m2 if puddle_now else 0.0
            numbers = (
                Number(name="area_m2", value=round(area, 1), limit=self.parameters.area_m2),
                Number(
                    name="held_share", value=round(shares.get(turn.episode.subject, 0.0), 3), limit=self.parameters.held_share
                ),
            )
            things = (puddle_now.thing,) if puddle_now and puddle_now.thing else ()
            remarks = (Remark.COARSE_AREA,) if puddle_now and puddle_now.coarse else ()
            findings.append(self.finding(look, turn, things=things, numbers=numbers, remarks=remarks))
        return self.verdict(findings, [(f"puddle {number}", Unjudged.AREA_UNCERTAIN) for number in sorted(unsure)])

    def _see(self, look: Look, running_s: float) -> tuple[set[int], set[int]]:
        """The puddles seen in a look, and those whose area cannot be trusted in it; all others are missed once more."""
        seen: set[int] = set()
        unsure: set[int] = set()
        for thing in look.of(WATER):
            ground, sure = self._ground(thing)
            if ground is None or ground.is_empty:
                continue
            puddle = self._puddle(ground, running_s)
            if not sure:
                unsure.add(puddle.number)
                continue
            if puddle.number in seen:
                # The model tore one puddle in two.
                ground = ground.union(puddle.ground)
            seen.add(puddle.number)
            found = replace(puddle, ground=ground, seen_s=running_s, area_m2=ground.area, thing=thing, missed_looks=-1)
            self._puddles[self._puddles.index(puddle)] = found
        self._puddles = [replace(one, missed_looks=one.missed_looks + 1) for one in self._puddles]
        return seen, unsure - seen

    def _ground(self, thing: Thing) -> tuple[BaseGeometry | None, bool]:
        """The water on the ground inside the site and outside mapped water, and whether its area can be trusted."""
        view = self.surroundings.view
        assert view is not None
        outline = np.array(thing.outline_px or _ellipse(thing), float)
        corners = view.ground(outline).points_m
        if not np.isfinite(corners).all():
            return None, False
        ground = make_valid(Polygon(corners))
        sites = self.surroundings.areas(ZoneUse.SITE)
        if sites:
            inside = [ground.intersection(one.area) for one in sites]
            ground = max(inside, key=lambda one: one.area)
        for one in self.surroundings.areas(ZoneUse.WATER, ZoneUse.WASH_BAY):
            ground = ground.difference(one.area)
        middle = outline.mean(0)
        wider = view.ground(outline + np.sign(outline - middle)).points_m
        off = abs(Polygon(wider).area - Polygon(corners).area) if np.isfinite(wider).all() else np.inf
        return ground, bool(off <= self.parameters.uncertain_share * max(Polygon(corners).area, 1e-9))

    def _puddle(self, ground: BaseGeometry, running_s: float) -> _Puddle:
        near = [(one.ground.distance(ground), one.number, one) for one in self._puddles]
        if near and min(near)[0] <= self.parameters.same_m:
            return min(near)[2]
        puddle = _Puddle(number=self._next, ground=ground, seen_s=running_s)
        self._next += 1
        self._puddles.append(puddle)
        return puddle

    @staticmethod
    def _hidden(puddle: _Puddle, look: Look) -> bool:
        if puddle.thing is None:
            return False
        box = puddle.thing.box
        return any(box.share_inside(one.box) > 0.5 for one in look.of(VEHICLES))


def _ellipse(thing: Thing) -> list[tuple[float, float]]:
    (x, y), turn = thing.box.centre_px, np.linspace(0, 2 * np.pi, 24, endpoint=False)
    wide, high = thing.box.width_px / 2, thing.box.height_px / 2
    return [(x + wide * float(np.cos(one)), y + high * float(np.sin(one))) for one in turn]


def _place(puddle: _Puddle) -> Place:
    middle = puddle.ground.representative_point()
    sigma_m = puddle.thing.place.sigma_m if puddle.thing and puddle.thing.place else 0.0
    return Place(x_m=middle.x, y_m=middle.y, sigma_m=sigma_m)
