"""Plot files in and out, pasted coordinates, and the drawing commands that the server carries out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import BaseModel, Field

from api.dependencies import ReadWorkDep
from api.geometry import GeoJson, In, RemarkOut, collection, geometry_in, remark_out
from api.language import LanguageDep
from api.sites.plots import MeasureOut
from api.sites.sites import SiteId
from foundation.labels import Language, label
from foundation.problems import Invalid
from sites.checking import measure
from sites.importing import ImportPreview, export_plot, preview_import
from sites.plots import DrawnFeature
from spatial.crs import SourceCrs
from spatial.editing import run_command
from spatial.exchange.pasted import read_text
from spatial.exchange.values import ImportedPlot, ReadOptions
from spatial.geojson import to_geojson
from spatial.plan_layers import PlanLayer

router = APIRouter(tags=["plotting"])
#: A plot file is small; anything larger is something else.
LARGEST_FILE_BYTES = 20 * 1024 * 1024
AxisOrder = Literal["auto", "east_north", "north_east"]
Format = Literal["geojson", "kml", "kmz", "shapefile", "dxf", "csv", "xlsx", "geopackage"]


class FileTooLarge(Invalid):
    """The file is too large."""

    detail = "At most {limit_mb} MB are accepted."


class LayerMappingWrong(Invalid):
    """The layer mapping must be a JSON object from names in the file to plan layers."""


class FindingOut(BaseModel):
    """Something the reader found out about the file, and said."""

    code: str
    severity: str
    message: str
    params: dict[str, Any]


class SourceLayerOut(BaseModel):
    """A layer of the file."""

    name: str
    geometry_kinds: list[str]
    count: int


class ImportOut(BaseModel):
    """What a file holds; nothing is saved."""

    features: GeoJson
    detected: list[FindingOut]
    source_crs: SourceCrs
    source_layers: list[SourceLayerOut]
    remarks: list[RemarkOut]


class TextIn(In):
    """Coordinates as somebody pasted them."""

    text: str = Field(min_length=1, max_length=500_000)
    source_crs: SourceCrs | None = None
    axis_order: AxisOrder = "auto"


class ParametersIn(In):
    """Numbers a command needs."""

    distance_m: float | None = Field(None, ge=-2_000, le=2_000)
    width_m: float | None = Field(None, gt=0, le=500)
    edge: int | None = Field(None, ge=0, lt=100_000)
    azimuth_deg: float | None = Field(None, ge=0, lt=360)


class CommandIn(In):
    """A drawing command on geometries."""

    command: Literal["split", "merge", "buffer_line", "offset", "clip", "rotate_to_edge"]
    geometries: list[GeoJson] = Field(min_length=1, max_length=100)
    parameters: ParametersIn = ParametersIn()


class CommandOut(BaseModel):
    """What the command made; nothing is saved."""

    geometries: list[GeoJson]
    measures: list[MeasureOut]


@router.post("/sites/{site_id}/plot/import")
def import_file(
    work: ReadWorkDep,
    site_id: SiteId,
    language: LanguageDep,
    file: Annotated[UploadFile, File()],
    source_crs: Annotated[SourceCrs | None, Form()] = None,
    axis_order: Annotated[AxisOrder, Form()] = "auto",
    layer_mapping: Annotated[str, Form(max_length=20_000)] = "{}",
    default_layer: Annotated[PlanLayer, Form()] = PlanLayer.BOUNDARY,
) -> ImportOut:
    """Read a plot file and show what it holds."""
    options = ReadOptions(
        source_crs=source_crs,
        axis_order=axis_order,
        layer_mapping=_mapping(layer_mapping),
        default_layer=default_layer,
        helmert=None,
    )
    preview = preview_import(work, site_id, file.filename or "", contents_of(file), options)
    return _imported(preview, language)


@router.get("/sites/{site_id}/plot/export", response_class=Response)
def export_file(
    work: ReadWorkDep,
    site_id: SiteId,
    format: Annotated[Format, Query()] = "geojson",
    crs: Annotated[SourceCrs, Query()] = SourceCrs.CGCS2000,
    version: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
) -> Response:
    """A version of the plot as a file."""
    exported = export_plot(work, site_id, format, crs, version)
    disposition = f'attachment; filename="{exported.name}"'
    return Response(exported.data, media_type=exported.media_type, headers={"Content-Disposition": disposition})


@router.post("/coordinates/parse")
def parse_coordinates(work: ReadWorkDep, pasted: TextIn, language: LanguageDep) -> ImportOut:
    """Understand pasted coordinates, WKT or GeoJSON text."""
    work.require("plot")
    options = ReadOptions(
        source_crs=pasted.source_crs,
        axis_order=pasted.axis_order,
        layer_mapping={},
        default_layer=PlanLayer.BOUNDARY,
        helmert=None,
    )
    imported = read_text(pasted.text, options)
    features = [
        _feature(str(position), one.layer or PlanLayer.BOUNDARY, one.name, one.attributes, one.geometry)
        for position, one in enumerate(imported.features)
    ]
    return _out(imported, features, [], language)


@router.post("/geometry/commands")
def command(work: ReadWorkDep, given: CommandIn) -> CommandOut:
    """Split, merge, buffer, offset, clip or rotate; the caller previews and decides."""
    work.require("plot")
    shapes = [geometry_in(one, f"/geometries/{position}") for position, one in enumerate(given.geometries)]
    made = run_command(given.command, shapes, given.parameters.model_dump(exclude_none=True))
    measures = [measure(shape) for shape in made]
    return CommandOut(
        geometries=[to_geojson(shape) for shape in made],
        measures=[MeasureOut(area_m2=one.area_m2, length_m=one.length_m) for one in measures],
    )


def contents_of(file: UploadFile) -> bytes:
    """All of a file that was sent, if it is not too large."""
    data = file.file.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise FileTooLarge(field="/file", limit_mb=LARGEST_FILE_BYTES // 2**20)
    return data


def _mapping(text: str) -> dict[str, PlanLayer | None]:
    try:
        given = json.loads(text)
        return {str(name): PlanLayer(layer) if layer else None for name, layer in given.items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise LayerMappingWrong(field="/layer_mapping") from error


def _imported(preview: ImportPreview, language: Language) -> ImportOut:
    features = [_drawn(feature) for feature in preview.features]
    remarks = [remark_out(remark, language) for remark in preview.check.remarks]
    return _out(preview.imported, features, remarks, language)


def _out(imported: ImportedPlot, features: Sequence[GeoJson], remarks: list[RemarkOut], language: Language) -> ImportOut:
    return ImportOut(
        features=collection(features),
        detected=[
            FindingOut(
                code=one.code,
                severity=one.severity,
                message=label(one.message_key, language, **one.params),
                params=dict(one.params),
            )
            for one in imported.detected
        ],
        source_crs=imported.source_crs,
        source_layers=[
            SourceLayerOut(name=one.name, geometry_kinds=list(one.geometry_kinds), count=one.count)
            for one in imported.source_layers
        ],
        remarks=remarks,
    )


def _drawn(feature: DrawnFeature) -> GeoJson:
    return _feature(str(feature.key), feature.layer, feature.name, feature.attributes, feature.geometry)


def _feature(key: str, layer: PlanLayer, name: str, attributes: Any, geometry: Any) -> GeoJson:
    properties = {"layer": layer, "name": name, "attributes": dict(attributes)}
    return {"type": "Feature", "id": key, "geometry": to_geojson(geometry), "properties": properties}
