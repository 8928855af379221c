"""What is plotted inside the boundaries, in force: gates, hoardings, pits, cranes and the rest."""

from __future__ import annotations

from sqlalchemy import func, select

from sites.models import PlotFeature
from tiles.layer import Layer, Rows


def _rows(_: int) -> Rows:
    return select(
        PlotFeature.id.label("id"),
        PlotFeature.geom_3857.label("geom"),
        PlotFeature.layer.label("layer"),
        PlotFeature.name.label("name"),
        PlotFeature.site_id.label("site_id"),
    ).where(PlotFeature.layer != "boundary", func.upper_inf(PlotFeature.in_force))


PLAN_LAYERS = Layer(
    name="plan_layers",
    rows=_rows,
    geometry=PlotFeature.geom_3857,
    fields={"layer": "String", "name": "String", "site_id": "Number"},
    min_zoom=13,
    max_zoom=17,
)
