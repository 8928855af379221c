"""Zipped Shapefile and GeoPackage through GDAL, which only ever sees files that we named, in a folder of our own."""

from __future__ import annotations

import io
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from spatial.crs import PLANE_SRID, SourceCrs, geometry_from_storage
from spatial.exchange.archive import unzip
from spatial.exchange.errors import FileNotUnderstood, FileTooBig, SourceCrsRefused
from spatial.exchange.values import MOST_FEATURES, ExportedFile, ExportFeature, RawFeature, RawFile, ReadOptions

SHAPE_MEMBERS = ("shp", "shx", "dbf", "prj", "cpg")
#: EPSG code in a file → the source system it means here.
KNOWN_SRIDS = {4490: SourceCrs.CGCS2000, 4326: SourceCrs.WGS84} | {srid: crs for crs, srid in PLANE_SRID.items()}
#: Geographic systems that have no exact way to CGCS2000 without local parameters.
OLD_DATUMS = ("Beijing", "Xian 1980", "Xi'an")


def read_shapefile(data: bytes, options: ReadOptions) -> RawFile:
    """Every shapefile of a zip; text is read in the encoding of the .cpg, else GBK when it does not fit UTF-8."""
    members = unzip(data)
    stems = sorted({name.rsplit(".", 1)[0] for name in members if name.lower().endswith(".shp")})
    if not stems:
        raise FileNotUnderstood(field="/file", why="The archive holds no .shp.")
    features: list[RawFeature] = []
    systems: set[SourceCrs | None] = set()
    for stem in stems:
        with tempfile.TemporaryDirectory(prefix="gw-shp-") as folder:
            path = _unpack(members, stem, Path(folder))
            found, system = _read(path, "ESRI Shapefile", None, stem, _encoding(members, stem))
        features += found
        systems.add(system)
    return RawFile(features=tuple(features), crs=options.source_crs or _one(systems))


def read_geopackage(data: bytes, options: ReadOptions) -> RawFile:
    """Every feature layer of a GeoPackage."""
    features: list[RawFeature] = []
    systems: set[SourceCrs | None] = set()
    with tempfile.TemporaryDirectory(prefix="gw-gpkg-") as folder:
        path = Path(folder) / "plot.gpkg"
        path.write_bytes(data)
        try:
            layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind]
        except (pyogrio.errors.DataSourceError, ValueError) as error:
            raise FileNotUnderstood(field="/file", why="This is not a GeoPackage.") from error
        for layer in layers[:50]:
            found, system = _read(path, "GPKG", layer, layer, None)
            features += found
            systems.add(system)
    return RawFile(features=tuple(features), crs=options.source_crs or _one(systems))


def write_shapefile(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """One shapefile per kind of geometry, zipped, UTF-8 with .cpg."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="gw-shp-") as name, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        folder = Path(name)
        for kind, group in _by_kind(features):
            frame = _frame(group, target)
            pyogrio.write_dataframe(frame, folder / f"{kind}.shp", driver="ESRI Shapefile", encoding="UTF-8")
        for path in sorted(folder.iterdir()):
            archive.writestr(path.name, path.read_bytes())
    return ExportedFile(name="plot-shapefile.zip", media_type="application/zip", data=out.getvalue())


def write_geopackage(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """One layer per plan layer."""
    with tempfile.TemporaryDirectory(prefix="gw-gpkg-") as folder:
        path = Path(folder) / "plot.gpkg"
        for layer in dict.fromkeys(feature.layer for feature in features):
            group = [feature for feature in features if feature.layer is layer]
            pyogrio.write_dataframe(_frame(group, target), path, driver="GPKG", layer=layer.value)
        data = path.read_bytes()
    return ExportedFile(name="plot.gpkg", media_type="application/geopackage+sqlite3", data=data)


def _unpack(members: dict[str, bytes], stem: str, folder: Path) -> Path:
    for ending in SHAPE_MEMBERS:
        contents = _member(members, stem, ending)
        if contents is not None:
            (folder / f"plot.{ending}").write_bytes(contents)
        elif ending in {"shp", "shx", "dbf"}:
            raise FileNotUnderstood(field="/file", why=f"{stem}.{ending} is missing from the archive.")
    return folder / "plot.shp"


def _member(members: dict[str, bytes], stem: str, ending: str) -> bytes | None:
    return next((data for name, data in members.items() if name.lower() == f"{stem}.{ending}".lower()), None)


def _encoding(members: dict[str, bytes], stem: str) -> str:
    declared = (_member(members, stem, "cpg") or b"").decode("ascii", "ignore").strip().upper()
    if declared:
        return {"936": "GBK", "GB2312": "GBK", "CP936": "GBK", "65001": "UTF-8"}.get(declared, declared)
    table = _member(members, stem, "dbf") or b""
    try:
        table[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "GBK"
    return "UTF-8"


def _read(
    path: Path, driver: str, layer: str | None, name: str, encoding: str | None
) -> tuple[list[RawFeature], SourceCrs | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            info = pyogrio.read_info(path, layer=layer, encoding=encoding)
            if info["driver"] != driver:
                raise FileNotUnderstood(field="/file", why=f"The contents are not {driver}.")
            if info["features"] > MOST_FEATURES:
                raise FileTooBig(field="/file", what="features", limit=MOST_FEATURES)
            frame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding, force_2d=True)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        UnicodeDecodeError,
        LookupError,
        ValueError,
        RuntimeError,
    ) as error:
        raise FileNotUnderstood(field="/file", why=f"“{name}” is damaged.") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        return [], None
    return list(_features(frame, name)), _system(info["crs"])


def _features(frame: gpd.GeoDataFrame, name: str) -> Iterator[RawFeature]:
    columns = [column for column in frame.columns if column != frame.geometry.name]
    for row in frame.to_dict("records"):
        shape = row[frame.geometry.name]
        if shape is None or shape.is_empty:
            continue
        plain = {column: _plain(row[column]) for column in columns if _plain(row[column]) is not None}
        yield RawFeature(
            geometry=_single(shape),
            source_layer=str(plain.pop("layer", name)),
            name=str(plain.pop("name", plain.pop("名称", ""))),
            attributes=plain,
        )


def _single(shape: Any) -> Any:
    """A multipart geometry of one part is that part: shapefiles do not tell the two apart."""
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and value != value:  # noqa: PLR0124  not-a-number is the one value unlike itself
        return None
    return value if isinstance(value, str | int | float | bool) else None


def _system(text: str | None) -> SourceCrs | None:
    """What the file says of its system; an old datum is refused, an unknown one left for detection."""
    if not text:
        return None
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        return None
    if any(old.lower() in crs.name.lower() or old.lower() in text.lower() for old in OLD_DATUMS):
        raise SourceCrsRefused(field="/source_crs", name=crs.name)
    return KNOWN_SRIDS.get(crs.to_epsg(min_confidence=60) or 0)


def _one(systems: set[SourceCrs | None]) -> SourceCrs | None:
    return next(iter(systems)) if len(systems) == 1 else None


def _by_kind(features: Sequence[ExportFeature]) -> Iterator[tuple[str, list[ExportFeature]]]:
    for kind, names in {"points": "Point", "lines": "LineString", "polygons": "Polygon"}.items():
        group = [feature for feature in features if feature.geometry.geom_type.endswith(names)]
        if group:
            yield kind, group


def _frame(features: Sequence[ExportFeature], target: SourceCrs) -> gpd.GeoDataFrame:
    rows = [{"key": one.key, "layer": one.layer.value, "name": one.name} | dict(one.attributes) for one in features]
    srid = PLANE_SRID.get(target, 4490 if target is SourceCrs.CGCS2000 else 4326 if target is SourceCrs.WGS84 else None)
    shapes = [geometry_from_storage(one.geometry, target) for one in features]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=f"EPSG:{srid}" if srid else None)
