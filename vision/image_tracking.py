"""Following things by their boxes alone, for cameras without a pose. Good for slow things; nothing metric may be built on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vision.looks import Box

#: Somebody walking past moves about their own height in a second.
HEIGHTS_PER_S = 1.2
#: Boxes of one thing differ in height by less than this factor from look to look.
LARGEST_GROWTH = 1.8
UNMATCHED = 1e6


@dataclass(frozen=True, kw_only=True)
class _Track:
    number: int
    group: str
    box: Box
    seen_s: float


class ImageTracker:
    """Box to box by distance in box heights, with one optimal assignment per look."""

    def __init__(self, *, keep_s: float) -> None:
        self.keep_s = keep_s
        self._tracks: list[_Track] = []
        self._next = 1

    def follow(self, at_s: float, boxes: Sequence[tuple[str, Box]]) -> list[int]:
        """Track numbers of (group, box) pairs, in their order."""
        known = [one for one in self._tracks if at_s - one.seen_s <= self.keep_s]
        cost = np.full((len(known), len(boxes)), UNMATCHED)
        for t, track in enumerate(known):
            for d, (group, box) in enumerate(boxes):
                if group == track.group:
                    cost[t, d] = _distance(track, box, at_s)
        numbers = [0] * len(boxes)
        for t, d in best_pairs(cost):
            if cost[t, d] < UNMATCHED:
                numbers[d] = known[t].number
        for d in range(len(boxes)):
            if not numbers[d]:
                numbers[d], self._next = self._next, self._next + 1
        fresh = [
            _Track(number=number, group=group, box=box, seen_s=at_s) for number, (group, box) in zip(numbers, boxes, strict=True)
        ]
        self._tracks = [one for one in known if one.number not in set(numbers)] + fresh
        return numbers


def best_pairs(cost: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Row and column of the assignment that costs least."""
    rows, columns = linear_sum_assignment(cost)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


def _distance(track: _Track, box: Box, at_s: float) -> float:
    height = max(track.box.height_px, box.height_px, 1.0)
    growth = height / max(min(track.box.height_px, box.height_px), 1.0)
    (x, y), (u, v) = track.box.centre_px, box.centre_px
    heights = float(np.hypot(x - u, y - v)) / height
    reach = HEIGHTS_PER_S * (1 + 0.5 * (at_s - track.seen_s))
    return heights / reach if heights <= reach and growth <= LARGEST_GROWTH else UNMATCHED
