"""What elements ask of a picture, for many spans at once (NumPy twin of ``demands``)."""

from __future__ import annotations

import numpy as np

from coverage.kernel import values as of
from coverage.kernel.array_pictures import Booleans, roots
from coverage.kernel.demands import HALVINGS
from coverage.kernel.spans import Spans, in_disc, joined, pieces
from coverage.kernel.values import Floats


def demanded(rows: Floats, plane_m: float, demands: Floats, segments: Floats, margin: Floats, spans: Spans) -> Spans:
    """The parts of spans that satisfy their demands (n, 3); cameras, segments and margins (n, …) are the spans' own.

    The owner of what comes out is the position of the span it comes from.
    """
    kind, above = rows[:, of.KIND], rows[:, of.Z] - plane_m
    away = segments[:, :2] - rows[:, [of.X, of.Y]]
    z0 = (away * rows[:, of.FORWARD : of.FORWARD + 2]).sum(axis=1) - above * rows[:, of.FORWARD + 2]
    z1 = (segments[:, 2:4] * rows[:, of.FORWARD : of.FORWARD + 2]).sum(axis=1)
    across, along, steepest = demands.T
    reach = np.where(across > 0, rows[:, of.FOCAL] / across, np.inf) + margin
    radius2 = reach**2 - np.where(kind == of.EQUIDISTANT, above**2, 0.0)
    flat_radius2 = np.where(along > 0, rows[:, of.FOCAL] * above / along - above**2, np.inf)
    limit = (reach - z0) / z1
    blunt2 = (above / steepest) ** 2
    low, high = spans.low.copy(), spans.high.copy()
    round_limits = (kind == of.SECTOR) | (kind == of.EQUIDISTANT)
    deep = (across > 0) & ~round_limits
    np.minimum(high, limit, out=high, where=deep & (z1 > 0))
    np.maximum(low, limit, out=low, where=deep & (z1 < 0))
    high[deep & (z1 == 0) & (reach < z0)] = -1.0
    for limited, square in ((round_limits & (across > 0), radius2), ((kind == of.EQUIDISTANT) & (along > 0), flat_radius2)):
        first, last = in_disc(away[limited], segments[limited], square[limited])
        low[limited], high[limited] = np.maximum(low[limited], first), np.minimum(high[limited], last)
    left = Spans(np.arange(len(low)), low, high).real()
    steep = (steepest > 0) & (kind != of.SECTOR)
    if steep.any():
        first, last = np.ones(len(low)), np.zeros(len(low))
        first[steep], last[steep] = in_disc(away[steep], segments[steep], blunt2[steep])
        left = _outside(left, first, last)
    flat = (along > 0) & ~round_limits
    if flat.any():
        chosen = flat[left.owner]
        numbers = left.owner[chosen]
        z = (z0[numbers], z1[numbers])
        dense = _dense(rows[numbers], above[numbers], along[numbers], z, away[numbers], segments[numbers], left.where(chosen))
        left = joined(left.where(~chosen), dense)
    return left


def _outside(spans: Spans, first: Floats, last: Floats) -> Spans:
    """Spans less [first, last] of their owners; nothing is taken where the first is larger."""
    begin, end = first[spans.owner], last[spans.owner]
    free = (begin >= end) | (end <= spans.low) | (begin >= spans.high)
    met = spans.where(~free)
    before = Spans(met.owner, met.low, np.minimum(met.high, begin[~free]))
    after = Spans(met.owner, np.maximum(met.low, end[~free]), met.high)
    return joined(spans.where(free), before, after).real()


def _dense(
    rows: Floats, above: Floats, along: Floats, z: tuple[Floats, Floats], away: Floats, segments: Floats, spans: Spans
) -> Spans:
    """Parts with enough pixels along the ground: Z · distance ≤ f · above / q, monotone between the roots of its derivative."""
    z0, z1 = z
    ahead = (away * segments[:, 2:4]).sum(axis=1)
    away2 = (away**2).sum(axis=1) + above**2
    limit = rows[:, of.FOCAL] * above / along
    cuts = roots(2 * z1, (3 * z1 * ahead + z0) / 2, z1 * away2 + z0 * ahead)
    made = pieces(np.arange(len(rows)), spans.low, spans.high, cuts)
    z0, z1, ahead, away2, limit = (column[made.owner] for column in (z0, z1, ahead, away2, limit))

    def dense(s: Floats) -> Booleans:
        found: Booleans = (z0 + s * z1) * np.sqrt(away2 + 2 * s * ahead + s**2) <= limit
        return found

    at_low, at_high = dense(made.low), dense(made.high)
    left, right = made.low.copy(), made.high.copy()
    for _ in range(HALVINGS):
        middle = (left + right) / 2
        same = dense(middle) == at_low
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    low = np.where(at_low, made.low, right)
    high = np.where(at_high, made.high, left)
    kept = at_low | at_high
    return Spans(spans.owner[made.owner], low, high).where(kept).real()
