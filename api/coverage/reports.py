"""Coverage gap reports: asked for, made in the background, fetched by whoever asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Response, status
from pydantic import BaseModel, Field, model_validator

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import In
from coverage.models import CoverageReport
from coverage.reports.making import ask_for_report, file_name, file_of, remove_report, report_of, reports_of
from coverage.reports.values import Wanted
from coverage.states import ReportScope, ReportState
from foundation.labels import Language

router = APIRouter(prefix="/reports/coverage", tags=["reports"])
ReportId = Annotated[int, Path(ge=1, lt=2**63)]
Format = Literal["pdf", "xlsx", "gpkg"]
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}


class ReportIn(In):
    """What the report is about: a site (``site_id``), a district (``district_code``) or the city (neither)."""

    scope: ReportScope
    site_id: int | None = Field(None, ge=1, lt=2**63)
    district_code: str | None = Field(None, pattern=r"^\d{6}$")
    format: Format = "pdf"
    language: Language = "zh"

    @model_validator(mode="after")
    def _names_its_area(self) -> ReportIn:
        named = {ReportScope.SITE: (True, False), ReportScope.DISTRICT: (False, True), ReportScope.CITY: (False, False)}
        if (self.site_id is not None, self.district_code is not None) != named[self.scope]:
            raise ValueError("scope site needs site_id, scope district needs district_code, scope city neither")
        return self


class ReportOut(BaseModel):
    """A report on its way or finished; ``failure`` is a sentence for people."""

    id: int
    scope: ReportScope
    site_id: int | None
    district_code: str | None
    title: str
    format: Format
    language: Language
    state: ReportState
    done_share: float
    failure: str | None
    size_bytes: int | None
    created_at: datetime
    finished_at: datetime | None


class ReportList(BaseModel):
    """Your reports, the latest first."""

    items: list[ReportOut]
    total: int


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def ask(work: WorkDep, wanted: ReportIn) -> ReportOut:
    """Ask for a report; it is made in the background with what you may see."""
    report = ask_for_report(work, Wanted(**wanted.model_dump()))
    work.session.refresh(report)
    return report_out(report)


@router.get("")
def reports(work: ReadWorkDep) -> ReportList:
    """The reports you asked for."""
    found = [report_out(one) for one in reports_of(work)]
    return ReportList(items=found, total=len(found))


@router.get("/{report_id}")
def report(work: ReadWorkDep, report_id: ReportId) -> ReportOut:
    """One of your reports, and how far it is."""
    return report_out(report_of(work, report_id))


@router.get("/{report_id}/file", response_class=Response)
def download(work: WorkDep, report_id: ReportId) -> Response:
    """The file; 409 while it is not finished."""
    found, body = file_of(work, report_id)
    plain = f'attachment; filename="coverage-{found.id}.{found.format}"'
    disposition = f"{plain}; filename*=UTF-8''{quote(file_name(found), safe='')}"
    return Response(body, media_type=MEDIA_TYPES[found.format], headers={"Content-Disposition": disposition})


@router.delete("/{report_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove(work: WorkDep, report_id: ReportId) -> Response:
    """Throw a report away."""
    remove_report(work, report_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def report_out(row: CoverageReport) -> ReportOut:
    """A report as it is answered."""
    return ReportOut(**{name: getattr(row, name) for name in ReportOut.model_fields})
