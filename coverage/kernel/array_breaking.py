"""Rows that end where edges run along them (NumPy twin of ``breaking``)."""

from __future__ import annotations

import numpy as np

from coverage.kernel import values as of
from coverage.kernel.array_pictures import Booleans
from coverage.kernel.breaking import FEW_ROWS, SAME_SHARE
from coverage.kernel.desk import BREAKS
from coverage.kernel.values import Floats, Ints, PackedSite


def edges_of(
    site: PackedSite, group: int, height_m: float, sides: Floats, shadows: Floats, near: Booleans, seeing: Ints
) -> Floats:
    """(n, 3) edges of pictures, shadows and depths that matter to a group; ``seeing`` are its cameras with a picture there."""
    first, last = site.request_from[group], site.request_from[group + 1]
    found = [sides[seeing].reshape(-1, 3), shadows[near].reshape(-1, 3)]
    for camera in seeing[site.cameras[seeing, of.KIND] <= of.DISTORTED]:
        row = site.cameras[camera]
        across = site.demands[first:last, 0]
        asked = np.unique(across[(across > 0) & (site.ranks[first:last, camera] <= of.OFFLINE)])
        a, b = -row[of.FORWARD], -row[of.FORWARD + 1]
        deep = (row[of.Z] - height_m) * row[of.FORWARD + 2] - a * row[of.X] - b * row[of.Y]
        found.append(np.column_stack([np.full(len(asked), a), np.full(len(asked), b), row[of.FOCAL] / asked + deep]))
    return np.vstack(found)


def broken_rows(segments: Floats, edges: Floats) -> Floats:
    """Rows (n, 6) of one direction, each in as many parts as edges that run along it ask for."""
    direction, row = segments[0, 2:4], segments[:, 5].max()
    across_rows = np.array([-direction[1], direction[0]])
    u, v = segments[:, :2] @ direction, segments[:, :2] @ across_rows
    left, right = u.min(), (u + segments[:, 4]).max()
    along, across = edges[:, :2] @ direction, edges[:, :2] @ across_rows
    few = np.abs(along) * (right - left) < FEW_ROWS * row * np.abs(across)
    along, across, plain = along[few], across[few], edges[few, 2]
    ends = np.column_stack([-(along * left + plain) / across, -(along * right + plain) / across])
    near = (ends.max(axis=1, initial=-np.inf) > v.min() - row) & (ends.min(axis=1, initial=np.inf) < v.max() + row)
    breaks = np.sort(ends[near].ravel()[:BREAKS])
    if not len(breaks):
        return segments
    return np.vstack([_parts(segment, float(height), breaks) for segment, height in zip(segments, v, strict=True)])


def _parts(segment: Floats, height: float, breaks: Floats) -> Floats:
    row = segment[5]
    bottom, top = height - row / 2, height + row / 2
    ends, below = [bottom], bottom
    for end in breaks[np.searchsorted(breaks, bottom, side="right") : np.searchsorted(breaks, top)]:
        if below + SAME_SHARE * row < end < top - SAME_SHARE * row:
            ends.append(float(end))
            below = float(end)
    if len(ends) == 1:
        return segment[None]
    edges = np.array([*ends, top])
    up = (edges[:-1] + edges[1:]) / 2 - height
    parts = np.repeat(segment[None], len(up), axis=0)
    parts[:, 0] -= up * segment[3]
    parts[:, 1] += up * segment[2]
    parts[:, 5] = np.diff(edges)
    return parts
