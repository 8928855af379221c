"""One point per district for its name: in polygon tiles a name would repeat in every tile."""

from __future__ import annotations

from sqlalchemy import select

from sites.models import District
from tiles.layer import Layer, Rows
from tiles.layers.districts import site_count


def _rows(_: int) -> Rows:
    return select(
        District.id.label("id"),
        District.label_3857.label("geom"),
        District.code.label("code"),
        District.name_zh.label("name_zh"),
        District.name_en.label("name_en"),
        site_count().label("site_count"),
    )


DISTRICT_LABELS = Layer(
    name="district_labels",
    rows=_rows,
    geometry=District.label_3857,
    fields={"code": "String", "name_zh": "String", "name_en": "String", "site_count": "Number"},
    min_zoom=5,
    max_zoom=12,
    buffer=256,
)
