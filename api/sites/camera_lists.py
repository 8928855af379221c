"""Lists of cameras (M42): CSV and workbooks as people keep them, read, tried and registered all or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile, status
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.dependencies import ReadWorkDep, SealDep, WorkDep
from api.language import LanguageDep
from api.problems import problem_body
from api.sites.cameras import CameraIn
from api.sites.files import contents_of
from api.sites.poses import PoseIn
from api.sites.sites import SiteId
from foundation.labels import LANGUAGES, Language, label
from foundation.problems import Invalid, Problem
from sites.cameras.errors import (
    CameraColumnMissing,
    CameraRowsWrong,
    CellNeeded,
    CellNotANumber,
    CellOutOfBounds,
    CellWordUnknown,
    PlaceHalf,
)
from sites.cameras.listed import CameraLine, register_listed
from sites.cameras.states import CameraKind, CameraTag, Level, NorthGiven, StreamProtocol
from spatial.crs import SourceCrs
from spatial.exchange.table_files import Row, table_rows

router = APIRouter(tags=["cameras"])


@dataclass(frozen=True)
class Column:
    """A column: which field it fills, and the headings it goes by besides the field's own name."""

    field: str
    headings: tuple[str, ...]
    #: What its words are; None = text or a number.
    words: type[StrEnum] | None = None
    many: bool = False
    number: bool = False


COLUMNS = (
    Column("code", ("编码", "设备编码", "编号")),
    Column("name", ("名称",)),
    Column("national_code", ("国标编码", "gb_code")),
    Column("kind", ("类型",), CameraKind),
    Column("level", ("所在层", "层"), Level),
    Column("vendor", ("厂商", "品牌")),
    Column("tags", ("标签", "监看标签"), CameraTag, many=True),
    Column("algorithms", ("算法",), many=True),
    Column("protocol", ("取流方式", "协议"), StreamProtocol),
    Column("stream", ("视频流", "视频流地址", "地址")),
    Column("substream", ("子码流", "子码流地址")),
    Column("lon", ("经度", "longitude"), number=True),
    Column("lat", ("纬度", "latitude"), number=True),
    Column("location_crs", ("坐标系", "crs"), SourceCrs),
    Column("height_m", ("高度", "安装高度", "height"), number=True),
    # also points of the compass, which the pose itself reads
    Column("azimuth_deg", ("方位角", "朝向", "azimuth")),
    Column("azimuth_given", ("方位角的北", "north"), NorthGiven),
    Column("tilt_deg", ("俯角", "tilt"), number=True),
    Column("roll_deg", ("横滚", "roll"), number=True),
    Column("hfov_deg", ("水平视场角", "视场角", "hfov"), number=True),
    Column("vfov_deg", ("垂直视场角", "vfov"), number=True),
    Column("dfov_deg", ("对角视场角", "dfov"), number=True),
    Column("focal_mm", ("焦距", "focal"), number=True),
    Column("sensor_width_mm", ("传感器宽", "传感器宽度"), number=True),
    Column("range_m", ("有效距离", "距离", "range"), number=True),
    Column("width_px", ("画面宽", "width"), number=True),
    Column("height_px", ("画面高", "picture_height"), number=True),
    Column("pan_from_deg", ("水平起始角",), number=True),
    Column("pan_to_deg", ("水平终止角",), number=True),
    Column("tilt_max_deg", ("最低俯角",), number=True),
    Column("hfov_narrowest_deg", ("最长焦视场角",), number=True),
)
NEEDED = ("code", "name")
#: Where the words of a code stand in ``labels``.
TABLES: dict[type[StrEnum], str] = {
    CameraKind: "camera_kind",
    Level: "level",
    CameraTag: "camera_tag",
    StreamProtocol: "stream_protocol",
    NorthGiven: "north_given",
}
BETWEEN_WORDS = re.compile(r"[;；、|/]")
BOUNDS = {"greater_than": "> {gt}", "greater_than_equal": "≥ {ge}", "less_than": "< {lt}", "less_than_equal": "≤ {le}"}


class FaultOut(BaseModel):
    """What is wrong in a line, and in which column; a field that is none is about the whole line."""

    field: str
    type: str
    title: str
    detail: str | None


class LineOut(BaseModel):
    """A line of the list, counted from 1 with the headings."""

    line: int
    code: str
    name: str
    faults: list[FaultOut]


class CameraListOut(BaseModel):
    """What a list holds. ``registered`` is 0 after a trial."""

    lines: list[LineOut]
    #: Headings that mean nothing here; their columns were passed over.
    unknown_headings: list[str]
    faulty: int
    registered: int


@router.get("/camera-list-columns")
def columns(work: ReadWorkDep, language: LanguageDep) -> list[str]:
    """The headings of an empty list, in the reader's language."""
    work.require("read_sites")
    return [one.headings[0] if language == "zh" else one.field for one in COLUMNS]


@router.post("/sites/{site_id}/cameras/import")
def register_list(
    work: WorkDep,
    seal: SealDep,
    language: LanguageDep,
    site_id: SiteId,
    response: Response,
    file: Annotated[UploadFile, File()],
    *,
    trial: Annotated[bool, Form()] = False,
) -> CameraListOut:
    """Register the cameras of a CSV or XLSX file, all of them or none; with ``trial`` only say what would happen."""
    rows = [[cell.strip() for cell in row] for row in table_rows(contents_of(file))]
    places, unknown = _headings(rows[0] if rows else [])
    lines = [_line(number, row, places) for number, row in enumerate(rows[1:], start=2) if any(row)]
    tried = register_listed(work, site_id, lines, seal, keep=not trial)
    shown = [_shown(one, language) for one in tried]
    faulty = [one for one in shown if one.faults]
    if faulty and not trial:
        raise CameraRowsWrong(field="/file", count=len(faulty), lines=[one.model_dump() for one in faulty])
    if not trial:
        response.status_code = status.HTTP_201_CREATED
    return CameraListOut(lines=shown, unknown_headings=unknown, faulty=len(faulty), registered=0 if trial else len(shown))


def _headings(cells: Row) -> tuple[list[tuple[int, Column]], list[str]]:
    """Which column stands where, and headings that are none."""
    found = [(position, _known().get(_plain(cell))) for position, cell in enumerate(cells)]
    places = [(position, column) for position, column in found if column is not None]
    for field in NEEDED:
        if not any(column.field == field for _, column in places):
            raise CameraColumnMissing(field="/file", column=field)
    return places, [cells[position] for position, column in found if column is None and cells[position]]


@cache
def _known() -> dict[str, Column]:
    return {_plain(heading): column for column in COLUMNS for heading in (column.field, *column.headings)}


def _plain(heading: str) -> str:
    """A heading without stars, blanks, and units in brackets."""
    return re.sub(r"[\s*]|[(（].*?[)）]", "", heading).lower()


def _line(number: int, row: Row, places: Sequence[tuple[int, Column]]) -> CameraLine:
    given: dict[str, Any] = {}
    faults: list[Problem] = []
    for position, column in places:
        text = row[position] if position < len(row) else ""
        if not text:
            continue
        try:
            given[column.field] = _value(column, text)
        except Invalid as problem:
            faults.append(problem)
    faults += [CellNeeded(field=f"/{field}") for field in NEEDED if field not in given and not _named(faults, field)]
    if ("lon" in given) != ("lat" in given) and not (_named(faults, "lon") or _named(faults, "lat")):
        faults.append(PlaceHalf(field="/pose/location"))
    code, name = str(given.get("code", "")), str(given.get("name", ""))
    if faults:
        return CameraLine(line=number, code=code, name=name, faults=tuple(faults))
    try:
        return CameraLine(line=number, code=code, name=name, camera=_camera(given).new())
    except ValidationError as error:
        wrong = tuple(_fault(one) for one in error.errors(include_url=False))
    except Problem as problem:
        wrong = (problem,)
    return CameraLine(line=number, code=code, name=name, faults=wrong)


def _named(faults: Sequence[Problem], field: str) -> bool:
    return any(one.members.get("field") == f"/{field}" for one in faults)


def _camera(given: dict[str, Any]) -> CameraIn:
    pose = {name: value for name, value in given.items() if name in PoseIn.model_fields}
    if "lon" in given and "lat" in given:
        pose["location"] = (given["lon"], given["lat"])
    plain = {name: value for name, value in given.items() if name in CameraIn.model_fields}
    return CameraIn.model_validate(plain | {"pose": pose})


def _value(column: Column, text: str) -> Any:
    words = [one.strip() for one in BETWEEN_WORDS.split(text) if one.strip()] if column.many else [text]
    if column.words is not None:
        words = [_code(column, word) for word in words]
    if column.number:
        try:
            return float(text.removesuffix("°").removesuffix("米").removesuffix("m"))
        except ValueError as error:
            raise CellNotANumber(field=f"/{column.field}", text=text) from error
    return words if column.many else words[0]


def _code(column: Column, word: str) -> str:
    """The code of a word, in whichever language: 球机 → ptz."""
    assert column.words is not None
    codes = [one.value for one in column.words]
    table = TABLES.get(column.words)
    for code in codes:
        names = {label(f"{table}.{code}", language).lower() for language in LANGUAGES if table}
        if word.lower() in names | {code.lower()}:
            return code
    raise CellWordUnknown(field=f"/{column.field}", text=word, known=", ".join(codes))


def _fault(error: ErrorDetails) -> Problem:
    """What the shape of a camera did not accept, as a problem in the reader's language."""
    bound = BOUNDS.get(error["type"])
    field = "/" + "/".join(str(part) for part in error["loc"])
    if bound is None:
        return Invalid(field=field, detail=error["msg"])
    return CellOutOfBounds(field=field, text=str(error["input"]), bound=bound.format(**error.get("ctx", {})))


def _shown(line: CameraLine, language: Language) -> LineOut:
    faults = []
    for problem in line.faults:
        body = problem_body(problem, language, "")
        field = str(body.get("field", "")).removeprefix("/pose")
        faults.append(FaultOut(field=field, type=body["type"], title=body["title"], detail=body.get("detail")))
    return LineOut(line=line.line, code=line.code, name=line.name, faults=faults)
