"""Rules between features and with what is around them: P06–P09, P11–P13."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from spatial.frames import SiteFrame, site_frame
from spatial.geodesy import area_m2
from spatial.plan_layers import EXCLUSIVE_ZONES, PlanLayer
from spatial.plots import Plot, PlotContext, PlotFeature, Remark, Severity, remark_on

OVERLAP_REMARK, OVERLAP_ERROR = 0.01, 0.05
OUTSIDE_TOLERANCE_M = 1.0
GATE_TOLERANCE_M = 3.0
HOARDING_GAP_M = 2.0
DEVICE_TOLERANCE_M = 30.0
#: Zones that overlap by less were drawn edge to edge.
ZONE_OVERLAP_M2 = 1.0
#: Drawn by the site but not bound to lie within it.
MAY_LEAVE = frozenset({PlanLayer.BOUNDARY, PlanLayer.GATE, PlanLayer.HOARDING, PlanLayer.WATER_EDGE, PlanLayer.TUNNEL})


def boundary_count(plot: Plot) -> Iterator[Remark]:
    """P12: one boundary, not several."""
    for extra in plot.of(PlanLayer.BOUNDARY)[1:]:
        yield remark_on(extra, "P12", Severity.ERROR, extra.geometry.centroid, words="boundaries")


def overlaps_neighbour(plot: Plot, context: PlotContext) -> Iterator[Remark]:
    """P06: overlap with another site's boundary is remarked above 1 % and refused above 5 % of this boundary."""
    boundary = plot.boundary
    if boundary is None or not boundary.is_valid:
        return
    feature, whole = plot.of(PlanLayer.BOUNDARY)[0], area_m2(boundary)
    for neighbour in context.neighbours:
        common = boundary.intersection(neighbour.geometry)
        share = area_m2(common) / whole if common.area > 0 else 0.0
        if share > OVERLAP_REMARK:
            severity = Severity.ERROR if share > OVERLAP_ERROR else Severity.WARNING
            rest = max(shapely.get_parts(boundary.difference(neighbour.geometry)), key=shapely.area, default=None)
            yield remark_on(
                feature,
                "P06",
                severity,
                common,
                name=neighbour.name,
                site_id=neighbour.site_id,
                percent=round(share * 100, 1),
                overlap_m2=round(area_m2(common)),
                fix=rest if rest is not None and rest.geom_type == "Polygon" else None,
            )


def leaves_boundary(plot: Plot, context: PlotContext) -> Iterator[Remark]:
    """P07: nothing lies more than 1 m outside; a crane may stand inside and reach over, which is remarked."""
    boundary = plot.boundary
    if boundary is None or not boundary.is_valid:
        return
    frame = site_frame(boundary)
    ground = frame.to_local(boundary)
    wide = ground.buffer(OUTSIDE_TOLERANCE_M)
    shapely.prepare(wide)
    for feature in plot.features:
        if feature.layer in MAY_LEAVE:
            continue
        local = frame.to_local(feature.geometry)
        if not wide.covers(local):
            outside = frame.to_storage(local.difference(ground)) if local.is_valid else feature.geometry.centroid
            yield remark_on(feature, "P07", Severity.ERROR, outside, limit_m=OUTSIDE_TOLERANCE_M)
        elif feature.layer is PlanLayer.TOWER_CRANE:
            yield from _reaches_over(feature, local, ground, frame, context)


def gate_off_the_edge(plot: Plot, _: PlotContext) -> Iterator[Remark]:
    """P08: a gate stands within 3 m of the boundary or a hoarding."""
    edges = [feature.geometry for feature in plot.of(PlanLayer.HOARDING)]
    if plot.boundary is not None:
        edges.append(plot.boundary.boundary)
    for gate in plot.of(PlanLayer.GATE):
        if not edges:
            return
        frame = site_frame(gate.geometry)
        here = frame.to_local(gate.geometry)
        away_m = min(frame.to_local(edge).distance(here) for edge in edges)
        if away_m > GATE_TOLERANCE_M:
            yield remark_on(gate, "P08", Severity.ERROR, gate.geometry, distance_m=round(away_m, 1), limit_m=GATE_TOLERANCE_M)


def hoarding_gaps(plot: Plot, _: PlotContext) -> Iterator[Remark]:
    """P09: hoardings follow on each other; an opening wider than 2 m is a gate or a mistake."""
    lines = [feature for feature in plot.of(PlanLayer.HOARDING) if feature.geometry.geom_type.endswith("LineString")]
    if not lines:
        return
    frame = site_frame(lines[0].geometry)
    merged = shapely.line_merge(shapely.union_all([frame.to_local(line.geometry) for line in lines]))
    gates = [frame.to_local(gate.geometry) for gate in plot.of(PlanLayer.GATE)]
    for gap in _gaps(merged):
        if gap.length > HOARDING_GAP_M and not any(gap.distance(gate) <= GATE_TOLERANCE_M for gate in gates):
            yield remark_on(lines[0], "P09", Severity.WARNING, frame.to_storage(gap), gap_m=round(gap.length, 1))


def zones_overlap(plot: Plot, _: PlotContext) -> Iterator[Remark]:
    """P11: zones that divide the ground do not overlap. Found by the coverage rule of edges shared exactly."""
    zones = [zone for zone in plot.of(*EXCLUSIVE_ZONES) if zone.geometry.is_valid and zone.geometry.area > 0]
    if len(zones) < 2 or shapely.coverage_is_valid([zone.geometry for zone in zones]):
        return
    for position, one in enumerate(zones):
        for other in zones[position + 1 :]:
            common = one.geometry.intersection(other.geometry)
            overlap_m2 = area_m2(common)
            if overlap_m2 > ZONE_OVERLAP_M2:
                yield remark_on(
                    one,
                    "P11",
                    Severity.ERROR,
                    common,
                    overlap_m2=round(overlap_m2, 1),
                    other=other.key,
                    fix=one.geometry.difference(other.geometry),
                )


def missing_layers(plot: Plot, context: PlotContext) -> Iterator[Remark]:
    """P12: every layer this type of site must have is there."""
    present = {feature.layer for feature in plot.features}
    missing = [layer.value for layer in PlanLayer if layer in context.mandatory_layers - present]
    if missing:
        yield Remark(
            rule="P12",
            severity=Severity.ERROR,
            message_key="rule.P12.text",
            params={"layers": missing},
            geometry=plot.boundary.centroid if plot.boundary is not None else context.registered_location,
        )


def device_outside(plot: Plot, context: PlotContext) -> Iterator[Remark]:
    """P13: no registered device stands more than 30 m outside the boundary."""
    boundary = plot.boundary
    if boundary is None or not context.devices:
        return
    frame = site_frame(boundary)
    ground = frame.to_local(boundary)
    for device in context.devices:
        away_m = ground.distance(frame.to_local(device.geometry))
        if away_m > DEVICE_TOLERANCE_M:
            yield remark_on(
                plot.of(PlanLayer.BOUNDARY)[0],
                "P13",
                Severity.WARNING,
                device.geometry,
                name=device.name,
                distance_m=round(away_m),
                limit_m=DEVICE_TOLERANCE_M,
            )


def _reaches_over(
    crane: PlotFeature, foot: BaseGeometry, ground: BaseGeometry, frame: SiteFrame, context: PlotContext
) -> Iterator[Remark]:
    radius = crane.attributes.get("radius_m")
    if not isinstance(radius, int | float) or isinstance(radius, bool) or radius <= 0:
        return
    reach = foot.buffer(radius, quad_segs=32)
    over = reach.difference(ground)
    if over.area > 1.0:
        under = [one.name for one in context.neighbours if frame.to_local(one.geometry).intersects(reach)]
        names = "、".join(name for name in under if name)
        yield remark_on(
            crane,
            "P07",
            Severity.WARNING,
            frame.to_storage(over),
            words="crane",
            radius_m=radius,
            overhang_m2=round(over.area),
            neighbours=len(under),
            names=names,
        )


def _gaps(merged: BaseGeometry) -> Iterator[LineString]:
    """The shortest openings between the loose ends of merged hoarding lines."""
    parts = [part for part in shapely.get_parts(merged) if isinstance(part, LineString) and not part.is_closed]
    ends = [Point(point) for part in parts for point in (part.coords[0], part.coords[-1])]
    while len(ends) > 1:
        end = ends.pop(0)
        nearest = min(ends, key=end.distance)
        ends.remove(nearest)
        yield LineString([end, nearest])
