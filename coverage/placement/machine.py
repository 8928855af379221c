"""The hot loops of placement, compiled. ``arrays.py`` has the same in NumPy: the same order of operations, the same picks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spatial.compiled import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
Booleans = NDArray[np.bool_]


@compiled
def through_prism(camera: Floats, target: Floats, corners: Floats, begin: int, end: int, heights: Floats) -> bool:
    """Does the line of sight pass a convex prism (Cyrus–Beck)? Corners run counter-clockwise."""
    dx, dy, dz = target[0] - camera[0], target[1] - camera[1], target[2] - camera[2]
    enter, leave = 0.0, 1.0
    for i in range(begin, end):
        j = i + 1 if i + 1 < end else begin
        ex, ey = corners[j, 0] - corners[i, 0], corners[j, 1] - corners[i, 1]
        inside_by = ex * (camera[1] - corners[i, 1]) - ey * (camera[0] - corners[i, 0])
        rate = ex * dy - ey * dx
        if rate == 0.0 and inside_by < 0.0:
            return False
        if rate > 0.0:
            enter = max(enter, -inside_by / rate)
        elif rate < 0.0:
            leave = min(leave, -inside_by / rate)
        if enter >= leave:
            return False
    # dz < 0: the ray sinks, so it is below the top from ``from_top`` on and above the bottom until ``to_bottom``
    from_top, to_bottom = (heights[1] - camera[2]) / dz, (heights[0] - camera[2]) / dz
    return bool(min(leave, to_bottom) - max(enter, from_top) > 1e-9)


@compiled
def hide_targets(
    camera: Floats,
    targets: Floats,
    own: Integers,
    corners: Floats,
    first: Integers,
    heights: Floats,
    feature: Integers,
    hidden: Booleans,
) -> None:
    """Mark the targets that a prism hides; ``first`` delimits the corners of each, ``own`` is the feature that hides nothing."""
    for t in range(targets.shape[0]):
        for o in range(first.shape[0] - 1):
            if heights[o, 1] <= targets[t, 2] or heights[o, 0] >= camera[2] or (feature[o] == own[t] and own[t] >= 0):
                continue
            if through_prism(camera, targets[t], corners, first[o], first[o + 1], heights[o]):
                hidden[t] = True
                break


@compiled
def pictured(pose: Floats, x: float, y: float, z: float, across: float, along: float) -> bool:
    """Is what is so far away in the picture, as dense as demanded?"""
    depth = x * pose[0] + y * pose[1] + z * pose[2]
    if depth <= 0.0 or depth > pose[12]:
        return False
    if abs(x * pose[3] + y * pose[4] + z * pose[5]) > depth * pose[9]:
        return False
    if abs(x * pose[6] + y * pose[7] + z * pose[8]) > depth * pose[10]:
        return False
    if pose[11] < across * depth:
        return False
    return not (along > 0.0 and pose[11] * -z < along * depth * np.sqrt(x * x + y * y + z * z))


@compiled
def fill_rows(
    away: Floats,
    demands: Floats,
    bearing: Floats,
    slot: Integers,
    poses: Floats,
    row: Words,
    found_index: NDArray[np.int32],
    found_words: Words,
    ends: Integers,
) -> int:
    """Which targets each pose of one stand has in its picture, as the words of a bit row that are not empty.

    ``away`` (n, 3) from the lens, sorted by ``bearing``; ``demands`` (n, 2) px/m across and along; ``poses`` (p, 15) as
    ``pose_columns`` makes them. Returns how many words were written.
    """
    n, filled = away.shape[0], 0
    for p in range(poses.shape[0]):
        pose = poses[p]
        everywhere = pose[14] >= np.pi
        start = pose[13] - pose[14]
        if start < -np.pi:
            start += 2 * np.pi
        first = 0 if everywhere else np.searchsorted(bearing, start)
        for k in range(first, first + n):
            t = k if k < n else k - n
            turned = abs(bearing[t] - pose[13])
            if not everywhere and min(turned, 2 * np.pi - turned) > pose[14] + 1e-9:
                break
            if pictured(pose, away[t, 0], away[t, 1], away[t, 2], demands[t, 0], demands[t, 1]):
                row[slot[t] >> 6] |= np.uint64(1) << np.uint64(slot[t] & 63)
        for w in range(row.shape[0]):
            if row[w] != 0:
                found_index[filled], found_words[filled] = w, row[w]
                filled += 1
                row[w] = 0
        ends[p] = filled
    return filled


@compiled
def ones(word: np.uint64) -> np.uint64:
    """Bits that are set."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def best_row(
    starts: Integers,
    index: NDArray[np.int32],
    words: Words,
    requirement: Integers,
    open_words: Words,
    left: Integers,
    weight: Integers,
    order: Integers,
    bounds: Integers,
    floor: int,
    keep_bounds: bool,
) -> tuple[int, int]:
    """The row that gains most and more than ``floor``; of equals the first. (-1, floor) if there is none.

    ``order`` runs by falling ``bounds``, which no gain exceeds, so the search ends where bounds fall below the best gain.
    ``keep_bounds`` writes what was found into the bounds: what is gained later is never more.
    """
    best, best_gain = -1, floor
    for position in range(order.shape[0]):
        c = order[position]
        if bounds[c] < best_gain or (best < 0 and bounds[c] <= best_gain):
            break
        gain, count, current = 0, 0, -1
        for e in range(starts[c], starts[c + 1]):
            w = index[e]
            if requirement[w] != current:
                if current >= 0:
                    gain += weight[current] * min(count, left[current])
                current, count = requirement[w], 0
            count += int(ones(words[e] & open_words[w]))
        if current >= 0:
            gain += weight[current] * min(count, left[current])
        if keep_bounds:
            bounds[c] = gain
        if gain > best_gain or (gain == best_gain and best >= 0 and c < best):
            best, best_gain = c, gain
    return best, best_gain
