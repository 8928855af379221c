"""Where rows must end so that no edge lies along one (machine twin).

A row is measured along its middle. That is exact where the length seen changes evenly from row to row, and wrong by up to half a
row where an edge of a picture or of a shadow runs along the rows and the length jumps. Such edges are common: cameras look along
fences. So rows end where an edge that crosses few of them enters and leaves the scene; between those places the length changes
evenly again, and the middle is exact. A round limit does the same where it touches a row.
"""

from __future__ import annotations

import math

from coverage.kernel.desk import Desk
from coverage.kernel.values import (
    DISTORTED,
    EQUIDISTANT,
    EVERYWHERE,
    FOCAL,
    FORWARD,
    KIND,
    OFFLINE,
    PICTURE_SIDES,
    REACH,
    SECTOR,
    Floats,
    PackedSite,
    Segment,
    X,
    Y,
    Z,
)
from spatial.compiled import compiled, inlined

#: An edge that crosses more rows than this from end to end does no harm.
FEW_ROWS = 3.0
#: Ends of rows nearer to each other than this share of a row are one.
SAME_SHARE = 0.01
#: Rounding across rows, metres.
NEAR_M = 1e-6


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
def add_edge(
    a: float, b: float, c: float, segment: Segment, extent: Floats, rows: Floats, t: int, breaks: Floats, count: int
) -> int:
    """Note where the edge a · x + b · y + c = 0 enters and leaves the rows, if it crosses few of those a camera sees."""
    along, across = a * segment[2] + b * segment[3], -a * segment[3] + b * segment[2]
    row = extent[4]
    if abs(along) * (extent[1] - extent[0]) >= FEW_ROWS * row * abs(across) or count + 2 > breaks.shape[0]:
        return count
    first, last = -(along * extent[0] + c) / across, -(along * extent[1] + c) / across
    if max(first, last) > rows[t, 0] - NEAR_M and min(first, last) < rows[t, 1] + NEAR_M:
        breaks[count], breaks[count + 1] = first, last
        count += 2
    return count


@compiled
def add_round(
    x: float, y: float, radius2: float, segment: Segment, extent: Floats, low: float, high: float, breaks: Floats, count: int
) -> int:
    """Note where the circle around x, y comes nearest to being along the rows [low, high], and leaves them if it crosses few."""
    if radius2 <= 0.0 or radius2 >= EVERYWHERE or count + 4 > breaks.shape[0]:
        return count
    u, v = x * segment[2] + y * segment[3], -x * segment[3] + y * segment[2]
    least, most = max(extent[0] - u, u - extent[1], 0.0), max(u - extent[0], extent[1] - u)
    if least * least >= radius2:
        return count
    far, near = math.sqrt(radius2 - least * least), math.sqrt(max(radius2 - most * most, 0.0))
    for way in (-1.0, 1.0):
        top, end = v + way * far, v + way * near
        if max(top, end) <= low - NEAR_M or min(top, end) >= high + NEAR_M:
            continue
        breaks[count] = top
        count += 1
        if far - near < FEW_ROWS * extent[4]:
            breaks[count] = end
            count += 1
    return count


@compiled
def find_breaks(
    site: PackedSite, desk: Desk, group: int, plane_m: float, segment: Segment, extent: Floats, active: int, causes: bool
) -> int:
    """All places where rows of a group must end, sorted, in ``desk.breaks``. Returns how many."""
    breaks, rows, count = desk.breaks, desk.rows, 0
    for t in range(active):
        c = desk.active[t]
        x, y = site.cameras[c, X], site.cameras[c, Y]
        if causes:
            reach2 = site.cameras[c, REACH] ** 2
            count = add_round(x, y, reach2, segment, extent, extent[2] - extent[4], extent[3] + extent[4], breaks, count)
        if desk.near[t, 0] < 0:
            continue
        for i in range(PICTURE_SIDES):
            side = desk.sides[c, 0, i]
            count = add_edge(side[0], side[1], side[2], segment, extent, rows, t, breaks, count)
        for k in desk.near[t, 1 : desk.near[t, 0] + 1]:
            for i in range(desk.shadow_size[c, k]):
                side = desk.shadows[c, k, i]
                count = add_edge(side[0], side[1], side[2], segment, extent, rows, t, breaks, count)
        count = add_round(x, y, desk.radius2[c], segment, extent, rows[t, 0], rows[t, 1], breaks, count)
        count = add_limits(site, desk, group, plane_m, segment, extent, t, count)
    breaks[:count].sort()
    return count


@compiled
def add_limits(
    site: PackedSite, desk: Desk, group: int, plane_m: float, segment: Segment, extent: Floats, t: int, count: int
) -> int:
    """Note the limits of what is asked of a camera: a depth, or circles around it."""
    c, breaks, rows = desk.active[t], desk.breaks, desk.rows
    camera, low, high = site.cameras[c], rows[t, 0], rows[t, 1]
    kind, x, y, above = camera[KIND], camera[X], camera[Y], camera[Z] - plane_m
    a, b = -camera[FORWARD], -camera[FORWARD + 1]
    deep = above * camera[FORWARD + 2] - a * x - b * y
    before = (-1.0, -1.0, -1.0)
    for request in range(site.request_from[group], site.request_from[group + 1]):
        across, along, steepest = site.demands[request, 0], site.demands[request, 1], site.demands[request, 2]
        if site.ranks[request, c] > OFFLINE:
            continue
        if across > 0.0 and across != before[0]:
            reach = camera[FOCAL] / across
            if kind <= DISTORTED:
                count = add_edge(a, b, reach + deep, segment, extent, rows, t, breaks, count)
            else:
                radius2 = reach * reach - (above * above if kind == EQUIDISTANT else 0.0)
                count = add_round(x, y, radius2, segment, extent, low, high, breaks, count)
        if along > 0.0 and along != before[1] and kind == EQUIDISTANT:
            count = add_round(x, y, camera[FOCAL] * above / along - above * above, segment, extent, low, high, breaks, count)
        if steepest > 0.0 and steepest != before[2] and kind != SECTOR:
            count = add_round(x, y, (above / steepest) ** 2, segment, extent, low, high, breaks, count)
        before = (across, along, steepest)
    return count


@inlined
def next_part(breaks: Floats, count: int, segment: Segment, height: float, below: float) -> tuple[float, Segment]:
    """The part of a row above ``below``: where it ends, and its segment. ``height`` is the row's place across the rows."""
    row = segment[5]
    top = height + row / 2.0
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if breaks[middle] <= below + SAME_SHARE * row:
            low = middle + 1
        else:
            high = middle
    end = top
    if low < count and breaks[low] < top - SAME_SHARE * row:
        end = breaks[low]
    up = (below + end) / 2.0 - height
    x, y = segment[0] - up * segment[3], segment[1] + up * segment[2]
    return end, (x, y, segment[2], segment[3], segment[4], end - below)
