"""36 烟火检测: flames that move and smoke that stays at one place of the picture, within five seconds.

A red lamp or a sign does not change its size; what the detector's own trembling does to an area is taken off first. Works without
a pose; then the camera's place is the incident's. Permitted hot work lowers the gravity and is never silent.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from vision.looks import Box, Look, Place, Thing
from vision.rules.rule import Rule, zone_at
from vision.rules.timing import EpisodeLimits, Episodes, Situation
from vision.rules.values import Algorithm, Gravity, Needs, Number, Remark, Surroundings, Verdict, Zone, ZoneUse

FIRE, SMOKE = "fire", "smoke"
KINDS = frozenset({FIRE, SMOKE})


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    seen_looks: int = 3
    of_looks: int = 5
    same_place_share: float = 0.2
    least_score: float = 0.5
    #: Variation of a flame's area (standard deviation over mean), and growth that counts as well.
    flicker_share: float = 0.08
    growth_factor: float = 1.3
    #: So still for so long: a lamp.
    lamp_share: float = 0.03
    lamp_s: float = 60.0
    #: Edges of a detector's boxes tremble by so much.
    trembling_px: float = 2.0
    first_seen_fps: float = 5.0
    first_seen_s: float = 10.0
    gone_s: float = 30.0
    #: A place of the picture is remembered as long as nothing new may be raised there.
    remembered_s: float = 600.0


@dataclass(frozen=True, kw_only=True)
class _Seen:
    look: int
    running_s: float
    kind: str
    box: Box


@dataclass
class _Spot:
    number: int
    first_s: float
    seen: deque[_Seen] = field(default_factory=lambda: deque(maxlen=600))


class FireOrSmoke(Rule):
    """One episode per place; smoke and fire at one place are one."""

    algorithm = Algorithm.FIRE_OR_SMOKE
    needs = Needs(kinds=(KINDS,), pose=False)
    gravity = Gravity.HIGH

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._spots: list[_Spot] = []
        self._count, self._next = 0, 1
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.gone_s))

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every flame and every smoke that is sure enough."""
        self._count += 1
        wanted = {SMOKE} if look.infrared else set(KINDS)
        found = [one for one in look.things if one.kind in wanted and one.score >= self.parameters.least_score]
        things: dict[int, list[Thing]] = {}
        for one in sorted(found, key=lambda thing: (thing.kind, -thing.score)):
            spot = self._spot(one.box, running_s)
            spot.seen.append(_Seen(look=self._count, running_s=running_s, kind=one.kind, box=one.box))
            things.setdefault(spot.number, []).append(one)
        self._spots = [one for one in self._spots if running_s - one.seen[-1].running_s <= self.parameters.remembered_s]
        situations, told = {}, {}
        for spot in self._spots:
            if spot.number in things:
                subject = f"place {spot.number}"
                raised, numbers = self._raised(spot, running_s)
                place = self._foot(things[spot.number])
                situations[subject] = Situation(raised=raised, holds=True, place=place)
                told[subject] = spot, tuple(things[spot.number]), numbers, place
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            if turn.episode.subject not in told:
                findings.append(self.finding(look, turn))
                continue
            spot, seen, numbers, place = told[turn.episode.subject]
            zone = zone_at(self.surroundings.areas(ZoneUse.HOT_WORK), place)
            kinds = {one.kind for one in list(spot.seen)[-10:]}
            findings.append(
                self.finding(
                    look,
                    turn,
                    things=seen,
                    numbers=numbers,
                    zone=zone.name if zone else "",
                    remarks=(Remark.HOT_WORK,) if zone else (),
                    what=FIRE if FIRE in kinds else SMOKE,
                    gravity=_gravity(kinds, zone),
                )
            )
        hurried = any(running_s - one.first_s <= self.parameters.first_seen_s for one in self._spots)
        return self.verdict(findings, wanted_fps=self.parameters.first_seen_fps if hurried else None)

    def _spot(self, box: Box, running_s: float) -> _Spot:
        for spot in self._spots:
            last = spot.seen[-1].box
            touching = box.common_px(last) > 0.3 * min(box.area_px, last.area_px)
            if box.iou(last) >= self.parameters.same_place_share or touching:
                return spot
        spot = _Spot(self._next, running_s)
        self._next += 1
        self._spots.append(spot)
        return spot

    def _raised(self, spot: _Spot, running_s: float) -> tuple[bool, tuple[Number, ...]]:
        recent = [one for one in spot.seen if one.look > self._count - self.parameters.of_looks]
        looks = len({one.look for one in recent})
        smoke = any(one.kind == SMOKE for one in recent)
        flames = [one for one in recent if one.kind == FIRE]
        flicker, growth = self._flicker(flames), self._growth(flames)
        moving = flicker > self.parameters.flicker_share or growth >= self.parameters.growth_factor
        long = [one for one in spot.seen if one.kind == FIRE and one.running_s >= running_s - self.parameters.lamp_s]
        old = bool(long) and running_s - long[0].running_s >= self.parameters.lamp_s * 0.9
        lamp = old and self._flicker(long) < self.parameters.lamp_share
        numbers = (
            Number(name="looks", value=looks, limit=self.parameters.seen_looks),
            Number(name="flicker_share", value=round(flicker, 3), limit=self.parameters.flicker_share),
        )
        return looks >= self.parameters.seen_looks and (smoke or (moving and not lamp)), numbers

    def _flicker(self, seen: list[_Seen]) -> float:
        """Variation of the area beyond what trembling edges make."""
        if len(seen) < 3:
            return 0.0
        areas = np.array([one.box.area_px for one in seen])
        edge = 2 * self.parameters.trembling_px**2
        sizes = [(one.box.width_px, one.box.height_px) for one in seen]
        trembling = float(np.mean([edge / max(w, 1.0) ** 2 + edge / max(h, 1.0) ** 2 for w, h in sizes]))
        variation = float(areas.var(ddof=1) / max(areas.mean(), 1.0) ** 2)
        # A sample of few looks varies by chance: about χ² at 99.9 % must be passed before anything counts.
        doubt = trembling * (1 + 18 / len(seen))
        return float(np.sqrt(max(0.0, variation - doubt)))

    def _growth(self, seen: list[_Seen]) -> float:
        if len(seen) < 3:
            return 1.0
        least = max(min(one.box.width_px for one in seen), min(one.box.height_px for one in seen), 1.0)
        slack = 1 + 4 * self.parameters.trembling_px / least
        return seen[-1].box.area_px / max(seen[0].box.area_px, 1.0) / slack

    def _foot(self, things: list[Thing]) -> Place | None:
        fires = [one for one in things if one.kind == FIRE] or things
        return fires[0].place


def _gravity(kinds: set[str], zone: Zone | None) -> Gravity:
    if zone is not None:
        return Gravity.LOW
    return Gravity.CRITICAL if FIRE in kinds else Gravity.HIGH
