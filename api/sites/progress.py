"""标绘进度: the board, its export, reminders, and what waits for review."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from openpyxl import Workbook
from pydantic import BaseModel, Field

from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import In
from api.language import LanguageDep
from api.sites.filters import SiteFilterDep
from api.sites.shapes import SiteSummary, summaries
from foundation.labels import Language, label
from foundation.work import Work
from sites.models import Site
from sites.progress import Progress, late_among, progress_of, remind, totals_by_state
from sites.queries import SiteFilter, list_sites
from sites.states import OpeningState, PlottingState
from spatial.plan_layers import PlanLayer

router = APIRouter(prefix="/plotting", tags=["plotting progress"])
Table = list[Sequence[str | float]]
#: Rows of an export; the whole city fits.
MOST_ROWS = 20_000
COLUMNS = (
    "code",
    "name",
    "districts",
    "specialty",
    "plotting_state",
    "percent",
    "boundary",
    "zones",
    "devices",
    "due_on",
    "late",
    "missing",
)


class ShareOut(BaseModel):
    """So many of so many."""

    present: int
    required: int


class LocatedOut(BaseModel):
    """Devices with a place on the site, of all."""

    located: int
    total: int


class LayerProgress(BaseModel):
    """One mandatory layer."""

    layer: PlanLayer
    present: bool
    required: bool = True


class ProgressOut(BaseModel):
    """How complete one site's plot is; ``devices`` is null when none is registered."""

    site: SiteSummary
    boundary: bool
    zones: ShareOut
    devices: LocatedOut | None
    percent: float
    state: str
    due_on: date | None
    late: bool
    layers: list[LayerProgress]


class TotalsOut(BaseModel):
    """Sites per state; they add up to ``sites``."""

    by_state: dict[str, int]
    sites: int


class ProgressPage(BaseModel):
    """One page of the board."""

    items: list[ProgressOut]
    totals: TotalsOut
    total: int
    page: int
    size: int


class ReminderIn(In):
    """Whom to remind."""

    site_ids: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(min_length=1, max_length=500)
    message: str | None = Field(None, max_length=500)


class ReminderOut(BaseModel):
    """How many reminders were sent."""

    sent: int


class ReviewQueue(BaseModel):
    """What waits for the station."""

    plots: list[SiteSummary]
    openings: list[SiteSummary]


@router.get("/progress")
def progress(
    work: ReadWorkDep,
    wanted: SiteFilterDep,
    page: PageDep,
    sort: Literal["id", "name", "plotting_percent", "-plotting_percent", "due_on", "-due_on"] = "due_on",
) -> ProgressPage:
    """One page of the progress board, with totals over everything that matches."""
    work.require("read_progress")
    found, total = list_sites(work, wanted, sort=sort, limit=page.size, offset=page.offset)
    totals = totals_by_state(work, wanted)
    return ProgressPage(
        items=_rows(work, list(found)),
        totals=TotalsOut(by_state=totals, sites=sum(totals.values())),
        total=total,
        page=page.number,
        size=page.size,
    )


@router.get("/export", response_class=Response)
def export(
    work: ReadWorkDep, wanted: SiteFilterDep, language: LanguageDep, format: Annotated[Literal["xlsx", "csv"], Query()] = "xlsx"
) -> Response:
    """The board as a table."""
    work.require("read_progress")
    found, _ = list_sites(work, wanted, sort="due_on", limit=MOST_ROWS)
    header = [label(f"plotting.export.{column}", language) for column in COLUMNS]
    table: Table = [header, *(_cells(row, language) for row in _rows(work, list(found)))]
    data, media_type = _csv(table) if format == "csv" else _xlsx(table)
    headers = {"Content-Disposition": f'attachment; filename="plotting-progress.{format}"'}
    return Response(data, media_type=media_type, headers=headers)


@router.post("/reminders")
def send_reminders(work: WorkDep, reminders: ReminderIn) -> ReminderOut:
    """Remind those who should plot these sites."""
    return ReminderOut(sent=remind(work, reminders.site_ids, reminders.message))


@router.get("/review-queue")
def review_queue(work: ReadWorkDep) -> ReviewQueue:
    """Plots and openings that wait for the station, the oldest first."""
    work.require("read_progress")
    plots, _ = list_sites(work, SiteFilter(plotting_state=PlottingState.SUBMITTED), sort="updated_at", limit=200)
    openings, _ = list_sites(work, SiteFilter(opening_state=OpeningState.SUBMITTED), sort="updated_at", limit=200)
    return ReviewQueue(plots=summaries(work, plots), openings=summaries(work, openings))


def _rows(work: Work, sites: list[Site]) -> list[ProgressOut]:
    computed, late = progress_of(work, sites), late_among(work, [site.id for site in sites])
    return [_row(summary, computed[summary.id], summary.id in late) for summary in summaries(work, sites)]


def _row(site: SiteSummary, one: Progress, late: bool) -> ProgressOut:
    layers = [LayerProgress(layer=PlanLayer.BOUNDARY, present=one.boundary)]
    layers += [LayerProgress(layer=layer, present=layer in one.zones_present) for layer in one.zones_required]
    return ProgressOut(
        site=site,
        boundary=one.boundary,
        zones=ShareOut(present=len(one.zones_present), required=len(one.zones_required)),
        devices=LocatedOut(located=one.devices.located, total=one.devices.total) if one.devices else None,
        percent=one.percent,
        state=site.plotting_state,
        due_on=site.due_on,
        late=late,
        layers=layers,
    )


def _cells(row: ProgressOut, language: Language) -> list[str | float]:
    names = [district.name_zh if language == "zh" else district.name_en for district in row.site.districts]
    missing = [label(f"plan_layer.{one.layer}", language) for one in row.layers if not one.present]
    devices = f"{row.devices.located}/{row.devices.total}" if row.devices else label("plotting.no_devices", language)
    return [
        row.site.code or "",
        _inert(row.site.name),
        "、".join(names),
        label(f"specialty.{row.site.specialty}", language),
        label(f"plotting_state.{row.state}", language),
        row.percent,
        label("yes" if row.boundary else "no", language),
        f"{row.zones.present}/{row.zones.required}",
        devices,
        row.due_on.isoformat() if row.due_on else "",
        label("yes" if row.late else "no", language),
        "、".join(missing),
    ]


def _inert(text: str) -> str:
    """A name that a spreadsheet would run as a formula is written as text."""
    return "'" + text if text[:1] in "=+-@\t\r" else text


def _csv(table: Table) -> tuple[bytes, str]:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"


def _xlsx(table: Table) -> tuple[bytes, str]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("progress")
    for row in table:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
