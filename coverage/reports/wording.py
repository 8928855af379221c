"""Words and numbers of a report in its language. What is unknown says so; it is never printed as zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shapely import Point

from coverage.reports.values import Band, RequirementLine
from coverage.states import Measure
from foundation.clock import SHANGHAI
from foundation.labels import Language, label

NOTHING = "—"
_DIGITS = {Measure.AREA: 0, Measure.LENGTH: 1, Measure.COUNT: 0}


class Words:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **params: Any) -> str:
        """The words of ``report.<key>``."""
        return label(f"report.{key}", self.language, **params)

    def code(self, table: str, code: str) -> str:
        """The words of a code."""
        return label(f"{table}.{code}", self.language)

    def listed(self, items: Sequence[str]) -> str:
        """Several words in a row, or a dash."""
        return ("、" if self.language == "zh" else ", ").join(items) or NOTHING

    def share(self, share: float | None) -> str:
        """A percentage, or "unknown"."""
        return self("unknown") if share is None else percent(share)

    def band(self, band: Band) -> str:
        """The interval of a share."""
        if band.share is None or band.p05 is None or band.p95 is None:
            return NOTHING
        return f"{band.p05 * 100:.1f}–{percent(band.p95)}"

    def met(self, met: bool | None) -> str:
        """Met, not met, or unknown."""
        return self("unknown") if met is None else self("met") if met else self("unmet")

    def size(self, size: float, measure: Measure) -> str:
        """A size with its unit."""
        return f"{size:,.{_DIGITS[measure]}f} {self(f'unit.{measure.value}')}"

    def day(self, at: datetime) -> str:
        """The Shanghai day."""
        local = at.astimezone(SHANGHAI)
        return f"{local.year}年{local.month}月{local.day}日" if self.language == "zh" else f"{local:%d %B %Y}".lstrip("0")

    def minute(self, at: datetime) -> str:
        """Shanghai day and time."""
        return f"{self.day(at)} {at.astimezone(SHANGHAI):%H:%M}"


def percent(share: float) -> str:
    """A percentage with one decimal."""
    return f"{share * 100:.1f}%"


def digits_of(measure: Measure) -> int:
    """Decimals a size is printed with."""
    return _DIGITS[measure]


def place(at: Point) -> str:
    """Longitude and latitude to about a decimetre."""
    return f"{at.x:.6f}, {at.y:.6f}"


def printed_causes(line: RequirementLine) -> tuple[dict[str, float], float]:
    """A requirement's causes as they are printed, and their sum: rounded so that the row adds up to total less covered.

    The largest remainders are rounded up until the sum is right, as seats are given out in elections.
    """
    unit = 10.0 ** -digits_of(line.measure)
    wanted = round((line.total - line.covered) / unit)
    sizes = {cause.value: size / unit for cause, size in line.causes}
    floors = {cause: int(size) for cause, size in sizes.items()}
    short = wanted - sum(floors.values())
    order = sorted(sizes, key=lambda cause: floors[cause] - sizes[cause])
    for cause in order[: max(0, short)]:
        floors[cause] += 1
    return {cause: count * unit for cause, count in floors.items()}, sum(floors.values()) * unit
