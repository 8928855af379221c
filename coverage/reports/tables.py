"""Tables of the document."""

from __future__ import annotations

from collections.abc import Sequence

from coverage.reports.markup import Markup, tag
from coverage.reports.wording import NOTHING, Words

#: Heads of columns that hold numbers.
NUMERIC = frozenset(
    {
        "rank",
        "met_of",
        "unmet",
        "unknown_count",
        "share",
        "interval",
        "cameras",
        "total",
        "required",
        "live",
        "number",
        "size",
        "place",
        "unwatched",
        "height",
        "azimuth",
        "tilt",
        "lens",
        "gains_at",
    }
)


def table(words: Words, heads: Sequence[str], rows: Sequence[Markup], class_: str, foot: Markup | None = None) -> Markup:
    """A table whose heads are words of ``report.head``; numbers stand to the right."""
    cells = [
        tag("th", _head(words, head), class_="num" if head in NUMERIC or head.startswith("cause.") else None) for head in heads
    ]
    return tag("table", tag("thead", tag("tr", cells)), tag("tbody", rows), foot, class_=class_)


def _head(words: Words, head: str) -> str:
    return words.code("gap_cause", head.removeprefix("cause.")) if head.startswith("cause.") else words(f"head.{head}")


def row(*cells: object) -> Markup:
    """A row of cells."""
    return tag("tr", [cell if isinstance(cell, Markup) and cell.startswith("<td") else tag("td", cell) for cell in cells])


def num(value: object) -> Markup:
    """A cell with a number."""
    return tag("td", value, class_="num")


def code_cell(code: str | None) -> Markup:
    """A cell with a code."""
    return tag("td", code or NOTHING, class_="code")
