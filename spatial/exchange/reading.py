"""Reading a plot file of any known kind: by its contents, not its name alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from spatial.crs import geometry_to_storage
from spatial.exchange.detect import detect
from spatial.exchange.dxf_files import read_dxf
from spatial.exchange.errors import FileKindUnknown, FileNotUnderstood, FileTooBig, NothingInFile
from spatial.exchange.json_files import read_geojson
from spatial.exchange.kml_files import read_kml, read_kmz
from spatial.exchange.table_files import read_csv, read_xlsx
from spatial.exchange.values import (
    MOST_FEATURES,
    MOST_VERTICES,
    Finding,
    ImportedFeature,
    ImportedPlot,
    RawFeature,
    RawFile,
    ReadOptions,
    SourceLayer,
)
from spatial.exchange.vector_files import read_geopackage, read_shapefile
from spatial.plan_layers import PlanLayer

Reader = Callable[[bytes, ReadOptions], RawFile]
ZIP, SQLITE = b"PK\x03\x04", b"SQLite format 3\x00"
LARGEST_FILE_BYTES = 20 * 1024 * 1024

#: ending → (reader, what the file must begin with; empty for text).
READERS: dict[str, tuple[Reader, bytes]] = {
    "geojson": (read_geojson, b""),
    "json": (read_geojson, b""),
    "kml": (read_kml, b""),
    "kmz": (read_kmz, ZIP),
    "zip": (read_shapefile, ZIP),
    "dxf": (read_dxf, b""),
    "csv": (read_csv, b""),
    "txt": (read_csv, b""),
    "xlsx": (read_xlsx, ZIP),
    "gpkg": (read_geopackage, SQLITE),
}


def read_file(name: str, data: bytes, options: ReadOptions) -> ImportedPlot:
    """A file's features in EPSG:4490, with everything that was found out about it."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in READERS:
        raise FileKindUnknown(field="/file", known=", ".join(READERS))
    if not data:
        raise NothingInFile(field="/file")
    if len(data) > LARGEST_FILE_BYTES:
        raise FileTooBig(field="/file", what="bytes", limit=LARGEST_FILE_BYTES)
    reader, start = READERS[ending]
    if start and not data.startswith(start):
        raise FileNotUnderstood(field="/file", why=f"The contents are not what .{ending} promises.")
    if not start and data.startswith((ZIP, SQLITE, b"%PDF", b"\x89PNG", b"\xff\xd8")):
        raise FileNotUnderstood(field="/file", why=f"The contents are not what .{ending} promises.")
    return converted(reader(data, options), options)


def converted(raw: RawFile, options: ReadOptions) -> ImportedPlot:
    """Raw features brought to the storage system, mapped to plan layers, and bounded."""
    kept = [one for one in raw.features if not _left_out(one, options)]
    if not kept:
        raise NothingInFile(field="/file")
    _bounded(kept)
    crs, swapped, findings = detect(RawFile(features=tuple(kept), crs=raw.crs), options)
    features = []
    for one in kept:
        geometry = _swap(one.geometry) if swapped else one.geometry
        features.append(
            ImportedFeature(
                layer=_layer(one, options),
                name=one.name[:200],
                geometry=geometry_to_storage(geometry, crs, options.helmert),
                attributes=one.attributes,
                source_layer=one.source_layer,
            )
        )
    return ImportedPlot(
        features=tuple(features),
        source_crs=crs,
        detected=(*raw.findings, *findings, *_height_finding(kept)),
        source_layers=tuple(_source_layers(raw.features)),
    )


def _left_out(one: RawFeature, options: ReadOptions) -> bool:
    mapped_away = one.source_layer in options.layer_mapping and options.layer_mapping[one.source_layer] is None
    return mapped_away or one.geometry.is_empty


def _bounded(features: list[RawFeature]) -> None:
    if len(features) > MOST_FEATURES:
        raise FileTooBig(field="/file", what="features", limit=MOST_FEATURES)
    vertices = sum(int(shapely.get_num_coordinates(one.geometry)) for one in features)
    if vertices > MOST_VERTICES:
        raise FileTooBig(field="/file", what="vertices", limit=MOST_VERTICES)
    for one in features:
        if not np.isfinite(shapely.get_coordinates(one.geometry)).all():
            raise FileNotUnderstood(field="/file", why=f"“{one.name or one.source_layer}” has a coordinate that is no number.")


def _layer(one: RawFeature, options: ReadOptions) -> PlanLayer | None:
    mapped = options.layer_mapping.get(one.source_layer)
    if mapped is not None:
        return mapped
    return PlanLayer(one.source_layer) if one.source_layer in {layer.value for layer in PlanLayer} else None


def _swap(geometry: BaseGeometry) -> BaseGeometry:
    swapped: BaseGeometry = shapely.transform(geometry, lambda points: points[:, ::-1])
    return swapped


def _height_finding(features: list[RawFeature]) -> list[Finding]:
    if any(one.geometry.has_z for one in features):
        return [Finding(code="heights_dropped", severity="info", message_key="import.heights_dropped")]
    return []


def _source_layers(features: tuple[RawFeature, ...]) -> list[SourceLayer]:
    names = dict.fromkeys(one.source_layer for one in features)
    return [
        SourceLayer(
            name=name,
            geometry_kinds=tuple(sorted({one.geometry.geom_type for one in features if one.source_layer == name})),
            count=sum(one.source_layer == name for one in features),
        )
        for name in names
    ]
