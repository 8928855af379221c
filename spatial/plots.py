"""The values of plotting: a plot, what it is compared with, and the remarks that rules make about it.

All geometry is lon/lat, EPSG:4490.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry

from spatial.plan_layers import PlanLayer

#: west, south, east, north: Shanghai with its islands and the deep-water port.
SHANGHAI_BOUNDS = (120.84, 30.45, 122.30, 31.90)


class Severity(StrEnum):
    """What a remark does to the plot."""

    ERROR = "error"
    WARNING = "warning"
    FIXED = "fixed"


@dataclass(frozen=True, kw_only=True)
class PlotFeature:
    """One thing on the plan."""

    key: str
    layer: PlanLayer
    geometry: BaseGeometry
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A site's whole plot: its boundary and its plan layers."""

    features: tuple[PlotFeature, ...]

    def of(self, *layers: PlanLayer) -> list[PlotFeature]:
        """The features of some layers."""
        return [feature for feature in self.features if feature.layer in layers]

    @property
    def boundary(self) -> BaseGeometry | None:
        """The boundary, if there is exactly one with a surface."""
        found = self.of(PlanLayer.BOUNDARY)
        return found[0].geometry if len(found) == 1 and found[0].geometry.area > 0 else None


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Another site's boundary in force. An empty name belongs to a site the viewer may not see."""

    site_id: int
    name: str
    geometry: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class DevicePlace:
    """A device with a place."""

    id: int
    name: str
    geometry: Point


@dataclass(frozen=True, kw_only=True)
class PlotContext:
    """What the rules compare a plot with; nothing here is required, and a rule without its facts stays silent."""

    registered_location: BaseGeometry | None = None
    registered_area_m2: float | None = None
    neighbours: tuple[Neighbour, ...] = ()
    mandatory_layers: frozenset[PlanLayer] = frozenset()
    devices: tuple[DevicePlace, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a rule found, and where."""

    #: P01 … P17.
    rule: str
    severity: Severity
    #: Label of the sentence; ``params`` fill its placeholders.
    message_key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    #: The vertex, edge or area that is meant.
    geometry: BaseGeometry | None = None
    layer: str | None = None
    feature_key: str | None = None
    #: A geometry that would mend it, to be offered, never applied unasked.
    fix: BaseGeometry | None = None


def remark_on(
    feature: PlotFeature,
    rule: str,
    severity: Severity,
    geometry: BaseGeometry | None,
    *,
    words: str = "",
    fix: BaseGeometry | None = None,
    **params: Any,
) -> Remark:
    """A remark about one feature; ``words`` tells apart the sentences of one rule."""
    return Remark(
        rule=rule,
        severity=severity,
        message_key=f"rule.{rule}{'.' + words if words else '.text'}",
        params={"layer": feature.layer.value} | params,
        geometry=geometry,
        layer=feature.layer.value,
        feature_key=feature.key,
        fix=fix,
    )
