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


def rounds_of(site: PackedSite, group: int, height_m: float, radius2: Floats, seeing: Ints, turning: Ints) -> Floats:
    """(n, 3) circles that limit pictures (C,), what a group asks of them, or how far they can be turned: x, y, radius²."""
    first, last = site.request_from[group], site.request_from[group + 1]
    found = [np.column_stack([site.cameras[turning][:, [of.X, of.Y]], site.cameras[turning, of.REACH] ** 2])]
    for camera in seeing:
        row = site.cameras[camera]
        kind, above = row[of.KIND], row[of.Z] - height_m
        across, along, steepest = site.demands[first:last][site.ranks[first:last, camera] <= of.OFFLINE].T
        limits = [radius2[camera : camera + 1]]
        if kind > of.DISTORTED:
            limits.append((row[of.FOCAL] / across[across > 0]) ** 2 - (above**2 if kind == of.EQUIDISTANT else 0.0))
        if kind == of.EQUIDISTANT:
            limits.append(row[of.FOCAL] * above / along[along > 0] - above**2)
        if kind != of.SECTOR:
            limits.append((above / steepest[steepest > 0]) ** 2)
        squares = np.unique(np.concatenate(limits))
        found.append(np.column_stack([np.full(len(squares), row[of.X]), np.full(len(squares), row[of.Y]), squares]))
    rounds = np.vstack(found)
    return rounds[(rounds[:, 2] > 0) & (rounds[:, 2] < of.EVERYWHERE)]


def _round_ends(segments: Floats, rounds: Floats, row: float) -> Floats:
    """(n,) where circles come nearest to being along rows, and leave them if they cross few; metres across the rows."""
    direction = segments[0, 2:4]
    u, v = segments[:, :2] @ direction, segments[:, :2] @ np.array([-direction[1], direction[0]])
    left, right = u.min(), (u + segments[:, 4]).max()
    own_u, own_v = rounds[:, :2] @ direction, rounds[:, :2] @ np.array([-direction[1], direction[0]])
    least, most = np.maximum(np.maximum(left - own_u, own_u - right), 0.0), np.maximum(own_u - left, right - own_u)
    met = least**2 < rounds[:, 2]
    own_v, square, least, most = own_v[met], rounds[met, 2], least[met], most[met]
    high, low = np.sqrt(square - least**2), np.sqrt(np.maximum(square - most**2, 0.0))
    few = high - low < FEW_ROWS * row
    ends = []
    for way in (-1.0, 1.0):
        top, end = own_v + way * high, own_v + way * low
        near = (np.maximum(top, end) > v.min() - row) & (np.minimum(top, end) < v.max() + row)
        ends += [top[near], end[near & few]]
    return np.concatenate(ends)


def broken_rows(segments: Floats, edges: Floats, rounds: Floats) -> Floats:
    """Rows (n, 6) of one direction, each in as many parts as edges and circles that run along it ask for."""
    direction, row = segments[0, 2:4], segments[:, 5].max()
    across_rows = np.array([-direction[1], direction[0]])
    u, v = segments[:, :2] @ direction, segments[:, :2] @ across_rows
    left, right = u.min(), (u + segments[:, 4]).max()
    along, across = edges[:, :2] @ direction, edges[:, :2] @ across_rows
    few = np.abs(along) * (right - left) < FEW_ROWS * row * np.abs(across)
    along, across, plain = along[few], across[few], edges[few, 2]
    ends = np.column_stack([-(along * left + plain) / across, -(along * right + plain) / across])
    near = (ends.max(axis=1, initial=-np.inf) > v.min() - row) & (ends.min(axis=1, initial=np.inf) < v.max() + row)
    breaks = np.sort(np.concatenate([ends[near].ravel(), _round_ends(segments, rounds, row)])[:BREAKS])
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
