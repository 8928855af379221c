"""Shapes as segments: areas as rows, lines as themselves, places as very short rows (both twins).

Rows run along the longest side of the outline, so that turning a site turns its rows with it, and a rectangle needs the fewest.
They share one height; the weight makes the rows' area the polygon's own, so that only the *share* is up to the rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coverage.kernel.values import SEGMENT_COLUMNS, Floats

#: Rows of an area are so high, metres, but never fewer or more of them than this.
ROW_M, FEWEST, MOST = 0.5, 24, 480
#: The same for rows that only need to show how a share moves.
FEWEST_COARSE, MOST_COARSE = 8, 120
#: A side that crosses more rows than this does no harm; ends of rows nearer than this share of a row are one.
FEW_ROWS, NEAR = 3.0, 0.05
#: A place is a segment of this length, metres.
PLACE_M = 1e-4
NONE: Floats = np.empty((0, SEGMENT_COLUMNS))


def segments_of(shape: BaseGeometry, row_m: float = ROW_M, bases: Sequence[BaseGeometry] = ()) -> Floats:
    """(n, SEGMENT_COLUMNS) segments of a shape, metres; their lengths times weights add up to its area, length or number.

    Rows also end where ``bases``, which are going to be cut out of them, begin and end.
    """
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    areas = [part for part in parts if part.geom_type == "Polygon"]
    if areas:
        return rows_of(areas, row_m, bases)
    lines = [sides_of_line(part) for part in parts if part.geom_type in {"LineString", "LinearRing"}]
    places = [_place(part) for part in parts if part.geom_type == "Point"]
    found = lines or places
    return np.vstack(found) if found else NONE


def _place(point: BaseGeometry) -> Floats:
    return np.array([[point.x - PLACE_M / 2, point.y, 1.0, 0.0, PLACE_M, 1 / PLACE_M]])


def sides_of_line(line: BaseGeometry) -> Floats:
    """A line as its own segments."""
    corners = shapely.get_coordinates(line)
    steps = np.diff(corners, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    real = lengths > 0
    return np.column_stack([corners[:-1][real], steps[real] / lengths[real, None], lengths[real], np.ones(int(real.sum()))])


def rows_of(areas: Sequence[BaseGeometry], row_m: float = ROW_M, bases: Sequence[BaseGeometry] = ()) -> Floats:
    """Polygons, together, as rows: even-odd, so that holes are holes and parts are parts."""
    sides = sides_of_areas(areas)
    steps = sides[:, 2:] - sides[:, :2]
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    area = float(sum(part.area for part in areas))
    if area <= 0.0:
        return NONE
    along = steps[int(np.argmax(lengths))] / lengths.max()
    turned = np.column_stack([along, [-along[1], along[0]]])
    own, others = sides.reshape(-1, 2) @ turned, sides_of_areas(bases).reshape(-1, 2) @ turned
    u, v = own[:, 0].reshape(-1, 2), own[:, 1].reshape(-1, 2)
    ends = _row_ends(v, np.vstack([v, others[:, 1].reshape(-1, 2)]), row_m)
    middle, height = (ends[:-1] + ends[1:]) / 2, np.diff(ends)
    crossed = (v[:, 0] <= middle[:, None]) != (v[:, 1] <= middle[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        where = u[:, 0] + (middle[:, None] - v[:, 0]) * (u[:, 1] - u[:, 0]) / (v[:, 1] - v[:, 0])
    where = np.sort(np.where(crossed, where, np.inf), axis=1)[:, : int(crossed.sum(axis=1).max(initial=0))]
    begin, end = where[:, 0::2], where[:, 1::2]
    begin = begin[:, : end.shape[1]]
    real = np.isfinite(end) & (end > begin)
    row = np.nonzero(real)[0]
    begin, length = begin[real], end[real] - begin[real]
    if not len(length):
        return NONE
    start = np.column_stack([begin, middle[row]]) @ turned.T
    weight = height[row] * area / float((length * height[row]).sum())
    return np.column_stack([start, np.broadcast_to(along, start.shape), length, weight])


def _row_ends(own: Floats, sides: Floats, row_m: float) -> Floats:
    """Where rows begin and end across them, metres: evenly, and at the ends of sides (n, 2) that cross only a few rows.

    A side along the rows would else make the length jump in the middle of one.
    """
    bottom, top = float(own.min()), float(own.max())
    fewest, most = (FEWEST, MOST) if row_m <= ROW_M else (FEWEST_COARSE, MOST_COARSE)
    count = int(min(max(math.ceil((top - bottom) / row_m), fewest), most))
    row = (top - bottom) / count
    short = np.abs(sides[:, 1] - sides[:, 0]) < FEW_ROWS * row
    breaks = np.sort(sides[short].ravel())
    breaks = breaks[(breaks > bottom + NEAR * row) & (breaks < top - NEAR * row)]
    breaks = breaks[np.diff(breaks, prepend=-np.inf) > NEAR * row]
    slabs = np.concatenate([[bottom], breaks, [top]])
    parts = [
        np.linspace(low, high, max(1, math.ceil((high - low) / row - NEAR)), endpoint=False) for low, high in pairwise(slabs)
    ]
    return np.concatenate([*parts, [top]])


def sides_of_areas(areas: Sequence[BaseGeometry]) -> Floats:
    """(n, 4) sides of all rings: x, y, x, y."""
    found = [np.empty((0, 4))]
    for part in areas:
        for ring in (part.exterior, *part.interiors):
            corners = shapely.get_coordinates(ring)
            found.append(np.column_stack([corners[:-1], corners[1:]]))
    return np.vstack(found)
