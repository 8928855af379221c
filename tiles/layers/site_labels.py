"""One point per site, plotted or not; a site that is not plotted yet sits at its registered location."""

from __future__ import annotations

from sqlalchemy import Integer, cast, select

from sites.models import Site
from tiles.layer import Layer, Rows


def _rows(_: int) -> Rows:
    return select(
        Site.id.label("id"),
        Site.location_3857.label("geom"),
        Site.code.label("code"),
        Site.name.label("name"),
        Site.specialty.label("specialty"),
        Site.state.label("state"),
        Site.plotting_state.label("plotting_state"),
        cast(Site.in_force_number.is_not(None), Integer).label("plotted"),
    ).order_by(Site.in_force_number.is_(None), Site.id)


SITE_LABELS = Layer(
    name="site_labels",
    rows=_rows,
    geometry=Site.location_3857,
    fields={
        "code": "String",
        "name": "String",
        "specialty": "String",
        "state": "String",
        "plotting_state": "String",
        "plotted": "Number",
    },
    min_zoom=5,
    max_zoom=16,
    most_features=6_000,
    buffer=256,
)
