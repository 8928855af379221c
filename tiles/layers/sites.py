"""Site boundaries in force. The feature's id is the site's."""

from __future__ import annotations

from sqlalchemy import func, select

from sites.models import PlotFeature, Site
from tiles.layer import Layer, Rows


def _rows(_: int) -> Rows:
    return (
        select(
            Site.id.label("id"),
            PlotFeature.geom_3857.label("geom"),
            Site.code.label("code"),
            Site.name.label("name"),
            Site.specialty.label("specialty"),
            Site.state.label("state"),
            Site.plotting_state.label("plotting_state"),
        )
        .join(PlotFeature, PlotFeature.site_id == Site.id)
        .where(PlotFeature.layer == "boundary", func.upper_inf(PlotFeature.in_force))
    )


SITES = Layer(
    name="sites",
    rows=_rows,
    geometry=PlotFeature.geom_3857,
    fields={
        "code": "String",
        "name": "String",
        "specialty": "String",
        "state": "String",
        "plotting_state": "String",
    },
    min_zoom=10,
    max_zoom=16,
)
