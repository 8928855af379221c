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
from coverage.kernel.hiding import less_hidden, out_of_box, shadow_sides, through_rim
from coverage.kernel.pictures import curved_spans, in_disc, picture_sides, turned, within
from coverage.kernel.values import (
    APART,
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
    SAME_LEVEL,
    SECTOR,
    STAGES,
    Floats,
    Measured,
    PackedSite,
    Segment,
    X,
    Y,
)
from spatial.compiled import compiled

#: Level whose obstacles hide a pit's floor from cameras above it.
SURFACE = 0
#: Height of the plane, segment, and margin by which pictures are wider and shadows narrower; metres.
Where = tuple[float, Segment, float]


@compiled
def lay_plane(site: PackedSite, desk: Desk, plane_m: float) -> None:
    """Pictures and shadows of all cameras on a plane."""
    for c in range(site.cameras.shape[0]):
        desk.radius2[c] = picture_sides(site.cameras, c, plane_m, desk.sides[c, 0])
        for k in range(site.part_corners.shape[0]):
            bottom, top = site.part_heights[k, 0], site.part_heights[k, 1]
            size = site.part_size[k]
            shadow = desk.shadows[c, k]
            desk.shadow_size[c, k] = shadow_sides(site.cameras, c, plane_m, site.part_corners[k], size, bottom, top, shadow)


@compiled
def box_of(segments: Floats, first: int, last: int, margin: float, box: Floats) -> None:
    """West, south, east, north of some segments and a margin, metres."""
    box[0], box[1], box[2], box[3] = EVERYWHERE, EVERYWHERE, -EVERYWHERE, -EVERYWHERE
    for n in range(first, last):
        x, y = segments[n, 0], segments[n, 1]
        far_x, far_y = x + segments[n, 4] * segments[n, 2], y + segments[n, 4] * segments[n, 3]
        box[0], box[1] = min(box[0], x, far_x), min(box[1], y, far_y)
        box[2], box[3] = max(box[2], x, far_x), max(box[3], y, far_y)
    box[0], box[1], box[2], box[3] = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin


@compiled
def gather(site: PackedSite, desk: Desk, scene: int, box: Floats, causes: bool) -> int:
    """Which cameras, and which shadows of each, can matter in a box. Returns how many cameras."""
    count = 0
    for c in range(site.cameras.shape[0]):
        join = site.joined[scene, c]
        if join == APART:
            continue
        away_x = max(box[0] - site.cameras[c, X], 0.0, site.cameras[c, X] - box[2])
        away_y = max(box[1] - site.cameras[c, Y], 0.0, site.cameras[c, Y] - box[3])
        away2 = away_x * away_x + away_y * away_y
        blank = desk.radius2[c] < 0.0 or away2 > desk.radius2[c] or out_of_box(desk.sides, c, 0, PICTURE_SIDES, box)
        if blank and not (causes and away2 <= site.cameras[c, REACH] ** 2):
            continue
        near = 0
        if not blank and join != BLIND:
            level = site.scene_of[scene, 0] if join == SAME_LEVEL else SURFACE
            for k in range(site.part_corners.shape[0]):
                size = desk.shadow_size[c, k]
                if size < 0 or site.part_of[k, 0] != level or site.part_of[k, 1] == site.scene_of[scene, 1]:
                    continue
                if not out_of_box(desk.shadows, c, k, size, box):
                    near += 1
                    desk.near[count, near] = k
        desk.near[count, 0] = -1 if blank else near
        desk.active[count] = c
        count += 1
    return count


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


@compiled
def look_along(site: PackedSite, desk: Desk, scene: int, at: Where, active: int) -> None:
    """For every active camera: the spans of a segment in its picture, and those that are not hidden."""
    plane_m, segment, margin = at
    # every access to a member of a tuple of arrays counts references: take them out once, not once per camera
    cameras, borders, border_from, joined = site.cameras, site.borders, site.border_from, site.joined
    cast, near, radius2 = desk.active, desk.near, desk.radius2
    limits, lower = desk.limits, desk.lower
    shadow_limits, shadow_lower, shadow_size = desk.shadow_limits, desk.shadow_lower, desk.shadow_size
    pictured, pictured_count, visible, visible_count = desk.pictured, desk.pictured_count, desk.visible, desk.visible_count
    hidden, scratch = desk.hidden, desk.scratch
    for t in range(active):
        c = cast[t]
        qx, qy = segment[0] - cameras[c, X], segment[1] - cameras[c, Y]
        ahead = qx * segment[2] + qy * segment[3]
        pictured_count[t], visible_count[t] = 0, 0
        if near[t, 0] < 0:
            continue
        low, high = within(limits, c, 0, lower[c], PICTURE_SIDES, segment, 0.0, segment[4])
        if high > low and radius2[c] < EVERYWHERE:
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
            rim = site.rims[site.rim_from[scene] : site.rim_from[scene + 1]]
            visible_count[t] = through_rim(cameras, c, plane_m, rim, segment, scratch[0], open_count, visible[t])
        else:
            visible_count[t] = less_hidden(pictured, t, count, hidden, hiding, visible, t)


@compiled
def count_segment(  # noqa: C901, PLR0912  one loop over the requests, kept whole for the compiler
    site: PackedSite, desk: Desk, group: int, at: Where, active: int, found: Measured, causes: bool
) -> None:
    """Add a segment to the stages of every request of a group; what one rank of cameras sees is added to that of better ones."""
    plane_m, segment, margin = at
    cameras, demands, ranks, all_needed = site.cameras, site.demands, site.ranks, site.needed
    cast, visible, visible_count, scratch = desk.active, desk.visible, desk.visible_count, desk.scratch
    begins, ends, ranked, stages, adds, marks = desk.begins, desk.ends, desk.ranked, found.stages, found.adds, found.marks
    wide_of, length, weight = 0, segment[4], segment[5]
    # tells rows from one another
    place = weight * (1.0 + 0.01 * (segment[0] - 0.6180339887 * segment[1]))
    for request in range(site.request_from[group], site.request_from[group + 1]):
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
def measure_lines(site: PackedSite, desk: Desk, group: int, plane_m: float, active: int, found: Measured, causes: bool) -> None:
    """Lines and places: each segment has a direction of its own."""
    target, scene = site.groups[group, 0], site.groups[group, 2]
    for n in range(site.target_from[target], site.target_from[target + 1]):
        at = (plane_m, segment_of(site.segments, n), EDGE_MARGIN_M)
        turn(desk, active, at[1][2], at[1][3], EDGE_MARGIN_M)
        look_along(site, desk, scene, at, active)
        count_segment(site, desk, group, at, active, found, causes)


@compiled
def measure_rows(site: PackedSite, desk: Desk, group: int, plane_m: float, active: int, found: Measured, causes: bool) -> None:
    """Areas: rows of one direction, each in as many parts as edges that run along it ask for."""
    target, scene = site.groups[group, 0], site.groups[group, 2]
    first, last = site.target_from[target], site.target_from[target + 1]
    if first == last:
        return
    segment = segment_of(site.segments, first)
    turn(desk, active, segment[2], segment[3], 0.0)
    extent_of(site.segments, first, last, desk.extent)
    breaks = find_breaks(site, desk, group, plane_m, segment, desk.extent, active)
    for n in range(first, last):
        segment = segment_of(site.segments, n)
        height = -segment[0] * segment[3] + segment[1] * segment[2]
        top, below = height + segment[5] / 2.0, height - segment[5] / 2.0
        while below < top:
            below, part = next_part(desk, breaks, segment, height, below)
            at = (plane_m, part, 0.0)
            look_along(site, desk, scene, at, active)
            count_segment(site, desk, group, at, active, found, causes)


@compiled
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
    desk, box, laid = make_desk(site), np.empty(4), -1
    for group in range(site.groups.shape[0]):
        target, plane, scene = site.groups[group, 0], site.groups[group, 1], site.groups[group, 2]
        plane_m = site.planes[plane]
        if plane != laid:
            lay_plane(site, desk, plane_m)
            laid = plane
        first, last = site.target_from[target], site.target_from[target + 1]
        margin = EDGE_MARGIN_M if site.groups[group, 3] == 1 else 0.0
        box_of(site.segments, first, last, margin, box)
        active = gather(site, desk, scene, box, causes)
        whole = 0.0
        for n in range(first, last):
            whole += site.segments[n, 4] * site.segments[n, 5]
        if active > 0 and site.groups[group, 3] == 1:
            measure_lines(site, desk, group, plane_m, active, found, causes)
        elif active > 0:
            measure_rows(site, desk, group, plane_m, active, found, causes)
        for request in range(site.request_from[group], site.request_from[group + 1]):
            found.total[request] = whole
    return found
