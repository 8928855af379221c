"""What somebody wears on their head, from boxes of helmets and of bare heads. Not seen is not bare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vision.looks import PEOPLE, Box, Look, Thing

HELMET, BARE = "helmet", "head"
HEADS = frozenset({HELMET, BARE})
#: A head is looked for in this part of a person's box; helmets stick out above it.
TOP_SHARE, BOTTOM_SHARE = -0.08, 0.34
LARGEST_OVERLAP_SHARE = 0.5


class Wears(StrEnum):
    """What is known of a head."""

    HELMET = "helmet"
    NOTHING = "nothing"
    UNKNOWN = "unknown"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, kw_only=True)
class Head:
    """A person's head in one look, and the box that says so."""

    wears: Wears
    thing: Thing | None = None


def heads_of(look: Look, smallest_px: float) -> dict[int, Head]:
    """The head of each person by the index of the person in ``look.things``; every head box belongs to one person."""
    people = [i for i, one in enumerate(look.things) if one.kind in PEOPLE]
    owned: dict[int, list[Thing]] = {i: [] for i in people}
    for one in look.of(HEADS):
        owner = _owner(one.box, [(i, look.things[i].box) for i in people])
        if owner is not None:
            owned[owner].append(one)
    return {i: _judged(heads, smallest_px) for i, heads in owned.items()}


def _owner(head: Box, people: Sequence[tuple[int, Box]]) -> int | None:
    """The person in whose upper third the head is, nearest to the middle of the top."""
    fits = [(i, box) for i, box in people if head.share_inside(box.band(TOP_SHARE, BOTTOM_SHARE)) >= LARGEST_OVERLAP_SHARE]
    x, y = head.centre_px

    def away(pair: tuple[int, Box]) -> float:
        box = pair[1]
        return (abs(x - box.centre_px[0]) + abs(y - box.y1)) / max(box.height_px, 1.0)

    return min(fits, key=away)[0] if fits else None


def _judged(heads: list[Thing], smallest_px: float) -> Head:
    if not heads:
        return Head(wears=Wears.UNKNOWN)
    best = max(heads, key=lambda one: (one.score, one.kind))
    if best.box.height_px < smallest_px:
        return Head(wears=Wears.TOO_SMALL, thing=best)
    return Head(wears=Wears.HELMET if best.kind == HELMET else Wears.NOTHING, thing=best)
