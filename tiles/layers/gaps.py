"""Places that must be watched and are not, each with its cause: mandatory requirements first."""

from __future__ import annotations

from sqlalchemy import Integer, cast, select

from coverage.models import CoverageGap
from tiles.layer import Layer, Rows


def _rows(_: int) -> Rows:
    return select(
        CoverageGap.id.label("id"),
        CoverageGap.geom_3857.label("geom"),
        CoverageGap.cause.label("cause"),
        CoverageGap.element.label("element"),
        CoverageGap.view.label("view"),
        cast(CoverageGap.mandatory, Integer).label("mandatory"),
        CoverageGap.scene_id.label("scene_id"),
        CoverageGap.site_id.label("site_id"),
    ).order_by(CoverageGap.mandatory.desc(), CoverageGap.size.desc())


GAPS = Layer(
    name="gaps",
    rows=_rows,
    geometry=CoverageGap.geom_3857,
    fields={
        "cause": "String",
        "element": "String",
        "view": "String",
        "mandatory": "Number",
        "scene_id": "Number",
        "site_id": "Number",
    },
    min_zoom=13,
    max_zoom=17,
    most_features=4_000,
)
