"""38 盾构管片及预制构件堆叠过高: layers of a stack counted from their boxes, precast parts measured in metres.

Layers lie over each other with about one spacing; a layer that was missed in the middle is counted, one on top is never invented.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from vision.looks import Box, Look, Thing
from vision.rules.rule import Rule, too_far
from vision.rules.timing import EpisodeLimits, Episodes, Situation
from vision.rules.values import Algorithm, Needs, Number, Remark, Surroundings, Unjudged, Verdict, ZoneUse

SEGMENT, PRECAST = frozenset({"segment"}), frozenset({"precast"})


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    #: More layers than these are too many.
    layers_count: int = 4
    precast_height_m: float = 3.0
    over_looks: int = 3
    of_looks: int = 5
    same_column_share: float = 0.5
    gone_s: float = 60.0


@dataclass
class _Stack:
    number: int
    box: Box
    seen_s: float
    counts: deque[float] = field(default_factory=lambda: deque(maxlen=60))


@dataclass(frozen=True, kw_only=True)
class _Found:
    things: tuple[Thing, ...]
    box: Box
    #: Layers, or metres of a precast part.
    size: float
    limit: float
    inferred: bool = False


class StackTooHigh(Rule):
    """One episode per stack."""

    algorithm = Algorithm.STACK_TOO_HIGH
    needs = Needs(kinds=(SEGMENT | PRECAST,), zones=frozenset({ZoneUse.SHIELD}), pose=False)

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._stacks: list[_Stack] = []
        self._next = 1
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.gone_s))

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every stack and every precast part."""
        unjudged: list[tuple[str, Unjudged]] = []
        found = [self._stacked(column) for column in self._columns(look.of(SEGMENT))]
        for thing in look.of(PRECAST):
            measured = self._measured(thing)
            if isinstance(measured, Unjudged):
                unjudged.append(("precast", measured))
            else:
                found.append(measured)
        situations, told = {}, {}
        for one in found:
            stack = self._known(one.box, running_s)
            stack.counts.append(one.size)
            recent = list(stack.counts)[-self.parameters.of_looks :]
            over = sum(size > one.limit for size in recent)
            subject = f"stack {stack.number}"
            raised = over >= self.parameters.over_looks
            situations[subject] = Situation(raised=raised, holds=one.size > one.limit, place=one.things[0].place)
            told[subject] = one, float(np.median(recent))
        self._stacks = [one for one in self._stacks if running_s - one.seen_s <= 10 * self.parameters.gone_s]
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            if turn.episode.subject not in told:
                findings.append(self.finding(look, turn))
                continue
            one, size = told[turn.episode.subject]
            name = "layers" if one.things[0].kind in SEGMENT else "height_m"
            numbers = (Number(name=name, value=round(size, 2), limit=one.limit),)
            remarks = (Remark.LAYERS_INFERRED,) if one.inferred else ()
            findings.append(
                self.finding(look, turn, things=one.things, numbers=numbers, remarks=remarks, what=one.things[0].kind)
            )
        return self.verdict(findings, unjudged)

    def _columns(self, layers: tuple[Thing, ...]) -> list[list[Thing]]:
        """Layers over each other, from the lowest up."""
        columns: list[list[Thing]] = []
        for layer in sorted(layers, key=lambda one: -one.box.y2):
            fits = [column for column in columns if self._over(layer.box, column)]
            if fits:
                min(fits, key=lambda column: column[-1].box.y1 - layer.box.y2).append(layer)
            else:
                columns.append([layer])
        return columns

    def _over(self, box: Box, column: list[Thing]) -> bool:
        last = column[-1].box
        low, high = max(box.x1, last.x1), min(box.x2, last.x2)
        share = max(0.0, high - low) / max(max(box.x2, last.x2) - min(box.x1, last.x1), 1e-9)
        thick = max(box.height_px, last.height_px)
        # No higher than three layers above the last one: one that stands behind is another stack.
        return share >= self.parameters.same_column_share and 0.2 * thick < last.y2 - box.y2 < 3.5 * thick

    def _stacked(self, column: list[Thing]) -> _Found:
        bottoms = np.array([one.box.y2 for one in column])
        box = Box(
            x1=min(one.box.x1 for one in column),
            y1=min(one.box.y1 for one in column),
            x2=max(one.box.x2 for one in column),
            y2=max(one.box.y2 for one in column),
        )
        steps, count = -np.diff(bottoms), len(column)
        if len(steps) >= 2:
            spacing = float(np.median(steps[steps <= 1.5 * np.min(steps)]))
            count = 1 + int(sum(max(1, round(float(step) / spacing)) for step in steps))
        inferred = count > len(column)
        return _Found(things=tuple(column), box=box, size=count, limit=self.parameters.layers_count, inferred=inferred)

    def _measured(self, thing: Thing) -> _Found | Unjudged:
        view, limit = self.surroundings.view, self.parameters.precast_height_m
        if view is None or thing.place is None:
            return Unjudged.NO_PLACE
        if too_far(thing.place, limit):
            return Unjudged.TOO_FAR
        height = view.height_above((thing.box.centre_px[0], thing.box.y1), thing.place)
        return _Found(things=(thing,), box=thing.box, size=height, limit=limit)

    def _known(self, box: Box, running_s: float) -> _Stack:
        near = [(one.box.iou(box), -one.number, one) for one in self._stacks]
        share, _, stack = max(near, key=lambda item: item[:2], default=(0.0, 0, None))
        if stack is None or share < 0.3:
            stack = _Stack(self._next, box, running_s)
            self._next += 1
            self._stacks.append(stack)
        stack.box, stack.seen_s = box, running_s
        return stack
