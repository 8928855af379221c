"""KML and KMZ, in and out. External entities are refused, network links are never followed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from spatial.crs import SourceCrs
from spatial.exchange.archive import unzip
from spatial.exchange.errors import FileNotUnderstood
from spatial.exchange.text import decode
from spatial.exchange.values import ExportedFile, ExportFeature, RawFeature, RawFile, ReadOptions


def read_kmz(data: bytes, options: ReadOptions) -> RawFile:
    """The first KML inside a KMZ."""
    found = [contents for name, contents in unzip(data).items() if name.lower().endswith(".kml")]
    if not found:
        raise FileNotUnderstood(field="/file", why="The KMZ holds no KML.")
    return read_kml(found[0], options)


def read_kml(data: bytes, options: ReadOptions) -> RawFile:
    """Placemarks with points, lines, polygons and collections of them; folders are layers."""
    text = decode(data)
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise FileNotUnderstood(field="/file", why="KML with a document type or entities is not accepted.")
    try:
        root = ElementTree.fromstring(text.encode())  # noqa: S314  document types and entities are refused above
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise FileNotUnderstood(field="/file", why="This is not well-formed KML.") from error
    features = tuple(_placemarks(root, ""))
    return RawFile(features=features, crs=options.source_crs or SourceCrs.WGS84)


def write_kml(features: Sequence[ExportFeature], _: SourceCrs) -> ExportedFile:
    """One folder per plan layer. KML is WGS 84 by definition, whatever was asked for."""
    folders = dict.fromkeys(feature.layer for feature in features)
    parts = []
    for layer in folders:
        marks = "".join(_written(feature) for feature in features if feature.layer is layer)
        parts.append(f"<Folder><name>{layer.value}</name>{marks}</Folder>")
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    data = f"{head}{''.join(parts)}</Document></kml>".encode()
    return ExportedFile(name="plot.kml", media_type="application/vnd.google-earth.kml+xml", data=data)


def write_kmz(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """The same, zipped."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", write_kml(features, target).data)
    return ExportedFile(name="plot.kmz", media_type="application/vnd.google-earth.kmz", data=out.getvalue())


def _placemarks(node: ElementTree.Element, folder: str) -> Iterator[RawFeature]:
    for child in node:
        kind = _tag(child)
        if kind in {"Document", "Folder"}:
            yield from _placemarks(child, _child_text(child, "name") or folder)
        elif kind == "Placemark":
            name = _child_text(child, "name")
            for geometry in _geometries(child, name):
                yield RawFeature(geometry=geometry, source_layer=folder, name=name)


def _geometries(node: ElementTree.Element, name: str) -> Iterator[BaseGeometry]:
    for child in node:
        kind = _tag(child)
        if kind == "MultiGeometry":
            yield from _geometries(child, name)
        elif kind == "Point":
            yield Point(_positions(child, name, 1)[0])
        elif kind in {"LineString", "LinearRing"}:
            yield LineString(_positions(child, name, 2))
        elif kind == "Polygon":
            yield _polygon(child, name)


def _polygon(node: ElementTree.Element, name: str) -> Polygon:
    rings: dict[str, list[list[tuple[float, float]]]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for child in node:
        if _tag(child) in rings:
            rings[_tag(child)] += [_positions(ring, name, 3) for ring in child if _tag(ring) == "LinearRing"]
    if not rings["outerBoundaryIs"]:
        raise FileNotUnderstood(field="/file", why=f"The polygon “{name}” has no outer ring.")
    return Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])


def _positions(node: ElementTree.Element, name: str, least: int) -> list[tuple[float, float]]:
    try:
        tuples = [part.split(",") for part in _child_text(node, "coordinates").split()]
        found = [(float(one[0]), float(one[1])) for one in tuples]
    except (ValueError, IndexError) as error:
        raise FileNotUnderstood(field="/file", why=f"The coordinates of “{name}” are not numbers.") from error
    if len(found) < least:
        raise FileNotUnderstood(field="/file", why=f"“{name}” has {len(found)} positions; {least} are needed.")
    return found


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def _child_text(node: ElementTree.Element, tag: str) -> str:
    return next(((child.text or "").strip() for child in node if _tag(child) == tag), "")


def _written(feature: ExportFeature) -> str:
    shapes = "".join(_shape(part) for part in shapely.get_parts(feature.geometry))
    return f"<Placemark><name>{escape(feature.name)}</name><MultiGeometry>{shapes}</MultiGeometry></Placemark>"


def _shape(part: BaseGeometry) -> str:
    if isinstance(part, Polygon):
        holes = "".join(f"<innerBoundaryIs>{_ring(hole)}</innerBoundaryIs>" for hole in part.interiors)
        return f"<Polygon><outerBoundaryIs>{_ring(part.exterior)}</outerBoundaryIs>{holes}</Polygon>"
    kind = "LineString" if isinstance(part, LineString) else "Point"
    return f"<{kind}><coordinates>{_written_positions(part)}</coordinates></{kind}>"


def _ring(ring: BaseGeometry) -> str:
    return f"<LinearRing><coordinates>{_written_positions(ring)}</coordinates></LinearRing>"


def _written_positions(shape: BaseGeometry) -> str:
    return " ".join(f"{x:.10f},{y:.10f}" for x, y in shapely.get_coordinates(shape))
