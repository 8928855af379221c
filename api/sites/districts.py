"""Districts: the list, their outlines, and importing the official ones."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from geoalchemy2.shape import to_shape
from pydantic import BaseModel, Field
from shapely import MultiPolygon, Polygon
from sqlalchemy import func, select

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, geojson_or_none, geometry_in
from sites.districts import DistrictOutline, import_districts
from sites.errors import DistrictNotFound
from sites.models import District, SiteDistrict
from spatial.errors import GeometryNotValid
from spatial.rules.shapes import oriented

router = APIRouter(prefix="/districts", tags=["districts"])


class DistrictListed(BaseModel):
    """A district, with the number of its sites that you may see."""

    code: str
    name_zh: str
    name_en: str
    bbox: tuple[float, float, float, float]
    schematic: bool
    site_count: int


class OutlineProperties(In):
    """Names of an outline."""

    code: Annotated[str, Field(pattern=r"^\d{6}$")]
    name_zh: Annotated[str, Field(min_length=1, max_length=50)]
    name_en: Annotated[str, Field(min_length=1, max_length=50)]


class OutlineIn(In):
    """An official outline as a GeoJSON feature."""

    type: Annotated[str, Field(pattern="^Feature$")] = "Feature"
    geometry: GeoJson
    properties: OutlineProperties


class OutlinesIn(In):
    """Official outlines as a FeatureCollection."""

    type: Annotated[str, Field(pattern="^FeatureCollection$")] = "FeatureCollection"
    features: Annotated[list[OutlineIn], Field(min_length=1, max_length=100)]


class ImportedOut(BaseModel):
    """How many outlines were stored."""

    imported: int


@router.get("")
def districts(work: ReadWorkDep) -> list[DistrictListed]:
    """All districts."""
    counts = (
        dict(
            work.session.execute(
                select(SiteDistrict.district_code, func.count(SiteDistrict.site_id)).group_by(SiteDistrict.district_code)
            ).all()
        )
        if work.viewer.may("read_sites")
        else {}
    )
    rows = work.session.scalars(select(District).order_by(District.code)).all()
    return [
        DistrictListed(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            bbox=to_shape(row.geom).bounds,
            schematic=row.schematic,
            site_count=counts.get(row.code, 0),
        )
        for row in rows
    ]


@router.get("/{code}/outline")
def outline(work: ReadWorkDep, code: Annotated[str, Path(pattern=r"^\d{6}$")]) -> GeoJson:
    """One district's outline."""
    row = work.session.scalars(select(District).where(District.code == code)).one_or_none()
    if row is None:
        raise DistrictNotFound
    properties = {"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en, "schematic": row.schematic}
    return {"type": "Feature", "id": row.id, "geometry": geojson_or_none(row.geom), "properties": properties}


@router.put("")
def replace_outlines(work: WorkDep, given: OutlinesIn) -> ImportedOut:
    """Replace outlines by official ones; sites and grants are placed anew."""
    found = [_outline(one, f"/features/{position}/geometry") for position, one in enumerate(given.features)]
    return ImportedOut(imported=import_districts(work, found))


def _outline(given: OutlineIn, field: str) -> DistrictOutline:
    shape = oriented(geometry_in(given.geometry, field))
    if not isinstance(shape, Polygon | MultiPolygon) or not shape.is_valid:
        raise GeometryNotValid(field=field, why="An outline is a polygon that does not cross itself.")
    names = given.properties
    return DistrictOutline(code=names.code, name_zh=names.name_zh, name_en=names.name_en, outline=shape, schematic=False)
