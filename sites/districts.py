"""Districts by intersection: geometry decides which district a site belongs to, people do not type it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.work import Work
from sites.changes import DistrictsImported
from sites.jurisdiction import resolve_all, site_geometry
from sites.literals import literal_shape
from sites.models import District, Site, SiteDistrict
from spatial.crs import STORAGE_SRID

#: A site that meets no outline (quays outside a generalised shore) belongs to the nearest district within this distance.
NEAREST_WITHIN_M = 5_000.0


@dataclass(frozen=True, kw_only=True)
class DistrictOutline:
    """A district to store."""

    #: GB/T 2260 code, six digits.
    code: str
    name_zh: str
    name_en: str
    #: lon/lat, EPSG:4490.
    outline: Polygon | MultiPolygon
    #: Generalised, good for overview and statistics only.
    schematic: bool


def place_in_districts(work: Work, site_id: int) -> list[str]:
    """Recompute the districts of a site from its best known geometry; codes, the largest share first."""
    with work.session.everything():
        geometry = work.session.execute(select(site_geometry()).where(Site.id == site_id)).scalar_one()
        shares = _shares(work, geometry)
        work.session.execute(delete(SiteDistrict).where(SiteDistrict.site_id == site_id))
        for code, share in shares:
            work.session.add(SiteDistrict(site_id=site_id, district_code=code, share=share))
        work.session.flush()
    return [code for code, _ in shares]


def place_all_in_districts(work: Work) -> None:
    """Recompute the districts of every site, in the database."""
    with work.session.everything():
        places = select(Site.id, site_geometry().label("geom")).subquery("places")
        whole = func.nullif(func.ST_Area(places.c.geom), 0.0)
        share = func.coalesce(func.ST_Area(func.ST_Intersection(District.geom, places.c.geom)) / whole, 1.0)
        touching = select(places.c.id, District.code, share).join(District, func.ST_Intersects(District.geom, places.c.geom))
        work.session.execute(delete(SiteDistrict))
        work.session.execute(insert(SiteDistrict).from_select(["site_id", "district_code", "share"], touching))
        stranded = work.session.scalars(select(Site.id).where(Site.id.not_in(select(SiteDistrict.site_id)))).all()
    for site_id in stranded:
        place_in_districts(work, site_id)


def import_districts(work: Work, outlines: Sequence[DistrictOutline]) -> int:
    """Store outlines by code, replacing those that are there, then place every site and grant anew."""
    work.require("import_districts")
    for outline in outlines:
        store_district(work, outline)
    audit.record(work, "districts_imported", "district", count=len(outlines))
    place_all_in_districts(work)
    resolve_all(work)
    work.announce(DistrictsImported())
    return len(outlines)


def store_district(work: Work, outline: DistrictOutline) -> None:
    """Insert or replace one district."""
    parts = outline.outline if isinstance(outline.outline, MultiPolygon) else MultiPolygon([outline.outline])
    values = {
        "code": outline.code,
        "name_zh": outline.name_zh,
        "name_en": outline.name_en,
        "schematic": outline.schematic,
        "geom": from_shape(parts, srid=STORAGE_SRID),
    }
    statement = insert(District).values(**values)
    work.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))


def _shares(work: Work, geometry: WKBElement) -> list[tuple[str, float]]:
    shape = literal_shape(geometry)
    part: ColumnElement[float] = func.ST_Area(func.ST_Intersection(District.geom, shape))
    whole: ColumnElement[float] = func.ST_Area(shape)
    rows = work.session.execute(select(District.code, part, whole).where(func.ST_Intersects(District.geom, shape))).all()
    if rows:
        shares = [(code, inside / total if total else 1.0) for code, inside, total in rows]
        return sorted(shares, key=lambda one: (-one[1], one[0]))
    away = func.ST_Distance(func.geography(District.geom), func.geography(func.ST_Centroid(shape)))
    nearest = work.session.execute(select(District.code, away).order_by(away).limit(1)).first()
    return [(nearest[0], 0.0)] if nearest and nearest[1] <= NEAREST_WITHIN_M else []
