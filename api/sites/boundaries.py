"""The boundary of a site alone, for simple clients; the same rules as the whole plot."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from shapely import box

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, RemarkOut, collection, geometry_in, remark_out
from api.language import LanguageDep
from api.sites.filters import bbox_of
from api.sites.plots import IfMatch, base_number
from api.sites.sites import SiteId
from foundation.problems import Invalid
from foundation.work import Work
from sites.models import PlotFeature, Site
from sites.plots import DrawnFeature, boundary_of, drawn, features_at, neighbour_boundaries
from sites.plotting import plot_boundary
from sites.queries import site_of
from spatial.crs import SourceCrs
from spatial.geodesy import area_m2, perimeter_m
from spatial.geojson import to_geojson
from spatial.plan_layers import PlanLayer

router = APIRouter(prefix="/sites/{site_id}", tags=["plotting"])


class BoundaryIn(In):
    """A boundary to save."""

    geometry: GeoJson
    reason: str | None = Field(None, max_length=500)
    source_crs: SourceCrs = SourceCrs.CGCS2000


class BoundaryOut(BaseModel):
    """The boundary of the latest version."""

    site_id: int
    version: int
    state: str
    geometry: GeoJson | None
    area_m2: float | None
    perimeter_m: float | None
    remarks: list[RemarkOut] = []


class NeighboursTooWide(Invalid):
    """The box is too large; at most 0.5 degrees each way."""


@router.get("/boundary")
def boundary(work: ReadWorkDep, site_id: SiteId, response: Response) -> BoundaryOut:
    """The boundary of the latest version."""
    work.require("read_sites")
    return _out(work, site_of(work, site_id), response)


@router.put("/boundary")
def save_boundary(
    work: WorkDep,
    site_id: SiteId,
    drawn_boundary: BoundaryIn,
    response: Response,
    language: LanguageDep,
    if_match: IfMatch = None,
) -> BoundaryOut:
    """Save a new version in which only the boundary differs."""
    feature = _feature(work, site_id, drawn_boundary)
    saved = plot_boundary(work, site_id, feature, base_number(if_match), drawn_boundary.reason)
    work.session.flush()
    out = _out(work, saved.site, response)
    return out.model_copy(update={"remarks": [remark_out(remark, language) for remark in saved.remarks]})


@router.get("/neighbours")
def neighbours(work: ReadWorkDep, site_id: SiteId, bbox: Annotated[str, Query(max_length=120)]) -> GeoJson:
    """Exact boundaries of other sites you may see, for snapping."""
    work.require("read_sites")
    west, south, east, north = bbox_of(bbox) or (0.0, 0.0, 0.0, 0.0)
    if east - west > 0.5 or north - south > 0.5:
        raise NeighboursTooWide(field="/bbox")
    found = neighbour_boundaries(work, site_of(work, site_id).id, box(west, south, east, north))
    return collection(
        [
            {"type": "Feature", "id": other, "geometry": to_geojson(geometry), "properties": {"name": name}}
            for other, name, geometry in found
        ]
    )


def _feature(work: Work, site_id: int, given: BoundaryIn) -> DrawnFeature:
    """The boundary as a feature; it keeps its key from version to version."""
    site = site_of(work, site_id)
    present = [row for row in features_at(work, site.id, site.plot_number) if row.layer == PlanLayer.BOUNDARY.value]
    old: PlotFeature | None = present[0] if present else None
    return DrawnFeature(
        key=old.key if old else uuid4(),
        layer=PlanLayer.BOUNDARY,
        name=old.name if old else "",
        attributes=old.attributes if old else {},
        geometry=geometry_in(given.geometry, "/geometry", given.source_crs),
        source_crs=given.source_crs,
    )


def _out(work: Work, site: Site, response: Response) -> BoundaryOut:
    shape = boundary_of(drawn(row) for row in features_at(work, site.id, site.plot_number))
    response.headers["ETag"] = f'"{site.plot_number}"'
    return BoundaryOut(
        site_id=site.id,
        version=site.plot_number,
        state=site.plotting_state,
        geometry=to_geojson(shape) if shape is not None else None,
        area_m2=area_m2(shape) if shape is not None else None,
        perimeter_m=perimeter_m(shape) if shape is not None else None,
    )
