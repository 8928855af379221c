"""Spans of many owners at once (NumPy twin): cutting, subtracting and k-fold unions as sorts and cumulative sums.

Dividing by nothing is meant throughout: a limit that is nowhere is infinitely far. ``arrays`` silences the warnings.

A span is an entry of three arrays of one length: ``owner`` (a number), ``low`` and ``high`` (metres along the owner's segment).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from coverage.kernel.values import Floats, Ints


class Spans(NamedTuple):
    """Spans, in no order unless said."""

    owner: Ints
    low: Floats
    high: Floats

    def where(self, kept: Any) -> Spans:
        """Some of them."""
        return Spans(self.owner[kept], self.low[kept], self.high[kept])

    def real(self) -> Spans:
        """Those that are longer than nothing."""
        return self.where(self.high > self.low)


def joined(*spans: Spans) -> Spans:
    """All of them."""
    return Spans(*(np.concatenate(columns) for columns in zip(*spans, strict=True)))


def within(sides: Floats, segments: Floats, low: Floats, high: Floats, margin: Floats) -> tuple[Floats, Floats]:
    """[low, high] (n,) of segments (n, 6) cut to half-planes (n, m, 3) made wider by ``margin`` metres (n,)."""
    low, high = low.copy(), high.copy()
    for i in range(sides.shape[1]):
        a, b = sides[:, i, 0], sides[:, i, 1]
        at = a * segments[:, 0] + b * segments[:, 1] + sides[:, i, 2] + margin * np.hypot(a, b)
        step = a * segments[:, 2] + b * segments[:, 3]
        limit = -at / step
        np.maximum(low, limit, out=low, where=step > 0)
        np.minimum(high, limit, out=high, where=step < 0)
        high[(step == 0) & (at < 0)] = -1.0
    return low, high


def in_disc(away: Floats, segments: Floats, radius2: Floats) -> tuple[Floats, Floats]:
    """Where segments (n, 6) that start at ``away`` (n, 2) from the middle are within a radius; empty when the first is larger."""
    along = away[:, 0] * segments[:, 2] + away[:, 1] * segments[:, 3]
    square = along**2 - (away[:, 0] ** 2 + away[:, 1] ** 2 - radius2)
    root = np.sqrt(np.maximum(square, 0.0))
    return np.where(square < 0, 1.0, -along - root), np.where(square < 0, 0.0, -along + root)


def pieces(owner: Ints, low: Floats, high: Floats, cuts: Floats) -> Spans:
    """Spans cut in pieces at the cuts (n, m); cuts outside a span do nothing."""
    edges = np.clip(np.sort(cuts, axis=1), low[:, None], high[:, None])
    begin, end = np.column_stack([low, edges]), np.column_stack([edges, high])
    return Spans(np.broadcast_to(owner[:, None], begin.shape).ravel(), begin.ravel(), end.ravel()).real()


def less(spans: Spans, hidden: Spans) -> Spans:
    """Spans without what is hidden of the same owner; the spans of an owner are disjoint.

    One sweep over begins and ends of both: what is left is where a span is open and nothing hides.
    """
    if not len(hidden.owner) or not len(spans.owner):
        return spans
    owner = np.concatenate([spans.owner, spans.owner, hidden.owner, hidden.owner])
    place = np.concatenate([spans.low, spans.high, hidden.low, hidden.high])
    many, hiding = len(spans.owner), len(hidden.owner)
    opened = np.concatenate([np.ones(many), -np.ones(many), np.zeros(2 * hiding)])
    covered = np.concatenate([np.zeros(2 * many), np.ones(hiding), -np.ones(hiding)])
    order = np.lexsort((place, owner))
    owner, place = owner[order], place[order]
    left = (np.cumsum(opened[order])[:-1] > 0.5) & (np.cumsum(covered[order])[:-1] < 0.5) & (owner[:-1] == owner[1:])
    return Spans(owner[:-1][left], place[:-1][left], place[1:][left]).real()


def lengths_watched(spans: Spans, needed: Ints, owners: int) -> Floats:
    """(owners,): length on which at least ``needed`` (owners,) spans of an owner lie over one another."""
    owner = np.concatenate([spans.owner, spans.owner])
    place = np.concatenate([spans.low, spans.high])
    order = np.lexsort((place, owner))
    owner, place = owner[order], place[order]
    depth = np.cumsum(np.where(order < len(spans.owner), 1, -1))[:-1]
    enough = depth >= needed[owner[:-1]]
    lengths = np.bincount(owner[:-1][enough], weights=(place[1:] - place[:-1])[enough], minlength=owners)
    return lengths.astype(np.float64)
