"""The hot loops of placement in NumPy: the twins of ``machine.py``, slower, with the same results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Words = NDArray[np.uint64]
Booleans = NDArray[np.bool_]


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
    """Mark the targets that a convex prism hides, one prism after the other."""
    dx, dy, dz = targets[:, 0] - camera[0], targets[:, 1] - camera[1], targets[:, 2] - camera[2]
    for o in range(len(first) - 1):
        low, high = heights[o]
        if low >= camera[2]:
            continue
        asked = ~hidden & (high > targets[:, 2]) & ~((own == feature[o]) & (own >= 0))
        enter, leave = np.zeros(len(targets)), np.ones(len(targets))
        for i in range(first[o], first[o + 1]):
            j = i + 1 if i + 1 < first[o + 1] else first[o]
            ex, ey = corners[j, 0] - corners[i, 0], corners[j, 1] - corners[i, 1]
            inside_by = ex * (camera[1] - corners[i, 1]) - ey * (camera[0] - corners[i, 0])
            rate = ex * dy - ey * dx
            asked &= (rate != 0.0) | (inside_by >= 0.0)
            at = np.divide(-inside_by, rate, out=np.zeros(len(targets)), where=rate != 0.0)
            enter = np.where(rate > 0.0, np.maximum(enter, at), enter)
            leave = np.where(rate < 0.0, np.minimum(leave, at), leave)
        asked &= enter < leave
        with np.errstate(divide="ignore", invalid="ignore"):
            from_top, to_bottom = (high - camera[2]) / dz, (low - camera[2]) / dz
            hidden |= asked & (np.minimum(leave, to_bottom) - np.maximum(enter, from_top) > 1e-9)


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
    """Which targets each pose of one stand has in its picture, as the words of a bit row that are not empty."""
    filled = 0
    squares = np.sqrt(away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1] + away[:, 2] * away[:, 2])
    word, bit = slot >> 6, np.uint64(1) << (slot & 63).astype(np.uint64)
    for p, pose in enumerate(poses):
        turned = np.abs(bearing - pose[13])
        turned = np.minimum(turned, 2 * np.pi - turned)
        near = np.flatnonzero(turned <= pose[14] + 1e-9) if pose[14] < np.pi else np.arange(len(away))
        x, y, z = away[near].T
        depth = x * pose[0] + y * pose[1] + z * pose[2]
        seen = (depth > 0.0) & (depth <= pose[12])
        seen &= np.abs(x * pose[3] + y * pose[4] + z * pose[5]) <= depth * pose[9]
        seen &= np.abs(x * pose[6] + y * pose[7] + z * pose[8]) <= depth * pose[10]
        seen &= pose[11] >= demands[near, 0] * depth
        seen &= (demands[near, 1] <= 0.0) | (pose[11] * -z >= demands[near, 1] * depth * squares[near])
        near = near[seen]
        np.bitwise_or.at(row, word[near], bit[near])
        used = np.flatnonzero(row)
        found_index[filled : filled + len(used)] = used
        found_words[filled : filled + len(used)] = row[used]
        filled += len(used)
        row[used] = 0
        ends[p] = filled
    return filled


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
    """The row that gains most and more than ``floor``; of equals the first. Looks at every row of ``order`` at once."""
    if len(order) == 0 or len(words) == 0:
        return -1, floor
    counts = np.bitwise_count(words & open_words[index]).astype(np.int64)
    candidate = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    owner = requirement[index]
    new = np.flatnonzero(np.r_[True, (candidate[1:] != candidate[:-1]) | (owner[1:] != owner[:-1])])
    gained = weight[owner[new]] * np.minimum(np.add.reduceat(counts, new), left[owner[new]])
    gains = np.zeros(len(starts) - 1, np.int64)
    np.add.at(gains, candidate[new], gained)
    if keep_bounds:
        bounds[:] = gains
    asked = np.full(len(gains), -1, np.int64)
    asked[order] = gains[order]
    best = int(np.argmax(asked))
    return (best, int(asked[best])) if asked[best] > floor else (-1, floor)
