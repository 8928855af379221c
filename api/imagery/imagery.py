"""Orthophotos and surface models: registering what was uploaded, the catalogue, and letting go."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response, status
from geoalchemy2.shape import to_shape
from pydantic import AwareDatetime, BaseModel, Field

from api.dependencies import PageDep, ReadWorkDep, SettingsDep, WorkDep
from api.geometry import GeoJson, In, geojson_or_none
from api.language import LanguageDep
from api.sites.filters import bbox_of
from api.sites.sites import SiteId
from foundation.labels import Language, label
from spatial.crs import SourceCrs
from tiles.imagery.catalogue import ImageryFilter, imagery_of, list_imagery, remove_imagery
from tiles.imagery.ingesting import NewImagery, means_of, register_imagery
from tiles.imagery.models import ImageryItem
from tiles.imagery.states import ImageryKind, IngestState, RasterFault

router = APIRouter(tags=["imagery"])
ImageryId = Annotated[int, Path(ge=1, lt=2**63)]
#: Systems a raster can be in; a local grid or a shifted one has no GDAL name.
RASTER_CRS = frozenset(SourceCrs) - {SourceCrs.LOCAL, SourceCrs.GCJ02, SourceCrs.BD09}


class ImageryIn(In):
    """What a file that arrived is."""

    upload_id: int = Field(ge=1, lt=2**63)
    kind: ImageryKind = ImageryKind.ORTHOPHOTO
    title: str = Field("", max_length=200)
    taken_at: AwareDatetime
    flight_id: int | None = Field(None, ge=1, lt=2**63)
    #: Overrides what the file says of its reference system, or says it where the file does not.
    source_crs: SourceCrs | None = Field(None, json_schema_extra={"enum": [*sorted(RASTER_CRS), None]})


class ImageryOut(BaseModel):
    """An orthophoto or a surface model; ``failure`` is a sentence for people."""

    id: int
    site_id: int
    kind: ImageryKind
    title: str
    taken_at: datetime
    flight_id: int | None
    state: IngestState
    done_share: float
    fault: RasterFault | None
    failure: str | None
    footprint: GeoJson | None
    bounds: tuple[float, float, float, float] | None
    source_crs: str | None
    resolution_m: float | None
    width_px: int | None
    height_px: int | None
    min_zoom: int | None
    max_zoom: int | None
    size_bytes: int | None
    lowest_m: float | None
    highest_m: float | None
    #: Address of its tiles, with {z}, {x} and {y}; empty until it is ready.
    tiles: str | None


class ImageryList(BaseModel):
    """A page of the catalogue, the latest first."""

    items: list[ImageryOut]
    total: int


@router.post("/sites/{site_id}/imagery", status_code=status.HTTP_202_ACCEPTED)
def register(work: WorkDep, settings: SettingsDep, language: LanguageDep, site_id: SiteId, new: ImageryIn) -> ImageryOut:
    """Catalogue a file that arrived; it is made drawable in the background."""
    item = register_imagery(work, site_id, NewImagery(**new.model_dump()), means_of(settings))
    return imagery_out(item, language)


@router.get("/imagery")
def catalogue(
    work: ReadWorkDep,
    language: LanguageDep,
    page: PageDep,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    flight_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    kind: ImageryKind | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    ready: Annotated[bool | None, Query()] = None,
) -> ImageryList:
    """Orthophotos and surface models of your sites, the latest first."""
    wanted = ImageryFilter(
        site_id=site_id, flight_id=flight_id, kind=kind, since=since, until=until, bbox=bbox_of(bbox), ready=bool(ready)
    )
    rows, total = list_imagery(work, wanted, limit=page.size, offset=page.offset)
    return ImageryList(items=[imagery_out(row, language) for row in rows], total=total)


@router.get("/imagery/{imagery_id}")
def one(work: ReadWorkDep, language: LanguageDep, imagery_id: ImageryId) -> ImageryOut:
    """One of them, and how far it is."""
    return imagery_out(imagery_of(work, imagery_id), language)


@router.delete("/imagery/{imagery_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove(work: WorkDep, settings: SettingsDep, imagery_id: ImageryId) -> Response:
    """Let one go, with its files."""
    remove_imagery(work, imagery_id, settings.data.folder)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def imagery_out(row: ImageryItem, language: Language) -> ImageryOut:
    """An item as it is answered."""
    made: dict[str, Any] = {
        "footprint": geojson_or_none(row.footprint),
        "bounds": to_shape(row.footprint).bounds if row.footprint is not None else None,
        "failure": label(f"raster_fault.{row.fault}", language, **row.fault_members) if row.fault else None,
        "tiles": f"/api/v1/imagery/{row.id}/tiles/{{z}}/{{x}}/{{y}}" if row.state == IngestState.READY.value else None,
    }
    plain = {name: getattr(row, name) for name in ImageryOut.model_fields if name not in made}
    return ImageryOut(**plain, **made)
