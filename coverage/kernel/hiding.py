"""What hides a place: shadows of obstacles, and the rims of pits (machine twin).

The shadow of a convex part about the camera's foot is bounded by its own sides, moved out by the factor of the height at which
the sight line passes them (the lower factor for sides that face the camera, the upper one for the others), and by the two sight
lines that graze it. So it is a set of half-planes, no hull is computed, and a shadow without end simply lacks the far sides.
"""

from __future__ import annotations

from coverage.kernel.pictures import sort
from coverage.kernel.values import KIND, SECTOR, Floats, Segment, X, Y, Z
from spatial.compiled import compiled

#: Metres by which a camera must be above a top for the shadow to end.
LEVEL_WITH_M = 1e-6
#: A nominal camera's shadows begin at the thing itself and never end.
ENDLESS = 1e300


@compiled
def shadow_sides(
    cameras: Floats, c: int, plane_m: float, corners: Floats, size: int, bottom: float, top: float, sides: Floats
) -> int:
    """Fill the half-planes (n, 3) of a part's shadow on a plane. Returns how many; −1 = it throws none."""
    low, high = 1.0, ENDLESS
    if int(cameras[c, KIND]) != SECTOR:
        above, foot = cameras[c, Z] - plane_m, max(bottom, plane_m)
        if top <= plane_m or above <= 0.0 or foot >= cameras[c, Z]:
            return -1
        low = above / (cameras[c, Z] - foot)
        if cameras[c, Z] - top > LEVEL_WITH_M:
            high = above / (cameras[c, Z] - top)
    x, y = cameras[c, X], cameras[c, Y]
    count = 0
    faced_before = _faces(corners, size - 1, size, x, y) > 0.0
    for i in range(size):
        j = i + 1 if i + 1 < size else 0
        ax, ay = corners[i, 0] - x, corners[i, 1] - y
        # inward normal of an anticlockwise side, and how far it is from the foot
        nx, ny = corners[i, 1] - corners[j, 1], corners[j, 0] - corners[i, 0]
        away = nx * ax + ny * ay
        faced = away > 0.0
        if faced or high < ENDLESS:
            sides[count, 0], sides[count, 1] = nx, ny
            sides[count, 2] = -(away * (low if faced else high)) - nx * x - ny * y
            count += 1
        if faced != faced_before:
            # the sight line over this corner: the part lies to its left where the faced sides begin, to its right where they end
            sign = 1.0 if faced_before else -1.0
            sides[count, 0], sides[count, 1] = -ay * sign, ax * sign
            sides[count, 2] = (ay * x - ax * y) * sign
            count += 1
        faced_before = faced
    return count


@compiled
def _faces(corners: Floats, i: int, size: int, x: float, y: float) -> float:
    j = i + 1 if i + 1 < size else 0
    return float((corners[i, 1] - corners[j, 1]) * (corners[i, 0] - x) + (corners[j, 0] - corners[i, 0]) * (corners[i, 1] - y))


@compiled
def out_of_box(sides: Floats, c: int, k: int, count: int, box: Floats) -> bool:
    """Is a box (west, south, east, north) wholly outside one of the half-planes of ``sides[c, k]``?"""
    for i in range(count):
        x = box[2] if sides[c, k, i, 0] > 0.0 else box[0]
        y = box[3] if sides[c, k, i, 1] > 0.0 else box[1]
        if sides[c, k, i, 0] * x + sides[c, k, i, 1] * y + sides[c, k, i, 2] < 0.0:
            return True
    return False


@compiled
def less_hidden(spans: Floats, t: int, count: int, hidden: Floats, hiding: int, rooms: Floats, r: int) -> int:
    """``spans[t]`` less the hidden ones, in ``rooms[r]``. ``hidden`` (hiding, 2) gets sorted. Returns how many."""
    for i in range(1, hiding):
        low, high, j = hidden[i, 0], hidden[i, 1], i - 1
        while j >= 0 and hidden[j, 0] > low:
            hidden[j + 1, 0], hidden[j + 1, 1] = hidden[j, 0], hidden[j, 1]
            j -= 1
        hidden[j + 1, 0], hidden[j + 1, 1] = low, high
    found = 0
    for i in range(count):
        begin, end = spans[t, i, 0], spans[t, i, 1]
        for j in range(hiding):
            if hidden[j, 1] <= begin:
                continue
            if hidden[j, 0] >= end:
                break
            if hidden[j, 0] > begin:
                rooms[r, found, 0], rooms[r, found, 1] = begin, hidden[j, 0]
                found += 1
            begin = hidden[j, 1]
            if begin >= end:
                break
        if begin < end:
            rooms[r, found, 0], rooms[r, found, 1] = begin, end
            found += 1
    return found


@compiled
def through_rim(
    cameras: Floats, c: int, plane_m: float, rim: Floats, segment: Segment, spans: Floats, count: int, room: Floats
) -> int:
    """The parts of spans on a pit's floor that are seen through its rim (side, 4), at height 0, in ``room``.

    A place is seen when its image in the rim's plane, foot + (place − foot) / factor, lies inside the rim; even-odd.
    """
    if cameras[c, Z] <= 0.0 or rim.shape[0] == 0:
        return 0
    factor = (cameras[c, Z] - plane_m) / cameras[c, Z]
    x = cameras[c, X] + (segment[0] - cameras[c, X]) / factor
    y = cameras[c, Y] + (segment[1] - cameras[c, Y]) / factor
    cuts, crossings = room[:, 2], 0
    for i in range(rim.shape[0]):
        first = segment[2] * (rim[i, 1] - y) - segment[3] * (rim[i, 0] - x)
        last = segment[2] * (rim[i, 3] - y) - segment[3] * (rim[i, 2] - x)
        if (first >= 0.0) != (last >= 0.0) and crossings < cuts.shape[0]:
            part = first / (first - last)
            cx, cy = rim[i, 0] + part * (rim[i, 2] - rim[i, 0]) - x, rim[i, 1] + part * (rim[i, 3] - rim[i, 1]) - y
            cuts[crossings] = (cx * segment[2] + cy * segment[3]) * factor
            crossings += 1
    sort(cuts, crossings)
    found = 0
    for i in range(count):
        for j in range(0, crossings - 1, 2):
            low, high = max(spans[i, 0], cuts[j]), min(spans[i, 1], cuts[j + 1])
            if high > low:
                room[found, 0], room[found, 1] = low, high
                found += 1
    return found
