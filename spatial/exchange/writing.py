"""Writing a plot as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spatial.crs import SourceCrs
from spatial.exchange.dxf_files import write_dxf
from spatial.exchange.errors import FileKindUnknown
from spatial.exchange.json_files import write_geojson
from spatial.exchange.kml_files import write_kml, write_kmz
from spatial.exchange.table_files import write_csv, write_xlsx
from spatial.exchange.values import ExportedFile, ExportFeature
from spatial.exchange.vector_files import write_geopackage, write_shapefile

Writer = Callable[[Sequence[ExportFeature], SourceCrs], ExportedFile]
WRITERS: dict[str, Writer] = {
    "geojson": write_geojson,
    "kml": write_kml,
    "kmz": write_kmz,
    "shapefile": write_shapefile,
    "dxf": write_dxf,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geopackage": write_geopackage,
}


def write_file(format_name: str, features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """The features (EPSG:4490) as a file in the target system."""
    writer = WRITERS.get(format_name)
    if writer is None or target is SourceCrs.LOCAL:
        raise FileKindUnknown(field="/format", known=", ".join(WRITERS))
    return writer(features, target)
