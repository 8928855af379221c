"""Rows less the bases of what stands on them (both twins: it is done once per shape and remembered)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coverage.kernel.values import Floats

#: An obstacle that fills so much of a scene is the scene.
IS_THE_SCENE = 0.9


def less_bases(segments: Floats, bases: Sequence[Sequence[Floats]]) -> Floats:
    """Segments outside bases, each given as convex parts of corners (n, 2); a base that is nearly all of the scene stays in."""
    whole = float((segments[:, 4] * segments[:, 5]).sum())
    cut = segments
    for parts in bases:
        spans = [inside_convex(segments, corners) for corners in parts]
        taken = sum(float((np.maximum(high - low, 0.0) * segments[:, 5]).sum()) for low, high in spans)
        if taken < IS_THE_SCENE * whole:
            for corners in parts:
                cut = outside_convex(cut, corners)
    return cut


def inside_convex(segments: Floats, corners: Floats) -> tuple[Floats, Floats]:
    """(n,), (n,): where each segment enters and leaves a convex polygon, metres along it; empty when the first is larger."""
    low, high = np.zeros(len(segments)), segments[:, 4].copy()
    sides = np.roll(corners, -1, axis=0) - corners
    area = float((corners[:, 0] * np.roll(corners[:, 1], -1) - np.roll(corners[:, 0], -1) * corners[:, 1]).sum())
    for corner, side in zip(corners, sides if area > 0 else -sides, strict=True):
        inward = np.array([-side[1], side[0]])
        at = (segments[:, :2] - corner) @ inward
        step = segments[:, 2:4] @ inward
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = -at / step
        low = np.where(step > 0, np.maximum(low, crossing), low)
        high = np.where(step < 0, np.minimum(high, crossing), high)
        high = np.where((step == 0) & (at < 0), -1.0, high)
    return low, high


def outside_convex(segments: Floats, corners: Floats) -> Floats:
    """The parts of segments outside a convex polygon."""
    low, high = inside_convex(segments, corners)
    met = high > low
    if not met.any():
        return segments
    before, after = segments[met].copy(), segments[met].copy()
    before[:, 4] = low[met]
    after[:, :2] += after[:, 2:4] * high[met][:, None]
    after[:, 4] -= high[met]
    pieces = np.vstack([before, after])
    return np.vstack([segments[~met], pieces[pieces[:, 4] > 1e-12]])
