"""Where rows must end so that no edge lies along one (machine twin).

A row is measured along its middle. That is exact where the length seen changes evenly from row to row, and wrong by up to half a
row where an edge of a picture or of a shadow runs along the rows and the length jumps. Such edges are common: cameras look along
fences. So rows end where an edge that crosses few of them enters and leaves the scene; between those places the length changes
evenly again, and the middle is exact.
"""

from __future__ import annotations

from coverage.kernel.desk import Desk
from coverage.kernel.values import (
    DISTORTED,
    EVERYWHERE,
    FOCAL,
    FORWARD,
    KIND,
    OFFLINE,
    PICTURE_SIDES,
    Floats,
    PackedSite,
    Segment,
    X,
    Y,
    Z,
)
from spatial.compiled import compiled

#: An edge that crosses more rows than this from end to end does no harm.
FEW_ROWS = 3.0
#: Ends of rows nearer to each other than this share of a row are one.
SAME_SHARE = 0.01


@compiled
def extent_of(segments: Floats, first: int, last: int, extent: Floats) -> None:
    """Least and greatest u and v of rows of one direction, along and across them, and the height of the highest; metres."""
    extent[0], extent[1], extent[2], extent[3], extent[4] = EVERYWHERE, -EVERYWHERE, EVERYWHERE, -EVERYWHERE, 0.0
    dx, dy = segments[first, 2], segments[first, 3]
    for n in range(first, last):
        u, v = segments[n, 0] * dx + segments[n, 1] * dy, -segments[n, 0] * dy + segments[n, 1] * dx
        extent[0], extent[1] = min(extent[0], u), max(extent[1], u + segments[n, 4])
        extent[2], extent[3], extent[4] = min(extent[2], v), max(extent[3], v), max(extent[4], segments[n, 5])


@compiled
def add_edge(a: float, b: float, c: float, segment: Segment, extent: Floats, breaks: Floats, count: int) -> int:
    """Note where the edge a · x + b · y + c = 0 enters and leaves the rows, if it crosses few of them."""
    along, across = a * segment[2] + b * segment[3], -a * segment[3] + b * segment[2]
    row = extent[4]
    if abs(along) * (extent[1] - extent[0]) >= FEW_ROWS * row * abs(across) or count + 2 > breaks.shape[0]:
        return count
    first, last = -(along * extent[0] + c) / across, -(along * extent[1] + c) / across
    if max(first, last) > extent[2] - row and min(first, last) < extent[3] + row:
        breaks[count], breaks[count + 1] = first, last
        count += 2
    return count


@compiled
def find_breaks(site: PackedSite, desk: Desk, group: int, plane_m: float, segment: Segment, extent: Floats, active: int) -> int:
    """All places where rows of a group must end, sorted, in ``desk.breaks``. Returns how many."""
    breaks, cameras, count = desk.breaks, site.cameras, 0
    for t in range(active):
        c = desk.active[t]
        if desk.near[t, 0] < 0:
            continue
        for i in range(PICTURE_SIDES):
            count = add_edge(
                desk.sides[c, 0, i, 0], desk.sides[c, 0, i, 1], desk.sides[c, 0, i, 2], segment, extent, breaks, count
            )
        for k in desk.near[t, 1 : desk.near[t, 0] + 1]:
            for i in range(desk.shadow_size[c, k]):
                side = desk.shadows[c, k, i]
                count = add_edge(side[0], side[1], side[2], segment, extent, breaks, count)
        if cameras[c, KIND] > DISTORTED:
            continue
        a, b = -cameras[c, FORWARD], -cameras[c, FORWARD + 1]
        deep = (cameras[c, Z] - plane_m) * cameras[c, FORWARD + 2] - a * cameras[c, X] - b * cameras[c, Y]
        before = -1.0
        for request in range(site.request_from[group], site.request_from[group + 1]):
            across = site.demands[request, 0]
            if across > 0.0 and across != before and site.ranks[request, c] <= OFFLINE:
                before = across
                count = add_edge(a, b, cameras[c, FOCAL] / across + deep, segment, extent, breaks, count)
    breaks[:count].sort()
    return count


@compiled
def next_part(desk: Desk, count: int, segment: Segment, height: float, below: float) -> tuple[float, Segment]:
    """The part of a row above ``below``: where it ends, and its segment. ``height`` is the row's place across the rows."""
    row = segment[5]
    top = height + row / 2.0
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if desk.breaks[middle] <= below + SAME_SHARE * row:
            low = middle + 1
        else:
            high = middle
    end = top
    if low < count and desk.breaks[low] < top - SAME_SHARE * row:
        end = desk.breaks[low]
    up = (below + end) / 2.0 - height
    x, y = segment[0] - up * segment[3], segment[1] + up * segment[2]
    return end, (x, y, segment[2], segment[3], segment[4], end - below)
