"""Coordinate lists: CSV and XLSX, as surveyors send them, with headings in Chinese or English or none."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from spatial.crs import DEGREES, SourceCrs, geometry_from_storage
from spatial.exchange.archive import unzip
from spatial.exchange.errors import FileNotUnderstood, FileTooBig, RowNotUnderstood
from spatial.exchange.text import decode
from spatial.exchange.values import MOST_VERTICES, ExportedFile, ExportFeature, RawFeature, RawFile, ReadOptions
from spatial.plan_layers import LAYER_SPECS

Row = Sequence[str]
ZIP_BEGINS = b"PK\x03\x04"
#: Headings that name the first and second number of a coordinate, and the group and layer of a row. In survey tables X is
#: north; which is which is found out from the numbers, not from these letters.
FIRST = {"x", "lon", "lng", "longitude", "经度", "东坐标", "e", "easting", "east", "x坐标", "东", "x(m)", "x（m）"}
SECOND = {"y", "lat", "latitude", "纬度", "北坐标", "n", "northing", "north", "y坐标", "北", "y(m)", "y（m）"}
GROUP = {"feature", "shape", "polygon", "地块", "要素", "图形", "部分", "part", "name", "名称"}
LAYER = {"layer", "图层", "类型"}
DMS = re.compile(
    r"""^\s*([-+]?\d{1,3})\s*[°度d:]\s*(\d{1,2})\s*['′分m:]\s*(\d{1,2}(?:\.\d+)?)\s*["″秒s]?\s*([NSEW东西南北]?)\s*$""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Columns:
    """Where in a row things stand."""

    first: int
    second: int
    group: int | None = None
    layer: int | None = None


def read_csv(data: bytes, options: ReadOptions) -> RawFile:
    """A list of corners, separated by comma, semicolon, tab or blanks."""
    return read_rows(split_rows(decode(data)), options)


def read_xlsx(data: bytes, options: ReadOptions) -> RawFile:
    """The first sheet of a workbook."""
    return read_rows(sheet_rows(data), options)


def table_rows(data: bytes) -> list[Row]:
    """The rows of a list in either form."""
    return sheet_rows(data) if data.startswith(ZIP_BEGINS) else split_rows(decode(data))


def sheet_rows(data: bytes) -> list[Row]:
    """The first sheet of a workbook; formulas are read as the values last computed, never evaluated."""
    unzip(data)
    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        return [
            ["" if cell is None else str(cell) for cell in row]
            for row in sheet.iter_rows(values_only=True, max_row=MOST_VERTICES)
        ]
    except (
        InvalidFileException,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        OSError,
        zipfile.BadZipFile,
        AttributeError,
    ) as error:
        raise FileNotUnderstood(field="/file", why="This is not an Excel workbook.") from error


def split_rows(text: str) -> list[Row]:
    """Rows of cells, whatever stands between the cells."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_VERTICES:
        raise FileTooBig(field="/file", what="rows", limit=MOST_VERTICES)
    separator = next((one for one in (",", ";", "\t", "，", "；") if lines and one in lines[-1]), None)
    if separator is None:
        return [line.split() for line in lines]
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise FileNotUnderstood(field="/file", why="The table is damaged.") from error


def read_rows(rows: Sequence[Row], options: ReadOptions) -> RawFile:
    """Corners in order; a group column starts a new shape whenever its word changes."""
    table = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not table:
        raise FileNotUnderstood(field="/file", why="The table is empty.")
    columns, start = _columns(table)
    groups: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number, row in enumerate(table[start:], start=start + 1):
        corner = (_number(row, columns.first, number), _number(row, columns.second, number))
        key = (_cell(row, columns.group), _cell(row, columns.layer))
        groups.setdefault(key, []).append(corner)
    features = [
        RawFeature(geometry=_shape(corners, layer, options), name=name, source_layer=layer)
        for (name, layer), corners in groups.items()
    ]
    return RawFile(features=tuple(features))


def write_csv(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """One row per corner, UTF-8 with a mark so that Excel shows Chinese."""
    out = io.StringIO()
    csv.writer(out).writerows(_table(features, target))
    return ExportedFile(name="plot.csv", media_type="text/csv; charset=utf-8", data=out.getvalue().encode("utf-8-sig"))


def write_xlsx(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """The same as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("plot")
    for row in _table(features, target):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return ExportedFile(name="plot.xlsx", media_type=media_type, data=out.getvalue())


def angle_deg(text: str) -> float:
    """A number, or degrees, minutes and seconds: ``121°28'25.3"``."""
    found = DMS.match(text)
    if found is None:
        return float(text.replace("，", "").replace(" ", ""))
    degrees, minutes, seconds = float(found[1]), float(found[2]), float(found[3])
    if minutes >= 60 or seconds >= 60:
        raise ValueError(text)
    size = abs(degrees) + minutes / 60 + seconds / 3600
    negative = found[1].startswith("-") or found[4].upper() in {"S", "W", "南", "西"}
    return -size if negative else size


def _columns(table: list[list[str]]) -> tuple[Columns, int]:
    head = [cell.lower() for cell in table[0]]
    first = next((i for i, cell in enumerate(head) if cell in FIRST), None)
    second = next((i for i, cell in enumerate(head) if cell in SECOND), None)
    if first is not None and second is not None:
        group = next((i for i, cell in enumerate(head) if cell in GROUP), None)
        return Columns(first, second, group, next((i for i, cell in enumerate(head) if cell in LAYER), None)), 1
    start = 0 if _numbers(table[0]) else 1
    if start >= len(table):
        raise FileNotUnderstood(field="/file", why="The table holds no coordinates.")
    numbers = _numbers(table[start])
    if len(numbers) < 2:
        raise RowNotUnderstood(field="/file", row=start + 1, why="two coordinates are needed")
    # a list often begins with the number of the corner: with three or more numbers the last two are taken, unless the
    # third is a height
    pair = numbers[1:3] if len(numbers) > 2 and _counts(table[start:], numbers[0]) else numbers[:2]
    return Columns(pair[0], pair[1]), start


def _numbers(row: Row) -> list[int]:
    found = []
    for position, cell in enumerate(row):
        try:
            angle_deg(cell)
        except ValueError:
            continue
        found.append(position)
    return found


def _counts(rows: Sequence[Row], column: int) -> bool:
    """Is the column a running number?"""
    try:
        values = [float(row[column]) for row in rows[:3]]
    except (ValueError, IndexError):
        return False
    return all(value == int(value) for value in values) and all(b - a == 1 for a, b in pairwise(values))


def _number(row: Row, column: int, number: int) -> float:
    if column >= len(row):
        raise RowNotUnderstood(field="/file", row=number, why="a coordinate is missing")
    try:
        value = angle_deg(row[column])
    except ValueError as error:
        raise RowNotUnderstood(field="/file", row=number, why=f"“{row[column][:30]}” is not a number") from error
    if not abs(value) < 1e9:
        raise RowNotUnderstood(field="/file", row=number, why="the number is out of range")
    return value


def _cell(row: Row, column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _shape(corners: list[tuple[float, float]], layer: str, options: ReadOptions) -> BaseGeometry:
    wanted = options.layer_mapping.get(layer) or options.default_layer
    kind = LAYER_SPECS[wanted].geometry
    if kind == "point" or len(corners) == 1:
        return Point(corners[0])
    if kind == "line" or len(corners) == 2:
        return LineString(corners)
    return Polygon(corners)


def _table(features: Sequence[ExportFeature], target: SourceCrs) -> list[list[Any]]:
    degrees = target in DEGREES
    rows: list[list[Any]] = [["feature", "layer", "point", "lon" if degrees else "easting", "lat" if degrees else "northing"]]
    for number, feature in enumerate(features, start=1):
        shape = geometry_from_storage(feature.geometry, target)
        for part_number, part in enumerate(shapely.get_parts(shape), start=1):
            ring = part.exterior if isinstance(part, Polygon) else part
            corners = shapely.get_coordinates(ring)
            corners = corners[:-1] if isinstance(part, Polygon) else corners
            key = f"{number}.{part_number} {feature.name}".strip()
            digits = 9 if degrees else 4
            rows += [
                [key, feature.layer.value, point, round(float(x), digits), round(float(y), digits)]
                for point, (x, y) in enumerate(corners, start=1)
            ]
    return rows
