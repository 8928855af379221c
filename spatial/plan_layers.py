"""The layers of a site's plan: what can be plotted, as which kind of geometry, with which attributes (spatial-maths.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

GeometryKind = Literal["polygon", "line", "point"]


class PlanLayer(StrEnum):
    """Codes of the plan layers; words in ``labels/``."""

    BOUNDARY = "boundary"
    PHASE_ZONE = "phase_zone"
    GATE = "gate"
    HOARDING = "hoarding"
    PIT = "pit"
    TOWER_CRANE = "tower_crane"
    CRAWLER_CRANE = "crawler_crane"
    GANTRY = "gantry"
    YARD = "yard"
    SEGMENT_YARD = "segment_yard"
    ROAD = "road"
    WATER_EDGE = "water_edge"
    EDGE_PROTECTION = "edge_protection"
    LIVING = "living"
    OFFICE = "office"
    WASH = "wash"
    SPOIL = "spoil"
    SCAFFOLD = "scaffold"
    SHAFT = "shaft"
    TUNNEL = "tunnel"
    DECK = "deck"
    FIRE_LANE = "fire_lane"
    SUBSTATION = "substation"
    OBSTACLE = "obstacle"
    CAMERA_POINT = "camera_point"
    GATEKEEPER_POINT = "gatekeeper_point"
    DUST_POINT = "dust_point"


@dataclass(frozen=True, kw_only=True)
class AttributeSpec:
    """A number or word a feature of a layer carries."""

    name: str
    unit: str
    minimum: float
    maximum: float
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """What a plan layer holds."""

    layer: PlanLayer
    geometry: GeometryKind
    attributes: tuple[AttributeSpec, ...] = ()


def _height(maximum: float = 60.0) -> AttributeSpec:
    return AttributeSpec(name="height_m", unit="m", minimum=0.0, maximum=maximum)


DEPTH = AttributeSpec(name="depth_m", unit="m", minimum=0.0, maximum=80.0)
WIDTH = AttributeSpec(name="width_m", unit="m", minimum=0.1, maximum=200.0)
RIM = AttributeSpec(name="rim_z_m", unit="m", minimum=-100.0, maximum=100.0)
RADIUS = AttributeSpec(name="radius_m", unit="m", minimum=1.0, maximum=120.0, required=True)
DIRECTION = AttributeSpec(name="direction_deg", unit="°", minimum=0.0, maximum=360.0)
ELEVATION = AttributeSpec(name="elevation_m", unit="m", minimum=-100.0, maximum=300.0)
STACK = AttributeSpec(name="stack_height_m", unit="m", minimum=0.0, maximum=20.0)
CHAINAGE_FROM = AttributeSpec(name="chainage_from_m", unit="m", minimum=0.0, maximum=1e6)
OPACITY = AttributeSpec(name="opacity", unit="", minimum=0.0, maximum=1.0)
BOTTOM = AttributeSpec(name="bottom_m", unit="m", minimum=-100.0, maximum=300.0)
TOP = AttributeSpec(name="top_m", unit="m", minimum=-100.0, maximum=300.0, required=True)


def _specs() -> tuple[LayerSpec, ...]:
    kinds: dict[GeometryKind, dict[PlanLayer, tuple[AttributeSpec, ...]]] = {
        "polygon": {
            PlanLayer.BOUNDARY: (),
            PlanLayer.PHASE_ZONE: (),
            PlanLayer.PIT: (DEPTH, RIM),
            PlanLayer.YARD: (STACK,),
            PlanLayer.SEGMENT_YARD: (STACK,),
            PlanLayer.LIVING: (_height(),),
            PlanLayer.OFFICE: (_height(),),
            PlanLayer.SPOIL: (DEPTH,),
            PlanLayer.SCAFFOLD: (_height(),),
            PlanLayer.SHAFT: (DEPTH,),
            PlanLayer.DECK: (ELEVATION,),
            PlanLayer.OBSTACLE: (BOTTOM, TOP, OPACITY),
        },
        "line": {
            PlanLayer.HOARDING: (_height(10.0),),
            PlanLayer.CRAWLER_CRANE: (WIDTH,),
            PlanLayer.GANTRY: (WIDTH,),
            PlanLayer.ROAD: (WIDTH,),
            PlanLayer.WATER_EDGE: (),
            PlanLayer.EDGE_PROTECTION: (_height(10.0),),
            PlanLayer.TUNNEL: (CHAINAGE_FROM,),
            PlanLayer.FIRE_LANE: (WIDTH,),
        },
        "point": {
            PlanLayer.GATE: (DIRECTION, WIDTH),
            PlanLayer.TOWER_CRANE: (RADIUS, _height(300.0)),
            PlanLayer.WASH: (),
            PlanLayer.SUBSTATION: (),
            PlanLayer.CAMERA_POINT: (_height(),),
            PlanLayer.GATEKEEPER_POINT: (),
            PlanLayer.DUST_POINT: (),
        },
    }
    found = {
        layer: LayerSpec(layer=layer, geometry=kind, attributes=attributes)
        for kind, layers in kinds.items()
        for layer, attributes in layers.items()
    }
    return tuple(found[layer] for layer in PlanLayer)


LAYER_SPECS: dict[PlanLayer, LayerSpec] = {spec.layer: spec for spec in _specs()}

#: Zones that share the ground of a site and must not overlap one another (P11).
EXCLUSIVE_ZONES = frozenset({PlanLayer.PHASE_ZONE})
