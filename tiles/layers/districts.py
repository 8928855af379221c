"""District outlines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from sites.models import District, SiteDistrict
from tiles.layer import Layer, Rows


def site_count() -> Any:
    """Sites of a district that the viewer may see: the session filters the inner select."""
    return (
        select(func.count(SiteDistrict.site_id))
        .where(SiteDistrict.district_code == District.code)
        .correlate(District)
        .scalar_subquery()
    )


def _rows(_: int) -> Rows:
    return select(
        District.id.label("id"),
        District.geom_3857.label("geom"),
        District.code.label("code"),
        District.name_zh.label("name_zh"),
        District.name_en.label("name_en"),
        site_count().label("site_count"),
    )


DISTRICTS = Layer(
    name="districts",
    rows=_rows,
    geometry=District.geom_3857,
    fields={"code": "String", "name_zh": "String", "name_en": "String", "site_count": "Number"},
    min_zoom=5,
    max_zoom=14,
)
