"""Adding up spans of many cameras (machine twin)."""

from __future__ import annotations

from coverage.kernel.desk import Desk
from coverage.kernel.pictures import in_disc
from coverage.kernel.values import EVERYWHERE, REACH, Floats, PackedSite, Segment, X, Y
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
        return float(ends[0] - begins[0])
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
def add_spans(spans: Floats, t: int, many: int, low: float, high: float, begins: Floats, ends: Floats, count: int) -> int:
    """Add the first spans of ``spans[t]``, cut to [low, high]. Returns how many there are now."""
    for i in range(many):
        begin, end = max(spans[t, i, 0], low), min(spans[t, i, 1], high)
        if end - begin > NOTHING_M:
            count = add(begins, ends, count, begin, end)
    return count


@compiled
def count_wide(site: PackedSite, desk: Desk, segment: Segment, active: int, needed: int) -> None:
    """Fill ``desk.wide``: lengths visible at any density, in the picture, within reach; and a mark of where those are."""
    begins, ends, cameras, cast = desk.begins, desk.ends, site.cameras, desk.active
    count = 0
    for t in range(active):
        count = add_spans(desk.visible, t, desk.visible_count[t], 0.0, EVERYWHERE, begins, ends, count)
    desk.wide[0] = length_watched(begins, ends, count, needed)
    desk.wide[3] = moment(begins, ends, count)
    count = 0
    for t in range(active):
        count = add_spans(desk.pictured, t, desk.pictured_count[t], 0.0, EVERYWHERE, begins, ends, count)
    desk.wide[1] = length_watched(begins, ends, count, needed)
    desk.wide[3] += 2.0 * moment(begins, ends, count)
    count = 0
    for t in range(active):
        qx, qy, reach = segment[0] - cameras[cast[t], X], segment[1] - cameras[cast[t], Y], cameras[cast[t], REACH]
        low, high = in_disc(qx, qy, qx * segment[2] + qy * segment[3], reach * reach)
        low, high = max(low, 0.0), min(high, segment[4])
        if high > low:
            count = add(begins, ends, count, low, high)
    desk.wide[2] = length_watched(begins, ends, count, needed)


@compiled
def moment(begins: Floats, ends: Floats, count: int) -> float:
    """A number that changes when spans move, though their lengths do not."""
    total = 0.0
    for i in range(count):
        total += ends[i] * ends[i] - begins[i] * begins[i]
    return total
