"""Where a picture begins and ends along a segment (machine twin).

With Q = place − lens, the depth Z = Q·forward and the picture coordinates Q·right / Z and Q·up / Z; on one plane all three
products are linear in the place, so the four sides of a picture and its far limit are half-planes, and a nominal sector is two of
them and a disc. Where a border is curved (distortion, fisheye, sectors beyond 180°), the segment is cut where it can cross the
border and the pieces are asked by their middles, which no rounding at a corner can turn over.
"""

from __future__ import annotations

import math

from coverage.kernel.values import (
    BORDER_HIGH,
    BORDER_WIDE,
    COS_HALF,
    DISTORTED,
    EQUIDISTANT,
    EVERYWHERE,
    FORWARD,
    HIGH,
    K1,
    K2,
    KIND,
    PICTURE_SIDES,
    PINHOLE,
    RANGE,
    RIGHT,
    SECTOR,
    SIN_HALF,
    TURNING,
    UP,
    WIDE,
    Floats,
    Segment,
    X,
    Y,
    Z,
)
from spatial.compiled import compiled

#: A side turned less than this against a segment is parallel to it.
PARALLEL = 1e-12


@compiled
def clipped(at_start: float, per_metre: float, low: float, high: float) -> tuple[float, float]:
    """[low, high] cut to where at_start + s · per_metre ≥ 0; empty when low > high."""
    if per_metre > 0.0:
        low = max(low, -at_start / per_metre)
    elif per_metre < 0.0:
        high = min(high, -at_start / per_metre)
    elif at_start < 0.0:
        high = low - 1.0
    return low, high


@compiled
def in_disc(away_x: float, away_y: float, along: float, radius2: float) -> tuple[float, float]:
    """Where |Q₀ + s·d|² ≤ radius²; ``along`` = Q₀·d. Empty when the first is larger."""
    square = along * along - (away_x * away_x + away_y * away_y - radius2)
    if square < 0.0:
        return 1.0, 0.0
    root = math.sqrt(square)
    return -along - root, -along + root


@compiled
def _side(cameras: Floats, c: int, plane_m: float, axis: int, share: float, of: float, side: Floats) -> None:
    """Side = share · Z + of · (Q·axis) ≥ 0 as coefficients of x, y and 1."""
    for i in range(2):
        side[i] = share * cameras[c, FORWARD + i] + of * cameras[c, axis + i]
    rise = share * cameras[c, FORWARD + 2] + of * cameras[c, axis + 2]
    side[2] = rise * (plane_m - cameras[c, Z]) - side[0] * cameras[c, X] - side[1] * cameras[c, Y]


@compiled
def picture_sides(cameras: Floats, c: int, plane_m: float, sides: Floats) -> float:
    """Fill the half-planes (n, 3) of a picture on a plane; returns the largest plan distance squared, negative = nothing."""
    for i in range(PICTURE_SIDES):
        sides[i, 0], sides[i, 1], sides[i, 2] = 0.0, 0.0, 1.0
    above = cameras[c, Z] - plane_m
    kind = int(cameras[c, KIND])
    if kind == SECTOR:
        if cameras[c, COS_HALF] >= 0.0:
            for i in range(2):
                sign = 1.0 - 2.0 * i
                for j in range(2):
                    sides[i, j] = (
                        cameras[c, SIN_HALF] * cameras[c, FORWARD + j] + sign * cameras[c, COS_HALF] * cameras[c, RIGHT + j]
                    )
                sides[i, 2] = -sides[i, 0] * cameras[c, X] - sides[i, 1] * cameras[c, Y]
        return float(cameras[c, RANGE] ** 2)
    if above <= 0.0:
        return -1.0
    if kind == EQUIDISTANT:
        return float(cameras[c, RANGE] ** 2 - above * above)
    wide = cameras[c, WIDE] if kind == PINHOLE else cameras[c, BORDER_WIDE]
    high = cameras[c, HIGH] if kind == PINHOLE else cameras[c, BORDER_HIGH]
    _side(cameras, c, plane_m, RIGHT, wide, -1.0, sides[0])
    _side(cameras, c, plane_m, RIGHT, wide, 1.0, sides[1])
    _side(cameras, c, plane_m, UP, high, -1.0, sides[2])
    _side(cameras, c, plane_m, UP, high, 1.0, sides[3])
    _side(cameras, c, plane_m, UP, -1.0, 0.0, sides[4])
    sides[4, 2] += cameras[c, RANGE]
    return EVERYWHERE


@compiled
def in_picture(cameras: Floats, c: int, plane_m: float, x: float, y: float) -> bool:
    """Is a place inside the curved border? Straight limits are taken care of elsewhere."""
    qx, qy, qz = x - cameras[c, X], y - cameras[c, Y], plane_m - cameras[c, Z]
    kind = int(cameras[c, KIND])
    if kind == SECTOR:
        ahead = qx * cameras[c, FORWARD] + qy * cameras[c, FORWARD + 1]
        return bool(ahead >= cameras[c, COS_HALF] * math.sqrt(qx * qx + qy * qy))
    depth = qx * cameras[c, FORWARD] + qy * cameras[c, FORWARD + 1] + qz * cameras[c, FORWARD + 2]
    if kind == EQUIDISTANT:
        return bool(depth >= cameras[c, COS_HALF] * math.sqrt(qx * qx + qy * qy + qz * qz))
    if depth <= 0.0:
        return False
    u = (qx * cameras[c, RIGHT] + qy * cameras[c, RIGHT + 1] + qz * cameras[c, RIGHT + 2]) / depth
    v = (qx * cameras[c, UP] + qy * cameras[c, UP + 1] + qz * cameras[c, UP + 2]) / depth
    square = u * u + v * v
    if square > cameras[c, TURNING] ** 2:
        return False
    bend = 1.0 + cameras[c, K1] * square + cameras[c, K2] * square * square
    return bool(abs(u) * bend <= cameras[c, WIDE] and abs(v) * bend <= cameras[c, HIGH])


@compiled
def roots(square: float, half: float, plain: float, cuts: Floats, count: int) -> int:
    """Add the roots of square · s² + 2 · half · s + plain = 0 to the cuts."""
    if abs(square) < 1e-14:
        if half != 0.0:
            cuts[count] = -plain / (2.0 * half)
            count += 1
        return count
    under = half * half - square * plain
    if under > 0.0:
        root = math.sqrt(under)
        cuts[count], cuts[count + 1] = (-half - root) / square, (-half + root) / square
        count += 2
    return count


@compiled
def border_cuts(
    cameras: Floats,
    c: int,
    plane_m: float,
    segment: Segment,
    low: float,
    high: float,
    borders: Floats,
    first: int,
    last: int,
    cuts: Floats,
) -> int:
    """Where a segment can cross the curved border of a picture."""
    qx, qy, qz = segment[0] - cameras[c, X], segment[1] - cameras[c, Y], plane_m - cameras[c, Z]
    dx, dy = segment[2], segment[3]
    kind = int(cameras[c, KIND])
    z0 = qx * cameras[c, FORWARD] + qy * cameras[c, FORWARD + 1] + (0.0 if kind == SECTOR else qz * cameras[c, FORWARD + 2])
    z1 = dx * cameras[c, FORWARD] + dy * cameras[c, FORWARD + 1]
    if kind != DISTORTED:
        # Z² = cos² · distance²
        share = cameras[c, COS_HALF] ** 2
        away2 = qx * qx + qy * qy + (0.0 if kind == SECTOR else qz * qz)
        return roots(z1 * z1 - share, z0 * z1 - share * (qx * dx + qy * dy), z0 * z0 - share * away2, cuts, 0)
    a0 = qx * cameras[c, RIGHT] + qy * cameras[c, RIGHT + 1] + qz * cameras[c, RIGHT + 2]
    a1 = dx * cameras[c, RIGHT] + dy * cameras[c, RIGHT + 1]
    b0 = qx * cameras[c, UP] + qy * cameras[c, UP + 1] + qz * cameras[c, UP + 2]
    b1 = dx * cameras[c, UP] + dy * cameras[c, UP + 1]
    count = 0
    for i in range(first, last):
        j = i + 1 if i + 1 < last else first
        u, v = borders[i, 0], borders[i, 1]
        across_u, across_v = borders[j, 0] - u, borders[j, 1] - v
        # the line through a side of the border and the lens is a plane, and its equation linear along the segment
        by = u * across_v - v * across_u
        at = across_v * a0 - across_u * b0 - by * z0
        step = across_v * a1 - across_u * b1 - by * z1
        if (at + low * step >= 0.0) == (at + high * step >= 0.0):
            continue
        s = -at / step
        depth = z0 + s * z1
        part = ((a0 + s * a1) / depth - u) * across_u + ((b0 + s * b1) / depth - v) * across_v
        if -1e-9 <= part <= across_u * across_u + across_v * across_v + 1e-9 and count < cuts.shape[0] - 2:
            cuts[count] = s
            count += 1
    return count


@compiled
def turned(sides: Floats, count: int, dx: float, dy: float, margin: float, limits: Floats) -> int:
    """Half-planes (count, 3) as limits of s along segments of one direction: s ≥ limits · (x, y, 1) for the first ones, then s ≤.

    Returns how many are lower limits. One division per side and direction instead of one per side and row. The half-planes are
    wider by ``margin`` metres.
    """
    low = 0
    for turn in range(2):
        at = low if turn == 1 else 0
        for i in range(count):
            step = sides[i, 0] * dx + sides[i, 1] * dy
            if abs(step) < PARALLEL:
                # inside everywhere or nowhere: a lower limit far before the start, or far behind the end
                step = PARALLEL
            if (step > 0.0) == (turn == 0):
                wider = margin * math.sqrt(sides[i, 0] * sides[i, 0] + sides[i, 1] * sides[i, 1])
                limits[at, 0] = -sides[i, 0] / step
                limits[at, 1] = -sides[i, 1] / step
                limits[at, 2] = -(sides[i, 2] + wider) / step
                at += 1
        if turn == 0:
            low = at
    return low


@compiled
def within(
    limits: Floats, c: int, k: int, lower: int, count: int, segment: Segment, low: float, high: float
) -> tuple[float, float]:
    """[low, high] of a segment cut to ``limits[c, k]``; empty when the first is not smaller."""
    x, y = segment[0], segment[1]
    for i in range(lower):
        limit = limits[c, k, i, 0] * x + limits[c, k, i, 1] * y + limits[c, k, i, 2]
        low = max(low, limit)
    for i in range(lower, count):
        limit = limits[c, k, i, 0] * x + limits[c, k, i, 1] * y + limits[c, k, i, 2]
        high = min(high, limit)
    return low, high


@compiled
def curved_spans(
    cameras: Floats,
    borders: Floats,
    first: int,
    last: int,
    c: int,
    plane_m: float,
    segment: Segment,
    low: float,
    high: float,
    room: Floats,
) -> int:
    """Spans of [low, high] of a segment inside the curved border of a picture, in ``room[:, :2]``. Returns how many."""
    cuts = room[:, 2]
    count = border_cuts(cameras, c, plane_m, segment, low, high, borders, first, last, cuts)
    return pieces_in_picture(cameras, c, plane_m, segment, low, high, cuts, count, room)


@compiled
def sort(values: Floats, count: int) -> None:
    """Sort the first few values; insertion, for there are few."""
    for i in range(1, count):
        value, j = values[i], i - 1
        while j >= 0 and values[j] > value:
            values[j + 1] = values[j]
            j -= 1
        values[j + 1] = value


@compiled
def pieces_in_picture(
    cameras: Floats, c: int, plane_m: float, segment: Segment, low: float, high: float, cuts: Floats, count: int, spans: Floats
) -> int:
    """The pieces between the cuts whose middles are in the picture; neighbours are joined."""
    sort(cuts, count)
    found, begin = 0, low
    for i in range(count + 1):
        end = high if i == count else min(max(cuts[i], low), high)
        if end <= begin:
            continue
        middle = (begin + end) / 2.0
        if in_picture(cameras, c, plane_m, segment[0] + middle * segment[2], segment[1] + middle * segment[3]):
            if found > 0 and spans[found - 1, 1] == begin:
                spans[found - 1, 1] = end
            else:
                spans[found, 0], spans[found, 1] = begin, end
                found += 1
        begin = end
    return found
