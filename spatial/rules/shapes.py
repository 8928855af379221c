"""Rules about one feature's own shape: P01, P02, P10, P14, P15, P16, and its kind and attributes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from spatial.frames import site_frame
from spatial.geodesy import area_m2, edge_lengths_m, perimeter_m
from spatial.plan_layers import LAYER_SPECS
from spatial.plots import PlotFeature, Remark, Severity, remark_on

MOST_VERTICES = 5_000
#: Vertices nearer than this are one vertex drawn twice.
SHORTEST_EDGE_M = 0.05
#: A polygon narrower than this on average has no surface.
NARROWEST_M = 0.05
SHARPEST_ANGLE_DEG = 1.0
KINDS = {"polygon": ("Polygon", "MultiPolygon"), "line": ("LineString", "MultiLineString"), "point": ("Point",)}


def wrong_kind(feature: PlotFeature) -> Iterator[Remark]:
    """P00: the geometry is of the kind its layer holds."""
    expected = LAYER_SPECS[feature.layer].geometry
    if feature.geometry.geom_type not in KINDS[expected]:
        yield remark_on(feature, "P00", Severity.ERROR, feature.geometry, expected=expected)


def attributes_out_of_range(feature: PlotFeature) -> Iterator[Remark]:
    """P17: numbers are within their range, and those the layer requires are there."""
    for spec in LAYER_SPECS[feature.layer].attributes:
        value = feature.attributes.get(spec.name)
        facts = {"attribute": spec.name, "minimum": spec.minimum, "maximum": spec.maximum, "unit": spec.unit}
        if value is None:
            if spec.required:
                yield remark_on(feature, "P17", Severity.ERROR, _pin(feature.geometry), words="missing", **facts)
        elif isinstance(value, bool | str) or not spec.minimum <= value <= spec.maximum:
            yield remark_on(feature, "P17", Severity.ERROR, _pin(feature.geometry), words="range", **facts)


def crosses_itself(feature: PlotFeature) -> Iterator[Remark]:
    """P01: no ring or line crosses itself, and no ring of a polygon crosses another. The place is the crossing."""
    points = _crossings(feature.geometry)
    if points:
        where = Point(points[0]) if len(points) == 1 else MultiPoint(points[:20])
        yield remark_on(feature, "P01", Severity.ERROR, where, lon=points[0][0], lat=points[0][1], count=len(points))
        return
    if feature.geometry.geom_type.endswith("Polygon") and feature.geometry.area > 0 and not feature.geometry.is_valid:
        yield remark_on(feature, "P01", Severity.ERROR, _reason_place(feature.geometry), words="rings")


def no_surface(feature: PlotFeature) -> Iterator[Remark]:
    """P02: a polygon has a surface wider than 5 cm, a line two different points. One that crosses itself is P01's."""
    for part in shapely.get_parts(feature.geometry):
        different = len(np.unique(np.round(shapely.get_coordinates(part), 9), axis=0))
        flat = isinstance(part, Polygon) and (different < 3 or _mean_width_m(part) < NARROWEST_M) and not _crossings(part)
        if flat or (isinstance(part, LineString) and different < 2):
            yield remark_on(feature, "P02", Severity.ERROR, _pin(part), vertices=different)


def _mean_width_m(polygon: Polygon) -> float:
    return 2.0 * area_m2(polygon) / max(perimeter_m(polygon), 1e-9)


def doubled_vertices(feature: PlotFeature) -> Iterator[Remark]:
    """P10: no two neighbouring vertices within 5 cm; the fix leaves one of each pair out."""
    for ring in _rings(feature.geometry):
        short = np.flatnonzero(edge_lengths_m(ring) < SHORTEST_EDGE_M)
        if len(short):
            places = shapely.get_coordinates(ring)[short]
            yield remark_on(
                feature, "P10", Severity.WARNING, MultiPoint(places), count=len(short), fix=_thinned(feature.geometry)
            )


def spikes(feature: PlotFeature) -> Iterator[Remark]:
    """P14: no corner sharper than 1°."""
    frame = site_frame(feature.geometry)
    for part in shapely.get_parts(feature.geometry):
        if not isinstance(part, Polygon):
            continue
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)[:-1]
            sharp = np.flatnonzero(_angles_deg(np.column_stack(frame.project(*points.T))) < SHARPEST_ANGLE_DEG)
            for index in sharp:
                yield remark_on(feature, "P14", Severity.ERROR, Point(points[index]), limit_deg=SHARPEST_ANGLE_DEG)


def too_many_vertices(feature: PlotFeature) -> Iterator[Remark]:
    """P15: at most 5,000 vertices."""
    count = int(shapely.get_num_coordinates(feature.geometry))
    if count > MOST_VERTICES:
        yield remark_on(feature, "P15", Severity.ERROR, None, count=count, limit=MOST_VERTICES)


def ring_order(feature: PlotFeature) -> Iterator[Remark]:
    """P16: outer rings run counter-clockwise (RFC 7946); put right silently by ``oriented``."""
    if feature.geometry.geom_type.endswith("Polygon") and not _same_order(feature.geometry):
        yield remark_on(feature, "P16", Severity.FIXED, None)


def oriented(geometry: BaseGeometry) -> BaseGeometry:
    """The same surface with its rings in the order of RFC 7946."""
    if geometry.geom_type == "Polygon" and not geometry.is_empty:
        return orient(geometry)
    if geometry.geom_type == "MultiPolygon":
        return shapely.MultiPolygon([orient(part) for part in shapely.get_parts(geometry)])
    return geometry


def _same_order(geometry: BaseGeometry) -> bool:
    return all(
        part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors)
        for part in shapely.get_parts(geometry)
        if isinstance(part, Polygon) and part.area > 0
    )


def _rings(geometry: BaseGeometry) -> list[BaseGeometry]:
    found: list[BaseGeometry] = []
    for part in shapely.get_parts(geometry):
        if isinstance(part, Polygon):
            found += [part.exterior, *part.interiors]
        elif isinstance(part, LineString):
            found.append(part)
    return found


def _crossings(geometry: BaseGeometry) -> list[tuple[float, float]]:
    """Points where two edges that are not neighbours meet."""
    found: list[tuple[float, float]] = []
    for ring in _rings(geometry):
        points = shapely.get_coordinates(ring)
        keep = np.concatenate(([True], np.any(np.diff(points, axis=0) != 0, axis=1)))
        points = points[keep]
        if len(points) < 4 or ring.is_simple:
            continue
        edges = shapely.linestrings(np.stack((points[:-1], points[1:]), axis=1))
        first, second = shapely.STRtree(edges).query(edges, predicate="intersects")
        closed = bool((points[0] == points[-1]).all())
        apart = (second - first > 1) & ~(closed & (first == 0) & (second == len(edges) - 1))
        for i, j in zip(first[apart], second[apart], strict=True):
            place = edges[i].intersection(edges[j]).centroid
            found.append((place.x, place.y))
        found += _folded_back(points)
    return list(dict.fromkeys(found))


def _folded_back(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Vertices at which a line turns straight back over itself: neighbours that share more than their end."""
    before, after = points[1:-1] - points[:-2], points[2:] - points[1:-1]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    back = (np.abs(cross) < 1e-18) & ((before * after).sum(axis=1) < 0)
    return [(float(x), float(y)) for x, y in points[1:-1][back]]


def _angles_deg(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle at each corner of an open ring of local points, degrees."""
    before, after = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    angles: NDArray[np.float64] = np.abs(np.degrees(np.arctan2(cross, (before * after).sum(axis=1))))
    doubled = (np.hypot(*before.T) < SHORTEST_EDGE_M) | (np.hypot(*after.T) < SHORTEST_EDGE_M)
    return np.where(doubled, 180.0, angles)


def _thinned(geometry: BaseGeometry) -> BaseGeometry | None:
    frame = site_frame(geometry)
    thinned = frame.to_storage(shapely.remove_repeated_points(frame.to_local(geometry), SHORTEST_EDGE_M))
    return thinned if thinned.is_valid and not thinned.is_empty else None


def _pin(geometry: BaseGeometry) -> BaseGeometry:
    return Point(shapely.get_coordinates(geometry)[0])


def _reason_place(geometry: BaseGeometry) -> Point:
    """The place GEOS gives for an invalid polygon: ``Self-intersection[121.5 31.2]``."""
    reason = shapely.is_valid_reason(geometry)
    if "[" in reason:
        x, y = reason[reason.index("[") + 1 : reason.index("]")].split()[:2]
        return Point(float(x), float(y))
    return Point(shapely.get_coordinates(geometry)[0])
