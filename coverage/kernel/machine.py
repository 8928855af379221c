"""The compiled twin: segment by segment, camera by camera, without one array made on the way.

Stages are nested: what counts lies within what would count with its tag, on line, at any density, with nothing in between, turned
there. A place belongs to a stage when at least the needed number of cameras do, and a cause is what one stage has more than the
one before it: so the causes add up to the gap exactly, whatever the number of cameras needed.
"""

from __future__ import annotations

import math

import numpy as np

from coverage.kernel.breaking import extent_of, find_breaks, next_part
from coverage.kernel.counting import add_spans, count_wide, length_watched, moment
from coverage.kernel.demands import deep_enough, demanded
from coverage.kernel.desk import Desk, make_desk
from coverage.kernel.gathering import frame_lines, frame_rows, gather
from coverage.kernel.hiding import less_hidden, shadow_sides, through_rim
from coverage.kernel.pictures import curved_spans, in_disc, picture_sides, turned, within
from coverage.kernel.values import (
    BLIND,
    COS_HALF,
    DISTORTED,
    EDGE_MARGIN_M,
    EVERYWHERE,
    KIND,
    OVER_THE_RIM,
    PICTURE_SIDES,
    PINHOLE,
    REACH,
    SECTOR,
    STAGES,
    Bytes,
    Floats,
    Ints,
    Measured,
    PackedSite,
    Segment,
    X,
    Y,
)
from spatial.compiled import compiled, inlined

#: Height of the plane, segment, and margin by which pictures are wider and shadows narrower; metres.
Where = tuple[float, Segment, float]
#: Members of the site and of the desk, handed over together: cameras, borders, joins and rims; what limits pictures; spans; what
#: is asked; and where it is added up. See ``measure_segments``.
Sight = tuple[Floats, Floats, Ints, Bytes, Floats, Ints]
Limits = tuple[Ints, Ints, Floats, Floats, Floats, Ints, Floats, Ints, Ints]
Spans = tuple[Floats, Ints, Floats, Ints, Floats, Floats]
Asked = tuple[Floats, Ints, Floats, Bytes, Ints, Ints, Bytes]
Sums = tuple[Floats, Floats, Floats, Bytes, Floats]


@compiled
def lay_plane(site: PackedSite, desk: Desk, plane_m: float) -> None:
    """Pictures and shadows of all cameras on a plane; what stands beyond a camera's reach hides nothing within it."""
    for c in range(site.cameras.shape[0]):
        desk.radius2[c] = picture_sides(site.cameras, c, plane_m, desk.sides[c, 0])
        desk.depth[c] = desk.sides[c, 0, PICTURE_SIDES - 1, 2]
    for k in range(site.part_corners.shape[0]):
        corners, size = site.part_corners[k], site.part_size[k]
        bottom, top = site.part_heights[k, 0], site.part_heights[k, 1]
        x, y, radius = circle_around(corners, size)
        for c in range(site.cameras.shape[0]):
            far = site.cameras[c, REACH] + radius
            if (x - site.cameras[c, X]) ** 2 + (y - site.cameras[c, Y]) ** 2 > far * far:
                desk.shadow_size[c, k] = -1
                continue
            shadow = desk.shadows[c, k]
            desk.shadow_size[c, k] = shadow_sides(site.cameras, c, plane_m, corners, size, bottom, top, shadow)


@inlined
def circle_around(corners: Floats, size: int) -> tuple[float, float, float]:
    """Centre and radius of a circle that holds a part; metres."""
    x, y, radius2 = 0.0, 0.0, 0.0
    for i in range(size):
        x, y = x + corners[i, 0] / size, y + corners[i, 1] / size
    for i in range(size):
        radius2 = max(radius2, (corners[i, 0] - x) ** 2 + (corners[i, 1] - y) ** 2)
    return x, y, math.sqrt(radius2)


@compiled
def turn(desk: Desk, active: int, dx: float, dy: float, margin: float) -> None:
    """Limits of the active cameras along segments of a direction."""
    for t in range(active):
        c = desk.active[t]
        desk.lower[c] = turned(desk.sides[c, 0], PICTURE_SIDES, dx, dy, margin, desk.limits[c, 0])
        for i in range(desk.near[t, 0]):
            k = desk.near[t, i + 1]
            size, limits = desk.shadow_size[c, k], desk.shadow_limits[c, k]
            desk.shadow_lower[c, k] = turned(desk.shadows[c, k], size, dx, dy, -margin, limits)


@inlined
def look_along(given: Sight, limiting: Limits, spans: Spans, scene: int, at: Where, active: int) -> None:
    """For every active camera: the spans of a segment in its picture, and those that are not hidden."""
    cameras, borders, border_from, joined, rims, rim_from = given
    cast, near, rows, radius2, limits, lower, shadow_limits, shadow_lower, shadow_size = limiting
    pictured, pictured_count, visible, visible_count, hidden, scratch = spans
    plane_m, segment, margin = at
    height = segment[1] * segment[2] - segment[0] * segment[3]
    for t in range(active):
        pictured_count[t], visible_count[t] = 0, 0
        if near[t, 0] < 0 or height < rows[t, 0] or height > rows[t, 1]:
            continue
        c = cast[t]
        low, high = within(limits, c, 0, lower[c], PICTURE_SIDES, segment, 0.0, segment[4])
        if high > low and radius2[c] < EVERYWHERE:
            qx, qy = segment[0] - cameras[c, X], segment[1] - cameras[c, Y]
            ahead = qx * segment[2] + qy * segment[3]
            first, last = in_disc(qx, qy, ahead, radius2[c] + margin * (2.0 * math.sqrt(radius2[c]) + margin))
            low, high = max(low, first), min(high, last)
        if high <= low:
            continue
        kind, count = cameras[c, KIND], 1
        if kind == PINHOLE or (kind == SECTOR and cameras[c, COS_HALF] >= 0.0):
            pictured[t, 0, 0], pictured[t, 0, 1] = low, high
        else:
            first_side, last_side = border_from[c], border_from[c + 1]
            count = curved_spans(cameras, borders, first_side, last_side, c, plane_m, segment, low, high, pictured[t])
        pictured_count[t] = count
        join = joined[scene, c]
        if count == 0 or join == BLIND:
            continue
        low, high, hiding = pictured[t, 0, 0], pictured[t, count - 1, 1], 0
        for i in range(near[t, 0]):
            k = near[t, i + 1]
            begin, end = within(shadow_limits, c, k, shadow_lower[c, k], shadow_size[c, k], segment, low, high)
            if end > begin:
                hidden[hiding, 0], hidden[hiding, 1] = begin, end
                hiding += 1
        if join == OVER_THE_RIM:
            open_count = less_hidden(pictured, t, count, hidden, hiding, scratch, 0)
            rim = rims[rim_from[scene] : rim_from[scene + 1]]
            visible_count[t] = through_rim(cameras, c, plane_m, rim, segment, scratch[0], open_count, visible[t])
        else:
            visible_count[t] = less_hidden(pictured, t, count, hidden, hiding, visible, t)


@inlined
def count_segment(  # noqa: C901, PLR0912  one loop over the requests, kept whole for the compiler
    asked: Asked, spans: Spans, sums: Sums, site: PackedSite, desk: Desk, group: int, at: Where, active: int, causes: bool
) -> None:
    """Add a segment to the stages of every request of a group; what one rank of cameras sees is added to that of better ones."""
    plane_m, segment, margin = at
    cameras, cast, demands, ranks, all_needed, request_from, ranked = asked
    _, _, visible, visible_count, _, scratch = spans
    begins, ends, stages, adds, marks = sums
    wide_of, length, weight = 0, segment[4], segment[5]
    # tells rows from one another
    place = weight * (1.0 + 0.01 * (segment[0] - 0.6180339887 * segment[1]))
    for request in range(request_from[group], request_from[group + 1]):
        reached, needed, count = 0.0, all_needed[request], 0
        plain = demands[request, 1] == 0.0 and demands[request, 2] == 0.0
        for stage in range(3 if causes else 1):
            if reached < length and ranked[request, stage]:
                for t in range(active):
                    c = cast[t]
                    if visible_count[t] == 0 or ranks[request, c] != stage:
                        continue
                    if plain and cameras[c, KIND] <= DISTORTED:
                        low, high = deep_enough(cameras, c, plane_m, demands[request, 0], segment, margin)
                        more = add_spans(visible, t, visible_count[t], low, high, begins, ends, count)
                    else:
                        seen = demanded(
                            cameras, c, plane_m, demands, request, segment, margin, visible, t, visible_count[t], scratch
                        )
                        more = add_spans(scratch, 0, seen, 0.0, length, begins, ends, count)
                    if stage == 0 and more > count:
                        adds[request, c] = 1
                    count = more
                reached = max(reached, length_watched(begins, ends, count, needed))
                marks[request] += moment(begins, ends, count) * (stage + 1.0) * place
            stages[request, stage] += reached * weight
        if causes and reached < length and wide_of != needed:
            wide_of = needed
            count_wide(site, desk, segment, active, needed)
        if causes:
            if reached < length:
                marks[request] += desk.wide[3] * 4.0 * place
            for stage in range(3, STAGES):
                if reached < length:
                    reached = max(reached, desk.wide[stage - 3])
                stages[request, stage] += reached * weight


@compiled
def measure_segments(
    site: PackedSite, desk: Desk, group: int, plane_m: float, active: int, breaks: int, found: Measured, causes: bool
) -> None:
    """All segments of a group. ``breaks``: rows of one direction with so many ends; −1: segments of any direction."""
    # every access to a member of a tuple of arrays counts references, and every call hands all of them over: once is enough
    given = (site.cameras, site.borders, site.border_from, site.joined, site.rims, site.rim_from)
    limiting = (
        desk.active,
        desk.near,
        desk.rows,
        desk.radius2,
        desk.limits,
        desk.lower,
        desk.shadow_limits,
        desk.shadow_lower,
        desk.shadow_size,
    )
    spans = (desk.pictured, desk.pictured_count, desk.visible, desk.visible_count, desk.hidden, desk.scratch)
    asked = (site.cameras, desk.active, site.demands, site.ranks, site.needed, site.request_from, desk.ranked)
    sums = (desk.begins, desk.ends, found.stages, found.adds, found.marks)
    segments, ended, target, scene = site.segments, desk.breaks, site.groups[group, 0], site.groups[group, 2]
    margin = EDGE_MARGIN_M if breaks < 0 else 0.0
    for n in range(site.target_from[target], site.target_from[target + 1]):
        segment = segment_of(segments, n)
        if breaks < 0:
            turn(desk, active, segment[2], segment[3], margin)
        height = segment[1] * segment[2] - segment[0] * segment[3]
        top, below = height + segment[5] / 2.0, height - segment[5] / 2.0
        while below < top:
            part = segment
            if breaks > 0:
                below, part = next_part(ended, breaks, segment, height, below)
            else:
                below = top
            at = (plane_m, part, margin)
            look_along(given, limiting, spans, scene, at, active)
            count_segment(asked, spans, sums, site, desk, group, at, active, causes)


@compiled
def measure_group(site: PackedSite, desk: Desk, group: int, plane_m: float, found: Measured, causes: bool) -> None:
    """Rows share a direction, so what limits them is turned to it once; lines and places have one each."""
    target, thin = site.groups[group, 0], site.groups[group, 3] == 1
    first, last = site.target_from[target], site.target_from[target + 1]
    segment, breaks = segment_of(site.segments, first), -1
    if thin:
        frame_lines(site.segments, first, last, EDGE_MARGIN_M, desk.corners)
    else:
        extent_of(site.segments, first, last, desk.extent)
        frame_rows(desk.extent, segment, desk.corners)
    active = gather(site, desk, group, EDGE_MARGIN_M if thin else 0.0, causes)
    if active == 0:
        return
    if thin:
        desk.rows[:active, 0], desk.rows[:active, 1] = -EVERYWHERE, EVERYWHERE
    else:
        turn(desk, active, segment[2], segment[3], 0.0)
        breaks = find_breaks(site, desk, group, plane_m, segment, desk.extent, active, causes)
    measure_segments(site, desk, group, plane_m, active, breaks, found, causes)


@inlined
def segment_of(segments: Floats, n: int) -> Segment:
    """A segment as plain numbers."""
    return segments[n, 0], segments[n, 1], segments[n, 2], segments[n, 3], segments[n, 4], segments[n, 5]


@compiled
def measure_compiled(site: PackedSite, causes: bool) -> Measured:
    """Total, stages, contributing cameras and mark of every request."""
    requests = site.demands.shape[0]
    found = Measured(
        np.zeros(requests),
        np.zeros((requests, STAGES)),
        np.zeros((requests, site.cameras.shape[0]), np.uint8),
        np.zeros(requests),
    )
    desk, laid = make_desk(site), -1
    for group in range(site.groups.shape[0]):
        target, plane = site.groups[group, 0], site.groups[group, 1]
        plane_m = site.planes[plane]
        if plane != laid:
            lay_plane(site, desk, plane_m)
            laid = plane
        whole = 0.0
        for n in range(site.target_from[target], site.target_from[target + 1]):
            whole += site.segments[n, 4] * site.segments[n, 5]
        if whole > 0.0:
            measure_group(site, desk, group, plane_m, found, causes)
        for request in range(site.request_from[group], site.request_from[group + 1]):
            found.total[request] = whole
    return found
