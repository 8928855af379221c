"""Pasted text: GeoJSON, well-known text, or a list of coordinates."""

from __future__ import annotations

import shapely
from shapely.errors import ShapelyError

from spatial.exchange.errors import FileNotUnderstood
from spatial.exchange.json_files import read_geojson
from spatial.exchange.reading import converted
from spatial.exchange.table_files import read_rows, split_rows
from spatial.exchange.values import ImportedPlot, RawFeature, RawFile, ReadOptions

WKT_WORDS = ("POINT", "LINESTRING", "POLYGON", "MULTI")


def read_text(text: str, options: ReadOptions) -> ImportedPlot:
    """Whatever somebody pasted, as features in EPSG:4490."""
    tidy = text.strip().removeprefix("\ufeff")
    if tidy.startswith("{"):
        return converted(read_geojson(tidy.encode(), options), options)
    if tidy.upper().removeprefix("SRID=4490;").removeprefix("SRID=4326;").startswith(WKT_WORDS):
        return converted(_wkt(tidy), options)
    one_line = "\n" not in tidy and (";" in tidy or "；" in tidy)
    return converted(read_rows(split_rows(tidy.replace(";", "\n").replace("；", "\n") if one_line else tidy), options), options)


def _wkt(text: str) -> RawFile:
    try:
        geometry = shapely.from_wkt(text.split(";", 1)[-1])
    except (ShapelyError, ValueError) as error:
        raise FileNotUnderstood(field="/text", why="This is not well-known text.") from error
    return RawFile(features=(RawFeature(geometry=geometry),))
