"""What an element asks of a picture, along a segment (machine twin): pixels across, pixels along the ground, not too steep."""

from __future__ import annotations

import math

from coverage.kernel.pictures import clipped, in_disc, roots, sort
from coverage.kernel.values import EQUIDISTANT, FOCAL, FORWARD, KIND, SECTOR, Floats, Segment, X, Y, Z
from spatial.compiled import compiled

#: Halvings in which a limit without a closed form is found: a metre becomes a nanometre.
HALVINGS = 32


@compiled
def deep_enough(cameras: Floats, c: int, plane_m: float, across: float, segment: Segment, margin: float) -> tuple[float, float]:
    """Where on a segment fx / Z ≥ px/m across; Z is linear along it."""
    if across <= 0.0:
        return 0.0, segment[4]
    z0 = (segment[0] - cameras[c, X]) * cameras[c, FORWARD] + (segment[1] - cameras[c, Y]) * cameras[c, FORWARD + 1]
    z0 += (plane_m - cameras[c, Z]) * cameras[c, FORWARD + 2]
    z1 = segment[2] * cameras[c, FORWARD] + segment[3] * cameras[c, FORWARD + 1]
    return clipped(cameras[c, FOCAL] / across + margin - z0, -z1, 0.0, segment[4])


@compiled
def demanded(
    cameras: Floats,
    c: int,
    plane_m: float,
    demands: Floats,
    r: int,
    segment: Segment,
    margin: float,
    spans: Floats,
    t: int,
    count: int,
    room: Floats,
) -> int:
    """The parts of ``spans[t]`` (count, 2) that satisfy a demand, in ``room[0, :, :2]``. Returns how many."""
    across, along, steepest = demands[r, 0], demands[r, 1], demands[r, 2]
    qx, qy, above = segment[0] - cameras[c, X], segment[1] - cameras[c, Y], cameras[c, Z] - plane_m
    ahead = qx * segment[2] + qy * segment[3]
    kind = int(cameras[c, KIND])
    low, high = 0.0, segment[4]
    z0 = qx * cameras[c, FORWARD] + qy * cameras[c, FORWARD + 1] - above * cameras[c, FORWARD + 2]
    z1 = segment[2] * cameras[c, FORWARD] + segment[3] * cameras[c, FORWARD + 1]
    if across > 0.0:
        reach = cameras[c, FOCAL] / across + margin
        if kind in (SECTOR, EQUIDISTANT):
            first, last = in_disc(qx, qy, ahead, reach * reach - (above * above if kind == EQUIDISTANT else 0.0))
            low, high = max(low, first), min(high, last)
        else:
            low, high = deep_enough(cameras, c, plane_m, across, segment, margin)
    if kind == EQUIDISTANT and along > 0.0:
        first, last = in_disc(qx, qy, ahead, cameras[c, FOCAL] * above / along - above * above)
        low, high = max(low, first), min(high, last)
    blunt, keen = 1.0, 0.0
    if steepest > 0.0 and kind != SECTOR:
        blunt, keen = in_disc(qx, qy, ahead, (above / steepest) ** 2)
    flat = along > 0.0 and kind not in (SECTOR, EQUIDISTANT)
    found = 0
    for i in range(count):
        begin, end = max(spans[t, i, 0], low), min(spans[t, i, 1], high)
        if end <= begin:
            continue
        if blunt >= keen or keen <= begin or blunt >= end:
            found = _keep(cameras, c, above, along, z0, z1, segment, begin, end, room, found, flat)
            continue
        if blunt > begin:
            found = _keep(cameras, c, above, along, z0, z1, segment, begin, blunt, room, found, flat)
        if keen < end:
            found = _keep(cameras, c, above, along, z0, z1, segment, keen, end, room, found, flat)
    return found


@compiled
def _keep(
    cameras: Floats,
    c: int,
    above: float,
    along: float,
    z0: float,
    z1: float,
    segment: Segment,
    begin: float,
    end: float,
    room: Floats,
    found: int,
    flat: bool,
) -> int:
    """Add a span, or the parts of it that are dense enough along the ground: Z · distance ≤ f · above / q.

    Z² · distance² is monotone between the roots of its derivative, which (for Z > 0) are those of a quadratic; on each piece the
    limit is crossed at most once.
    """
    if not flat:
        room[0, found, 0], room[0, found, 1] = begin, end
        return found + 1
    qx, qy = segment[0] - cameras[c, X], segment[1] - cameras[c, Y]
    ahead, away2 = qx * segment[2] + qy * segment[3], qx * qx + qy * qy + above * above
    limit = cameras[c, FOCAL] * above / along
    cuts = room[0, :, 2]
    count = roots(2.0 * z1, (3.0 * z1 * ahead + z0) / 2.0, z1 * away2 + z0 * ahead, cuts, 0)
    sort(cuts, count)
    low = begin
    for i in range(count + 1):
        high = end if i == count else min(max(cuts[i], begin), end)
        if high > low:
            first, last = _dense(z0, z1, ahead, away2, limit, low, high)
            if last > first:
                room[0, found, 0], room[0, found, 1] = first, last
                found += 1
            low = high
    return found


@compiled
def _dense(z0: float, z1: float, ahead: float, away2: float, limit: float, low: float, high: float) -> tuple[float, float]:
    """The part of a monotone piece where Z · distance is below the limit."""
    at_low = (z0 + low * z1) * math.sqrt(away2 + 2.0 * low * ahead + low * low) <= limit
    at_high = (z0 + high * z1) * math.sqrt(away2 + 2.0 * high * ahead + high * high) <= limit
    if at_low == at_high:
        return (low, high) if at_low else (1.0, 0.0)
    left, right = low, high
    for _ in range(HALVINGS):
        middle = (left + right) / 2.0
        if ((z0 + middle * z1) * math.sqrt(away2 + 2.0 * middle * ahead + middle * middle) <= limit) == at_low:
            left = middle
        else:
            right = middle
    return (low, left) if at_low else (right, high)
