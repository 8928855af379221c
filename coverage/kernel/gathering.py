"""Who can matter to a scene: cameras whose pictures reach it, and of each the shadows that fall there (machine twin)."""

from __future__ import annotations

import math

from coverage.kernel.desk import Desk
from coverage.kernel.hiding import out_of_box
from coverage.kernel.values import (
    APART,
    BLIND,
    COUNTS,
    EQUIDISTANT,
    EVERYWHERE,
    FOCAL,
    KIND,
    OFFLINE,
    PICTURE_SIDES,
    RANGE,
    REACH,
    SAME_LEVEL,
    SECTOR,
    Floats,
    PackedSite,
    Segment,
    X,
    Y,
)
from spatial.compiled import compiled

#: Level whose obstacles hide a pit's floor from cameras above it.
SURFACE = 0


@compiled
def frame_rows(extent: Floats, segment: Segment, corners: Floats) -> None:
    """The rectangle (4, 2) around rows of one direction."""
    dx, dy = segment[2], segment[3]
    half = extent[4] / 2.0
    for i in range(4):
        u = extent[1] if i in (1, 2) else extent[0]
        v = extent[3] + half if i > 1 else extent[2] - half
        corners[0, i, 0], corners[0, i, 1] = u * dx - v * dy, u * dy + v * dx


@compiled
def frame_lines(segments: Floats, first: int, last: int, margin: float, corners: Floats) -> None:
    """The rectangle (4, 2) around segments of any direction, and a margin; metres."""
    west, south, east, north = EVERYWHERE, EVERYWHERE, -EVERYWHERE, -EVERYWHERE
    for n in range(first, last):
        x, y = segments[n, 0], segments[n, 1]
        far_x, far_y = x + segments[n, 4] * segments[n, 2], y + segments[n, 4] * segments[n, 3]
        west, south = min(west, x, far_x), min(south, y, far_y)
        east, north = max(east, x, far_x), max(north, y, far_y)
    for i in range(4):
        corners[0, i, 0] = east + margin if i in (1, 2) else west - margin
        corners[0, i, 1] = north + margin if i > 1 else south - margin


@compiled
def meet(sides: Floats, c: int, margin: float, corners: Floats) -> int:
    """The rectangle cut to a picture side by side, in ``corners[1]``; returns how many corners it has (Sutherland–Hodgman)."""
    count, now = 4, 1
    for i in range(4):
        corners[1, i, 0], corners[1, i, 1] = corners[0, i, 0], corners[0, i, 1]
    for side in range(PICTURE_SIDES):
        a, b, plain = sides[c, 0, side, 0], sides[c, 0, side, 1], sides[c, 0, side, 2]
        if a == 0.0 and b == 0.0:
            continue
        plain += margin * math.sqrt(a * a + b * b)
        kept, then = 0, 3 - now
        before = a * corners[now, count - 1, 0] + b * corners[now, count - 1, 1] + plain
        for i in range(count):
            x, y = corners[now, i, 0], corners[now, i, 1]
            inside = a * x + b * y + plain
            if (inside >= 0.0) != (before >= 0.0):
                part = before / (before - inside)
                j = i - 1 if i > 0 else count - 1
                corners[then, kept, 0] = corners[now, j, 0] + part * (x - corners[now, j, 0])
                corners[then, kept, 1] = corners[now, j, 1] + part * (y - corners[now, j, 1])
                kept += 1
            if inside >= 0.0:
                corners[then, kept, 0], corners[then, kept, 1] = x, y
                kept += 1
            before = inside
        count, now = kept, then
        if count == 0:
            return 0
    if now != 1:
        for i in range(count):
            corners[1, i, 0], corners[1, i, 1] = corners[now, i, 0], corners[now, i, 1]
    return count


@compiled
def box_of(corners: Floats, count: int, which: int, box: Floats) -> None:
    """West, south, east, north of corners."""
    box[0], box[1], box[2], box[3] = EVERYWHERE, EVERYWHERE, -EVERYWHERE, -EVERYWHERE
    for i in range(count):
        x, y = corners[which, i, 0], corners[which, i, 1]
        box[0], box[1], box[2], box[3] = min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)


@compiled
def farthest(site: PackedSite, group: int, c: int, causes: bool) -> float:
    """Depth beyond which a camera does not matter to a group; negative when nobody asks it. Metres."""
    deepest = -1.0
    for request in range(site.request_from[group], site.request_from[group + 1]):
        if site.ranks[request, c] > (OFFLINE if causes else COUNTS):
            continue
        across = site.demands[request, 0]
        if causes or across <= 0.0 or site.cameras[c, KIND] in (SECTOR, EQUIDISTANT):
            return float(site.cameras[c, RANGE])
        deepest = max(deepest, min(site.cameras[c, FOCAL] / across, site.cameras[c, RANGE]))
    return deepest


@compiled
def gather(site: PackedSite, desk: Desk, group: int, margin: float, causes: bool) -> int:
    """Which cameras, and which shadows of each, can matter in the rectangle ``desk.corners[0]``. Returns how many cameras."""
    scene, count = site.groups[group, 2], 0
    dx, dy = desk.corners[0, 1, 0] - desk.corners[0, 0, 0], desk.corners[0, 1, 1] - desk.corners[0, 0, 1]
    long = math.sqrt(dx * dx + dy * dy)
    dx, dy = dx / long, dy / long
    for c in range(site.cameras.shape[0]):
        join, deepest = site.joined[scene, c], farthest(site, group, c, causes)
        if join == APART or deepest < 0.0:
            continue
        box_of(desk.corners, 4, 0, desk.box)
        away_x = max(desk.box[0] - site.cameras[c, X], 0.0, site.cameras[c, X] - desk.box[2])
        away_y = max(desk.box[1] - site.cameras[c, Y], 0.0, site.cameras[c, Y] - desk.box[3])
        away2 = away_x * away_x + away_y * away_y
        corners = 0
        if desk.radius2[c] >= 0.0 and away2 <= desk.radius2[c] and away2 <= site.cameras[c, REACH] ** 2:
            desk.sides[c, 0, PICTURE_SIDES - 1, 2] = desk.depth[c] - (site.cameras[c, RANGE] - deepest)
            corners = meet(desk.sides, c, margin, desk.corners)
        if corners == 0 and not (causes and away2 <= site.cameras[c, REACH] ** 2):
            continue
        desk.active[count] = c
        desk.near[count, 0] = -1
        if corners > 0:
            box_of(desk.corners, corners, 1, desk.box)
            desk.near[count, 0] = shadows_in_box(site, desk, scene, c, count) if join != BLIND else 0
            desk.rows[count, 0], desk.rows[count, 1] = EVERYWHERE, -EVERYWHERE
            for i in range(corners):
                height = desk.corners[1, i, 1] * dx - desk.corners[1, i, 0] * dy
                desk.rows[count, 0], desk.rows[count, 1] = min(desk.rows[count, 0], height), max(desk.rows[count, 1], height)
        count += 1
    return count


@compiled
def shadows_in_box(site: PackedSite, desk: Desk, scene: int, c: int, t: int) -> int:
    """Note which of a camera's shadows fall into the box at hand. Returns how many."""
    level = site.scene_of[scene, 0] if site.joined[scene, c] == SAME_LEVEL else SURFACE
    near = 0
    for k in range(site.part_corners.shape[0]):
        size = desk.shadow_size[c, k]
        if size < 0 or site.part_of[k, 0] != level or site.part_of[k, 1] == site.scene_of[scene, 1]:
            continue
        if not out_of_box(desk.shadows, c, k, size, desk.box):
            near += 1
            desk.near[t, near] = k
    return near
