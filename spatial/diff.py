"""The difference between two plots: what came, what went, what changed shape, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shapely.geometry.base import BaseGeometry

from spatial.geodesy import area_m2, length_m
from spatial.plan_layers import PlanLayer
from spatial.plots import Plot, PlotFeature


@dataclass(frozen=True, kw_only=True)
class FeatureDiff:
    """What happened to one feature."""

    key: str
    layer: PlanLayer
    change: Literal["added", "removed", "changed"]
    #: Symmetric difference of the two shapes, EPSG:4490; the whole shape of one that came or went.
    difference: BaseGeometry | None
    #: New minus old; none for features without a surface or a length.
    area_delta_m2: float | None
    length_delta_m: float | None


@dataclass(frozen=True, kw_only=True)
class PlotDiff:
    """What happened between two plots."""

    features: tuple[FeatureDiff, ...]
    #: Change of the boundary's area, new minus old.
    area_delta_m2: float


def diff_plots(old: Plot, new: Plot) -> PlotDiff:
    """Compare two plots feature by feature, by key."""
    before = {feature.key: feature for feature in old.features}
    after = {feature.key: feature for feature in new.features}
    found = [_diff(before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]
    return PlotDiff(
        features=tuple(one for one in found if one is not None),
        area_delta_m2=_boundary_area(new) - _boundary_area(old),
    )


def _diff(before: PlotFeature | None, after: PlotFeature | None) -> FeatureDiff | None:
    if before is not None and after is not None:
        same = before.geometry.equals_exact(after.geometry, 0) and before.layer is after.layer
        if same and dict(before.attributes) == dict(after.attributes):
            return None
        return _told(after, "changed", before.geometry.symmetric_difference(after.geometry), before.geometry, after.geometry)
    if after is not None:
        return _told(after, "added", after.geometry, None, after.geometry)
    assert before is not None
    return _told(before, "removed", before.geometry, before.geometry, None)


def _told(
    feature: PlotFeature,
    change: Literal["added", "removed", "changed"],
    difference: BaseGeometry,
    before: BaseGeometry | None,
    after: BaseGeometry | None,
) -> FeatureDiff:
    kind = feature.geometry.geom_type
    return FeatureDiff(
        key=feature.key,
        layer=feature.layer,
        change=change,
        difference=None if difference.is_empty else difference,
        area_delta_m2=_area(after) - _area(before) if kind.endswith("Polygon") else None,
        length_delta_m=_length(after) - _length(before) if kind.endswith("LineString") else None,
    )


def _boundary_area(plot: Plot) -> float:
    return sum(_area(feature.geometry) for feature in plot.of(PlanLayer.BOUNDARY))


def _area(geometry: BaseGeometry | None) -> float:
    return area_m2(geometry) if geometry is not None else 0.0


def _length(geometry: BaseGeometry | None) -> float:
    return length_m(geometry) if geometry is not None else 0.0
