"""Rules about where a plot lies: P03 in Shanghai, P04 not shifted, P05 of the registered size."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely import Point, box

from spatial.crs import SourceCrs, geometry_to_storage
from spatial.geodesy import area_m2, distance_m
from spatial.plan_layers import PlanLayer
from spatial.plots import SHANGHAI_BOUNDS, Plot, PlotContext, PlotFeature, Remark, Severity, remark_on
from spatial.shift import wgs84_to_gcj02

CITY = box(*SHANGHAI_BOUNDS)
#: How far GCJ-02 and BD-09 throw a Shanghai point off, metres.
GCJ_SHIFT_M = (435.0, 520.0)
#: A shape this near to the shifted address sits where an unconverted copy would sit.
SHIFTED_WITHIN_M = 60.0
AREA_TOLERANCE = 0.2
LARGEST_BOUNDARY_M2 = 20e6


def outside_shanghai(feature: PlotFeature) -> Iterator[Remark]:
    """P03: inside Shanghai; when swapping longitude and latitude would put it there, the swap is offered."""
    if CITY.covers(feature.geometry.envelope):
        return
    swapped = shapely.transform(feature.geometry, lambda points: points[:, ::-1])
    if CITY.covers(swapped.envelope):
        yield remark_on(feature, "P03", Severity.ERROR, feature.geometry.centroid, words="swapped", fix=swapped)
    else:
        place = feature.geometry.centroid
        yield remark_on(feature, "P03", Severity.ERROR, place, lon=round(place.x, 6), lat=round(place.y, 6))


def maybe_shifted(plot: Plot, context: PlotContext) -> Iterator[Remark]:
    """P04: asks, never shifts. Only when the shape is as far from its address as GCJ-02 throws it, and in that direction."""
    boundary, address = plot.boundary, context.registered_location
    if boundary is None or address is None:
        return
    here, there = boundary.centroid, address.centroid
    away_m = distance_m(here, there)
    lon, lat = wgs84_to_gcj02(there.x, there.y)
    shifted = Point(float(lon), float(lat))
    if GCJ_SHIFT_M[0] <= away_m <= GCJ_SHIFT_M[1] and distance_m(here, shifted) <= SHIFTED_WITHIN_M:
        back = geometry_to_storage(boundary, SourceCrs.GCJ02)
        feature = plot.of(PlanLayer.BOUNDARY)[0]
        yield remark_on(feature, "P04", Severity.WARNING, here, fix=back, distance_m=round(away_m))


def registered_size(plot: Plot, context: PlotContext) -> Iterator[Remark]:
    """P05: within 20 % of the registered area, and never larger than 20 km²."""
    boundary = plot.boundary
    if boundary is None:
        return
    feature, area = plot.of(PlanLayer.BOUNDARY)[0], area_m2(boundary)
    if area > LARGEST_BOUNDARY_M2:
        yield remark_on(
            feature,
            "P05",
            Severity.ERROR,
            boundary.envelope,
            words="too_large",
            area_km2=round(area / 1e6, 1),
            limit_km2=LARGEST_BOUNDARY_M2 / 1e6,
        )
    registered = context.registered_area_m2
    if registered and abs(area / registered - 1) > AREA_TOLERANCE:
        yield remark_on(
            feature,
            "P05",
            Severity.WARNING,
            None,
            area_m2=round(area),
            registered_m2=round(registered),
            percent=round((area / registered - 1) * 100),
        )
