"""DXF, in and out: closed polylines with bulge arcs, hatches, lines, circles, points and block insertions."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely
from ezdxf import recover
from ezdxf.filemanagement import new as new_drawing
from ezdxf.lldxf.const import DXFError
from ezdxf.path import from_hatch, make_path
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from spatial.crs import SourceCrs, geometry_from_storage
from spatial.exchange.errors import FileNotUnderstood, FileTooBig, OutlineNotClosed
from spatial.exchange.values import MOST_FEATURES, ExportedFile, ExportFeature, RawFeature, RawFile, ReadOptions
from spatial.plan_layers import LAYER_SPECS, PlanLayer

#: An arc becomes chords that leave it by no more than this, in drawing units (metres).
CHORD_SAG_M = 0.01
#: Ends nearer than this close an outline by themselves.
CLOSED_WITHIN_M = 0.05
ENTITIES = "LWPOLYLINE POLYLINE LINE ARC CIRCLE ELLIPSE SPLINE POINT INSERT HATCH"


def read_dxf(data: bytes, options: ReadOptions) -> RawFile:
    """The model space of a drawing; layers of the drawing are mapped to plan layers."""
    with tempfile.TemporaryDirectory(prefix="gw-dxf-") as folder:
        path = Path(folder) / "plot.dxf"
        path.write_bytes(data)
        try:
            drawing, _ = recover.readfile(path)
        except (OSError, DXFError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise FileNotUnderstood(field="/file", why="This is not a DXF drawing.") from error
    features: list[RawFeature] = []
    for entity in drawing.modelspace().query(ENTITIES):
        features += _features(entity, options)
        if len(features) > MOST_FEATURES:
            raise FileTooBig(field="/file", what="entities", limit=MOST_FEATURES)
    return RawFile(features=tuple(features), crs=options.source_crs)


def write_dxf(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """One drawing layer per plan layer. Degrees make no drawing: EPSG:4549 unless another plane was asked for."""
    plane = target if target.value.startswith("epsg") else SourceCrs.EPSG4549
    drawing = new_drawing("R2018", units=6)
    space = drawing.modelspace()
    for feature in features:
        where = {"layer": feature.layer.value}
        for part in shapely.get_parts(geometry_from_storage(feature.geometry, plane)):
            if isinstance(part, Polygon):
                for ring in (part.exterior, *part.interiors):
                    space.add_lwpolyline(shapely.get_coordinates(ring)[:-1].tolist(), close=True, dxfattribs=where)
            elif isinstance(part, LineString):
                space.add_lwpolyline(shapely.get_coordinates(part).tolist(), dxfattribs=where)
            else:
                space.add_point(shapely.get_coordinates(part)[0].tolist(), dxfattribs=where)
    out = io.StringIO()
    drawing.write(out)
    return ExportedFile(name=f"plot-{plane.value}.dxf", media_type="image/vnd.dxf", data=out.getvalue().encode())


def _features(entity: Any, options: ReadOptions) -> Iterator[RawFeature]:
    layer = str(entity.dxf.layer)
    if layer in options.layer_mapping and options.layer_mapping[layer] is None:
        return
    try:
        shapes = list(READERS.get(entity.dxftype(), _curve)(entity))
    except (DXFError, ValueError, TypeError, ZeroDivisionError, AttributeError, NotImplementedError) as error:
        raise FileNotUnderstood(field="/file", why=f"A {entity.dxftype()} on layer “{layer}” is damaged.") from error
    for shape in shapes:
        if all(math.isfinite(number) for number in shapely.get_coordinates(shape).ravel()):
            yield RawFeature(geometry=_as_wanted(shape, layer, options), source_layer=layer)


def _as_wanted(shape: BaseGeometry, layer: str, options: ReadOptions) -> BaseGeometry:
    """A line on a layer of surfaces is an outline: closed if its ends nearly meet, refused where they do not."""
    wanted = options.layer_mapping.get(layer) or _named(layer) or options.default_layer
    if not isinstance(shape, LineString) or LAYER_SPECS[wanted].geometry != "polygon" or len(shape.coords) < 3:
        return shape
    start, end = shape.coords[0], shape.coords[-1]
    gap_m = math.dist(start, end)
    if gap_m > CLOSED_WITHIN_M:
        raise OutlineNotClosed(field="/file", gap_m=gap_m, part=layer, start=list(start), end=list(end))
    return Polygon(shape.coords)


def _named(layer: str) -> PlanLayer | None:
    return PlanLayer(layer) if layer in PlanLayer.__members__.values() else None


def _curve(entity: Any) -> Iterator[BaseGeometry]:
    points = [(point.x, point.y) for point in make_path(entity).flattening(CHORD_SAG_M)]
    if len(points) < 2:
        return
    closed = bool(getattr(entity, "is_closed", False)) or entity.dxftype() == "CIRCLE"
    if closed and len(set(points)) > 2:
        yield Polygon(points)
    else:
        yield LineString(points)


def _point(entity: Any) -> Iterator[BaseGeometry]:
    yield Point(entity.dxf.location.x, entity.dxf.location.y)


def _insert(entity: Any) -> Iterator[BaseGeometry]:
    yield Point(entity.dxf.insert.x, entity.dxf.insert.y)


def _hatch(entity: Any) -> Iterator[BaseGeometry]:
    for path in from_hatch(entity):
        points = [(point.x, point.y) for point in path.flattening(CHORD_SAG_M)]
        if len(set(points)) > 2:
            yield Polygon(points)


READERS: dict[str, Callable[[Any], Iterator[BaseGeometry]]] = {"POINT": _point, "INSERT": _insert, "HATCH": _hatch}
