"""Which plan layers a site of each type must have plotted before its plot is complete (rule P12)."""

from __future__ import annotations

from sites.states import SiteType
from spatial.plan_layers import PlanLayer

EVERYWHERE = frozenset({PlanLayer.BOUNDARY, PlanLayer.GATE})

BY_TYPE: dict[SiteType, frozenset[PlanLayer]] = {
    SiteType.ROADWAY: frozenset({PlanLayer.HOARDING, PlanLayer.ROAD, PlanLayer.YARD}),
    SiteType.BRIDGE: frozenset({PlanLayer.HOARDING, PlanLayer.SCAFFOLD, PlanLayer.YARD}),
    SiteType.TUNNEL: frozenset({PlanLayer.HOARDING, PlanLayer.TUNNEL, PlanLayer.SHAFT}),
    SiteType.METRO_STATION: frozenset({PlanLayer.HOARDING, PlanLayer.PIT, PlanLayer.YARD}),
    SiteType.SHIELD_SECTION: frozenset({PlanLayer.HOARDING, PlanLayer.SHAFT, PlanLayer.SEGMENT_YARD}),
    SiteType.WHARF: frozenset({PlanLayer.HOARDING, PlanLayer.WATER_EDGE, PlanLayer.YARD}),
    SiteType.WATERWAY: frozenset({PlanLayer.WATER_EDGE}),
    SiteType.TRACK: frozenset({PlanLayer.HOARDING, PlanLayer.ROAD}),
    SiteType.MUNICIPAL_WORKS: frozenset({PlanLayer.HOARDING, PlanLayer.YARD}),
}


def mandatory_layers(site_type: str) -> frozenset[PlanLayer]:
    """The layers a plot of this type of site must contain, the boundary among them."""
    return EVERYWHERE | BY_TYPE[SiteType(site_type)]
