"""The contents as a workbook: numbers stay numbers, and no cell of somebody's text is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from coverage.reports.values import Contents, MadeFile
from coverage.reports.wording import Words
from coverage.states import GapCause
from foundation.clock import SHANGHAI

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | float | int | datetime | None
#: Column → number format.
SHARES, SIZES, DEGREES = "0.0%", "#,##0.0", "0.000000"
HEAD = PatternFill("solid", fgColor="DCE6EF")
#: A spreadsheet would read text that begins so as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 44


def make_workbook(contents: Contents) -> MadeFile:
    """One sheet each for the sites, their requirements, gaps, cameras and causes."""
    words, book = Words(contents.about.language), Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = contents.about.title
    _sheet(book, words, "sites", _site_rows(contents, words))
    _sheet(book, words, "requirements", _requirement_rows(contents, words))
    _sheet(book, words, "gaps", _gap_rows(contents, words))
    _sheet(book, words, "cameras", _camera_rows(contents, words))
    _sheet(book, words, "causes", _cause_rows(contents, words))
    stream = io.BytesIO()
    book.save(stream)
    return MadeFile(data=stream.getvalue(), media_type=MEDIA_TYPE, ending="xlsx")


#: Sheet → columns: word's key, number format.
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "sites": (
        ("code", ""),
        ("site", ""),
        ("required_count", "0"),
        ("met_count", "0"),
        ("unmet", "0"),
        ("unknown_count", "0"),
        ("share", SHARES),
        ("p05", SHARES),
        ("p95", SHARES),
        ("cameras", "0"),
        ("incomplete", "0"),
        ("measured_at", "yyyy-mm-dd hh:mm"),
        ("lon", DEGREES),
        ("lat", DEGREES),
    ),
    "requirements": (
        ("site", ""),
        ("scene", ""),
        ("element", ""),
        ("element_name", ""),
        ("mandatory", ""),
        ("unit", ""),
        ("total", SIZES),
        ("covered", SIZES),
        ("share", SHARES),
        ("p05", SHARES),
        ("p95", SHARES),
        ("live", SHARES),
        ("required_share", SHARES),
        ("state", ""),
        ("cameras", ""),
    ),
    "gaps": (
        ("site", ""),
        ("number", "0"),
        ("scene", ""),
        ("element_name", ""),
        ("cause", ""),
        ("mandatory", ""),
        ("size", SIZES),
        ("unit", ""),
        ("lon", DEGREES),
        ("lat", DEGREES),
    ),
    "cameras": (
        ("site", ""),
        ("code", ""),
        ("camera", ""),
        ("connectivity", ""),
        ("method", ""),
        ("missing", ""),
        ("tags", ""),
        ("azimuth", "0.0"),
        ("footprint", SIZES),
        ("lon", DEGREES),
        ("lat", DEGREES),
    ),
    "causes": (("site", ""), ("scene", ""), ("element_name", ""), ("unit", ""), ("cause", ""), ("size", SIZES)),
}


def _sheet(book: Workbook, words: Words, name: str, rows: Iterable[Sequence[Cell]]) -> None:
    sheet: Worksheet = book.create_sheet(words(f"sheet.{name}"))
    columns = COLUMNS[name]
    sheet.append([words(f"column.{key}") for key, _ in columns])
    for row in rows:
        sheet.append([_plain(value) for value in row])
    for number, (_, number_format) in enumerate(columns, start=1):
        _set_column(sheet, number, number_format)
    for cell in sheet[1]:
        cell.font, cell.fill, cell.alignment = Font(bold=True), HEAD, Alignment(wrap_text=True, vertical="center")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="&P / &N"))


def _set_column(sheet: Worksheet, number: int, number_format: str) -> None:
    letter, longest = get_column_letter(number), 6
    for cell in sheet[letter]:
        text = str(cell.value) if cell.value is not None else ""
        # Chinese characters are about two digits wide
        longest = max(longest, sum(2 if ord(character) > 0x2E7F else 1 for character in text[:WIDEST]))
        if cell.row > 1 and number_format and not isinstance(cell.value, str):
            cell.number_format = number_format
        if isinstance(cell.value, str):
            cell.data_type = "s"
    sheet.column_dimensions[letter].width = min(longest + 2, WIDEST)


def _plain(value: Cell) -> Cell:
    """Times without a zone, as spreadsheets want them, in Shanghai's; text that looks like a formula with a mark before it."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _site_rows(contents: Contents, words: Words) -> Iterable[Sequence[Cell]]:
    for line in contents.lines:
        one = line.summary
        known: Sequence[Cell] = (
            (
                one.required,
                one.met,
                one.unmet,
                one.unknown,
                _or_unknown(one.band.share, words),
                one.band.p05,
                one.band.p95,
                one.cameras,
                one.incomplete,
                one.measured_at,
            )
            if one is not None
            else (words("unknown"), *[None] * 9)
        )
        yield (line.code, line.name, *known, line.at.x, line.at.y)


def _requirement_rows(contents: Contents, words: Words) -> Iterable[Sequence[Cell]]:
    for site in contents.sites:
        for one in site.requirements:
            yield (
                site.line.name,
                one.scene,
                one.element,
                one.element_name,
                words("mandatory") if one.mandatory else words("optional"),
                words(f"unit.{one.measure.value}"),
                one.total,
                one.covered,
                _or_unknown(one.band.share, words),
                one.band.p05,
                one.band.p95,
                _or_unknown(one.live_share, words),
                one.required_share,
                words.met(one.met),
                words.listed(one.cameras),
            )


def _gap_rows(contents: Contents, words: Words) -> Iterable[Sequence[Cell]]:
    for site in contents.sites:
        for gap in site.gaps:
            yield (
                site.line.name,
                gap.number,
                gap.scene,
                gap.element_name,
                words.code("gap_cause", gap.cause.value),
                words("mandatory") if gap.mandatory else words("optional"),
                gap.size,
                words(f"unit.{gap.measure.value}"),
                gap.at.x,
                gap.at.y,
            )


def _camera_rows(contents: Contents, words: Words) -> Iterable[Sequence[Cell]]:
    for site in contents.sites:
        for one in site.cameras:
            yield (
                site.line.name,
                one.code,
                one.name,
                words.code("connectivity", one.connectivity.value),
                words.code("footprint_method", one.method.value),
                words.listed(one.missing) if one.missing else None,
                words.listed([words.code("camera_tag", tag) for tag in one.tags]),
                one.azimuth_deg,
                one.footprint_area_m2,
                one.at.x if one.at else None,
                one.at.y if one.at else None,
            )


def _cause_rows(contents: Contents, words: Words) -> Iterable[Sequence[Cell]]:
    for site in contents.sites:
        for one in site.requirements:
            sizes = dict(one.causes)
            for cause in (cause for cause in GapCause if sizes.get(cause)):
                unit = words(f"unit.{one.measure.value}")
                yield (site.line.name, one.scene, one.element_name, unit, words.code("gap_cause", cause.value), sizes[cause])


def _or_unknown(share: float | None, words: Words) -> float | str:
    return words("unknown") if share is None else share
