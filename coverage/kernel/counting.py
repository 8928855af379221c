"""Adding up spans of many cameras (machine twin)."""

from __future__ import annotations

from coverage.kernel.values import Floats, Ints
from spatial.compiled import compiled

#: Lengths below this are rounding, metres.
NOTHING_M = 1e-9


@compiled
def add(begins: Floats, ends: Floats, count: int, begin: float, end: float) -> int:
    """Keep begins and ends each sorted while they come in; there are few."""
    i = count - 1
    while i >= 0 and begins[i] > begin:
        begins[i + 1] = begins[i]
        i -= 1
    begins[i + 1] = begin
    i = count - 1
    while i >= 0 and ends[i] > end:
        ends[i + 1] = ends[i]
        i -= 1
    ends[i + 1] = end
    return count + 1


@compiled
def length_watched(begins: Floats, ends: Floats, count: int, needed: int) -> float:
    """Length on which at least ``needed`` spans lie over one another; those of one camera are disjoint."""
    if count < needed:
        return 0.0
    if count == 1:
        return ends[0] - begins[0]
    total, depth, i, before = 0.0, 0, 0, 0.0
    for j in range(count):
        while i < count and begins[i] <= ends[j]:
            if depth >= needed:
                total += begins[i] - before
            before = begins[i]
            depth += 1
            i += 1
        if depth >= needed:
            total += ends[j] - before
        before = ends[j]
        depth -= 1
    return total


@compiled
def count_wide(spans: Floats, spans_of: Ints, active: int, begins: Floats, ends: Floats, needed: int) -> float:
    """Length on which at least ``needed`` cameras have a span."""
    count = 0
    for t in range(active):
        for i in range(spans_of[t]):
            count = add(begins, ends, count, spans[t, i, 0], spans[t, i, 1])
    return length_watched(begins, ends, count, needed)


@compiled
def count_reached(reached: Floats, active: int, begins: Floats, ends: Floats, needed: int) -> float:
    """Length within reach of at least ``needed`` cameras."""
    count = 0
    for t in range(active):
        if reached[t, 1] > reached[t, 0]:
            count = add(begins, ends, count, reached[t, 0], reached[t, 1])
    return length_watched(begins, ends, count, needed)


@compiled
def moment(begins: Floats, ends: Floats, count: int) -> float:
    """A number that changes when spans move, though their lengths do not."""
    total = 0.0
    for i in range(count):
        total += ends[i] * ends[i] - begins[i] * begins[i]
    return total


@compiled
def moments(spans: Floats, spans_of: Ints, active: int) -> float:
    """The same for the spans of every active camera."""
    total = 0.0
    for t in range(active):
        for i in range(spans_of[t]):
            total += spans[t, i, 1] * spans[t, i, 1] - spans[t, i, 0] * spans[t, i, 0]
    return total
