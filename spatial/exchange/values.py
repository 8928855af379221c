"""The values of exchange: what a file holds, what was found out about it, and how it should be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shapely.geometry.base import BaseGeometry

from spatial.crs import SourceCrs
from spatial.helmert import HelmertGrid
from spatial.plan_layers import PlanLayer

AxisOrder = Literal["auto", "east_north", "north_east"]

MOST_FEATURES = 2_000
MOST_VERTICES = 20_000


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How to read a file; what is not said is found out, and then said in the answer."""

    source_crs: SourceCrs | None = None
    axis_order: AxisOrder = "auto"
    #: Name of a layer in the file → plan layer; ``None`` leaves it out.
    layer_mapping: Mapping[str, PlanLayer | None] = field(default_factory=dict)
    default_layer: PlanLayer = PlanLayer.BOUNDARY
    helmert: HelmertGrid | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something found out about the file."""

    code: str
    severity: Literal["info", "warning"]
    message_key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RawFeature:
    """A feature as the file has it, in the file's own coordinates."""

    geometry: BaseGeometry
    source_layer: str = ""
    name: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RawFile:
    """A file's features before conversion."""

    features: tuple[RawFeature, ...]
    #: What the file itself says of its reference system.
    crs: SourceCrs | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedFeature:
    """A feature in EPSG:4490."""

    layer: PlanLayer | None
    name: str
    geometry: BaseGeometry
    attributes: Mapping[str, Any]
    source_layer: str


@dataclass(frozen=True, kw_only=True)
class SourceLayer:
    """A layer of the file."""

    name: str
    geometry_kinds: tuple[str, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class ImportedPlot:
    """What a file holds, converted."""

    features: tuple[ImportedFeature, ...]
    source_crs: SourceCrs
    detected: tuple[Finding, ...]
    source_layers: tuple[SourceLayer, ...]


@dataclass(frozen=True, kw_only=True)
class ExportFeature:
    """A feature to write, EPSG:4490."""

    key: str
    layer: PlanLayer
    name: str
    geometry: BaseGeometry
    attributes: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ExportedFile:
    """A written file."""

    name: str
    media_type: str
    data: bytes
