"""39 脚手架上物件悬挑: an object that sticks out of the scaffold, in metres on the plane of its façade, and stays.

A load on a hook moves and is none. Where no façade is plotted, only the class of the model speaks, and the finding says so.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from vision.looks import Look, Thing
from vision.rules.rule import Rule
from vision.rules.timing import EpisodeLimits, Episodes, Held, Situation
from vision.rules.values import Algorithm, Gravity, Line, LineUse, Needs, Number, Remark, Surroundings, Verdict

OVERHANG = frozenset({"overhang_object"})


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    out_m: float = 0.3
    still_m_per_s: float = 0.3
    #: A load that swings comes back to its middle: nor may it be farther from it than this.
    sway_m: float = 0.5
    dwell_s: float = 30.0
    held_share: float = 0.7
    #: The same object from look to look.
    same_m: float = 1.0
    #: Looks in a row in which a detector may miss an object.
    bridged_looks: int = 1
    gone_s: float = 60.0


@dataclass
class _Object:
    number: int
    #: Pixels of a unit without a façade: the object's own size when it was first seen; 1 with one.
    scale: float
    #: Running time, and metres along and up the façade; units across and up the picture without one.
    seen: deque[tuple[float, float, float]] = field(default_factory=lambda: deque(maxlen=30))
    missed_looks: int = 0


class ScaffoldOverhang(Rule):
    """One episode per object."""

    algorithm = Algorithm.SCAFFOLD_OVERHANG
    needs = Needs(kinds=(OVERHANG,), pose=False)
    gravity = Gravity.HIGH

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        facades = surroundings.lines_of(LineUse.FACADE)
        self._facade = facades[0] if facades and surroundings.view else None
        self._held = Held(self.parameters.dwell_s)
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.gone_s))
        self._objects: list[_Object] = []
        self._next = 1

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every object."""
        situations, told = {}, {}
        for thing in look.of(OVERHANG):
            at, out_m = self._measured(thing)
            if at is None:
                continue
            one = self._known(at, thing, running_s)
            still = self._still(one, running_s)
            outside = out_m is None or out_m > self.parameters.out_m
            subject = f"object {one.number}"
            share = self._held.see(subject, running_s, holds=still and outside)
            raised = share is not None and share >= self.parameters.held_share and still and outside
            situations[subject] = Situation(raised=raised, holds=still and outside)
            told[subject] = thing, out_m, share or 0.0
        self._missed(set(told), running_s)
        self._held.forget(running_s)
        self._objects = [one for one in self._objects if running_s - one.seen[-1][0] <= self.parameters.gone_s]
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            if turn.episode.subject not in told:
                findings.append(self.finding(look, turn))
                continue
            thing, out_m, share = told[turn.episode.subject]
            numbers = [Number(name="held_share", value=round(share, 2), limit=self.parameters.held_share)]
            if out_m is not None:
                numbers.insert(0, Number(name="out_m", value=round(out_m, 2), limit=self.parameters.out_m))
            remarks = () if self._facade else (Remark.BY_CLASS_ONLY,)
            zone = self._facade.name if self._facade else ""
            findings.append(self.finding(look, turn, things=(thing,), numbers=tuple(numbers), remarks=remarks, zone=zone))
        return self.verdict(findings)

    def _missed(self, present: set[str], running_s: float) -> None:
        """What is gone for some looks does not hang there; a load that swings by now and then is no object that stays."""
        for one in self._objects:
            one.missed_looks = 0 if f"object {one.number}" in present else one.missed_looks + 1
            if one.missed_looks > self.parameters.bridged_looks:
                self._held.see(f"object {one.number}", running_s, holds=False)

    def _measured(self, thing: Thing) -> tuple[tuple[float, float] | None, float | None]:
        """Where on the façade the object's middle is, and how far out of the scaffold."""
        if self._facade is None:
            return thing.box.centre_px, None
        view = self.surroundings.view
        assert view is not None
        (ax, ay), (bx, by) = self._facade.points_m[0], self._facade.points_m[-1]
        along = np.array([bx - ax, by - ay, 0.0])
        length = float(np.linalg.norm(along))
        normal = np.array([-(by - ay), bx - ax, 0.0]) / max(length, 1e-9)
        start = np.array([ax, ay, view.plane_z_m])
        point = view.on_plane(thing.box.centre_px, start, normal)
        if point is None:
            return None, None
        far, high = float((point - start) @ along) / max(length, 1e-9), float(point[2] - view.plane_z_m)
        return (far, high), _outside(far, high, length, self._facade)

    def _known(self, at: tuple[float, float], thing: Thing, running_s: float) -> _Object:
        near = [(_away(one, at), one.number, one) for one in self._objects]
        away, _, known = min(near, key=lambda item: item[:2], default=(np.inf, 0, None))
        if known is None or away > self.parameters.same_m:
            size_px = max(thing.box.width_px, thing.box.height_px, 1.0)
            known = _Object(self._next, 1.0 if self._facade else size_px)
            self._next += 1
            self._objects.append(known)
        known.seen.append((running_s, at[0] / known.scale, at[1] / known.scale))
        return known

    def _still(self, one: _Object, running_s: float) -> bool:
        """Over the last few seconds, from half to half, so that trembling boxes do not count as motion."""
        recent = [seen for seen in one.seen if running_s - seen[0] <= 6.0]
        if len(recent) < 2:
            return False
        places = np.array(recent)[:, 1:]
        if np.hypot(*(places - places.mean(0)).T).max() > self.parameters.sway_m:
            return False
        half = len(recent) // 2
        early, late = np.array(recent[:half]).mean(0), np.array(recent[-half:]).mean(0)
        moved_m, took_s = float(np.hypot(*(late[1:] - early[1:]))), float(late[0] - early[0])
        return moved_m / max(took_s, 1e-6) < self.parameters.still_m_per_s


def _away(one: _Object, at: tuple[float, float]) -> float:
    _, along, high = one.seen[-1]
    return math.hypot(at[0] / one.scale - along, at[1] / one.scale - high)


def _outside(along_m: float, high_m: float, length_m: float, facade: Line) -> float:
    """How far beyond the scaffold's outline, metres; negative inside of it."""
    over = max(-along_m, along_m - length_m), high_m - facade.top_m
    if max(over) <= 0:
        return max(over)
    return math.hypot(max(0.0, over[0]), max(0.0, over[1]))
