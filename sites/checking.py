"""Checking a plot against its rules, for somebody who draws and for the server that saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shapely.geometry.base import BaseGeometry

from foundation.work import Work
from sites.models import Site
from sites.plots import HIDDEN_NEIGHBOUR, DrawnFeature, boundary_of, context_of, plot_of
from spatial.geodesy import area_m2, length_m, perimeter_m
from spatial.plan_layers import PlanLayer
from spatial.plots import Remark, Severity
from spatial.validity import check_plot, normalise

#: Missing layers do not stop anybody from saving work in progress; they stop the submission.
COMPLETENESS_RULES = frozenset({"P12"})


@dataclass(frozen=True, kw_only=True)
class FeatureMeasure:
    """Geodesic measures of one feature."""

    area_m2: float | None
    length_m: float | None


@dataclass(frozen=True, kw_only=True)
class PlotCheck:
    """What the rules say about a plot, and its measures."""

    #: The features after silent fixes (ring order).
    features: tuple[DrawnFeature, ...]
    remarks: tuple[Remark, ...]
    area_m2: float | None
    perimeter_m: float | None
    measures: Mapping[str, FeatureMeasure]

    @property
    def errors(self) -> tuple[Remark, ...]:
        """The remarks that block."""
        return tuple(remark for remark in self.remarks if remark.severity is Severity.ERROR)


def check_features(work: Work, site: Site, features: Sequence[DrawnFeature], *, submitting: bool) -> PlotCheck:
    """Run every rule. Before submission a missing layer is a warning; at submission it is an error."""
    value = normalise(plot_of(features))
    boundary = boundary_of(features)
    remarks = check_plot(value, context_of(work, site, boundary))
    fixed = tuple(replace(feature, geometry=checked.geometry) for feature, checked in zip(features, value.features, strict=True))
    return PlotCheck(
        features=fixed,
        remarks=tuple(_discreet(_weighed(remark, submitting)) for remark in remarks),
        area_m2=_measured(area_m2, boundary),
        perimeter_m=_measured(perimeter_m, boundary),
        measures={str(feature.key): measure(feature.geometry) for feature in fixed},
    )


def measure(geometry: BaseGeometry) -> FeatureMeasure:
    """Area of a polygon, length of a line, nothing of a point; on the ellipsoid."""
    polygonal = geometry.geom_type.endswith("Polygon")
    linear = geometry.geom_type.endswith("LineString")
    return FeatureMeasure(
        area_m2=_measured(area_m2, geometry if polygonal else None),
        length_m=_measured(length_m, geometry if linear else None),
    )


def open_warnings(check: PlotCheck, reasons: Mapping[str, str]) -> list[str]:
    """Rules whose warnings nobody gave a reason for."""
    warned = {remark.rule for remark in check.remarks if remark.severity is Severity.WARNING}
    return sorted(rule for rule in warned if not reasons.get(rule, "").strip())


def missing_layers(features: Sequence[DrawnFeature], mandatory: frozenset[PlanLayer]) -> list[PlanLayer]:
    """Mandatory layers without a feature, in the order of the catalogue."""
    present = {feature.layer for feature in features if not feature.geometry.is_empty}
    return [layer for layer in PlanLayer if layer in mandatory - present]


def remark_place(remark: Remark) -> tuple[float, float] | None:
    """(lon, lat) where a remark points to, for the pin on the map."""
    if remark.geometry is None or remark.geometry.is_empty:
        return None
    point = remark.geometry.representative_point()
    return (point.x, point.y)


def _weighed(remark: Remark, submitting: bool) -> Remark:
    if remark.rule in COMPLETENESS_RULES:
        return replace(remark, severity=Severity.ERROR if submitting else Severity.WARNING)
    return remark


def _discreet(remark: Remark) -> Remark:
    """A neighbour the viewer may not see is told by a point of the overlap only, never by its outline or name."""
    if remark.rule == "P06" and remark.params.get("name") == HIDDEN_NEIGHBOUR and remark.geometry is not None:
        params = {name: value for name, value in remark.params.items() if name != "site_id"}
        return replace(remark, geometry=remark.geometry.representative_point(), fix=None, params=params)
    return remark


def _measured(function: object, geometry: BaseGeometry | None) -> float | None:
    if geometry is None or geometry.is_empty or not callable(function):
        return None
    return float(function(geometry))
