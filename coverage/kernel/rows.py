"""Shapes as segments: areas as rows, lines as themselves, places as very short rows (both twins).

Rows run along the longest side of the outline, so that turning a site turns its rows with it, and a rectangle needs the fewest.
They share one height; the weight makes the rows' area the polygon's own, so that only the *share* is up to the rows.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coverage.kernel.values import SEGMENT_COLUMNS, Floats

#: Rows of an area are so high, metres, but never fewer or more of them than this.
ROW_M, FEWEST, MOST = 0.5, 24, 480
#: The same for rows that only need to show how a share moves.
FEWEST_COARSE, MOST_COARSE = 8, 120
#: A place is a segment of this length, metres.
PLACE_M = 1e-4
NONE: Floats = np.empty((0, SEGMENT_COLUMNS))


def segments_of(shape: BaseGeometry, row_m: float = ROW_M) -> Floats:
    """(n, SEGMENT_COLUMNS) segments of a shape, metres; their lengths times weights add up to its area, length or number."""
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    areas = [part for part in parts if part.geom_type == "Polygon"]
    if areas:
        return rows_of(areas, row_m)
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


def rows_of(areas: list[BaseGeometry], row_m: float = ROW_M) -> Floats:
    """Polygons, together, as rows: even-odd, so that holes are holes and parts are parts."""
    sides = sides_of_areas(areas)
    steps = sides[:, 2:] - sides[:, :2]
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    area = float(sum(part.area for part in areas))
    if area <= 0.0:
        return NONE
    along = steps[int(np.argmax(lengths))] / lengths.max()
    across = np.array([-along[1], along[0]])
    # coordinates along and across the rows
    u, v = sides.reshape(-1, 2) @ along, sides.reshape(-1, 2) @ across
    u, v = u.reshape(-1, 2), v.reshape(-1, 2)
    bottom, top = float(v.min()), float(v.max())
    count = int(min(max(math.ceil((top - bottom) / row_m), FEWEST), MOST)) if row_m <= ROW_M else _coarse(top - bottom, row_m)
    at = bottom + (np.arange(count) + 0.5) * (top - bottom) / count
    crossed = (v[:, 0] <= at[:, None]) != (v[:, 1] <= at[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        where = u[:, 0] + (at[:, None] - v[:, 0]) * (u[:, 1] - u[:, 0]) / (v[:, 1] - v[:, 0])
    where = np.sort(np.where(crossed, where, np.inf), axis=1)
    where = where[:, : int(crossed.sum(axis=1).max(initial=0))]
    begin, end = where[:, 0::2], where[:, 1::2]
    begin = begin[:, : end.shape[1]]
    real = np.isfinite(end) & (end > begin)
    begin, end, height = begin[real], end[real], np.broadcast_to(at[:, None], real.shape)[real]
    length = end - begin
    if not len(length):
        return NONE
    start = begin[:, None] * along + height[:, None] * across
    weight = area / float(length.sum())
    return np.column_stack([start, np.broadcast_to(along, start.shape), length, np.full(len(length), weight)])


def sides_of_areas(areas: list[BaseGeometry]) -> Floats:
    """(n, 4) sides of all rings: x, y, x, y."""
    found = []
    for part in areas:
        for ring in (part.exterior, *part.interiors):
            corners = shapely.get_coordinates(ring)
            found.append(np.column_stack([corners[:-1], corners[1:]]))
    return np.vstack(found)


def _coarse(height_m: float, row_m: float) -> int:
    return int(min(max(math.ceil(height_m / row_m), FEWEST_COARSE), MOST_COARSE))
