"""Asking for a report, the job that makes it, reading and deleting it. A report is its asker's alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import undefer

from access.models import UserAccount
from access.viewers import viewer_of_user
from coverage.errors import ReportNotFound, ReportNotReady
from coverage.models import CoverageReport
from coverage.reports.contents import Progress, read_contents, title_of
from coverage.reports.values import Contents, MadeFile, Wanted
from coverage.states import ReportScope, ReportState
from foundation import audit
from foundation.clock import business_day
from foundation.database import Database
from foundation.jobs import defer, long_job
from foundation.labels import Language, label
from foundation.log import get_log
from foundation.problems import Problem
from foundation.viewer import SYSTEM, Viewer
from foundation.work import Work, work
from sites.models import Site

#: Share of the work that is done when everything is read.
READ_SHARE = 0.5


def ask_for_report(work: Work, wanted: Wanted) -> CoverageReport:
    """Queue a report; refuses a site or a district that the viewer does not see."""
    work.require("make_report")
    report = CoverageReport(
        user_id=work.viewer.user_id,
        scope=wanted.scope.value,
        site_id=wanted.site_id,
        district_code=wanted.district_code,
        title=title_of(work, wanted),
        language=wanted.language,
        format=wanted.format,
    )
    work.session.add(report)
    work.session.flush()
    audit.record(work, "report_asked_for", "coverage_report", report.id, site_id=report.site_id)
    # one user's reports are made one after the other, so that nobody holds up everybody
    defer(work, "make_report", lock=f"report-{report.user_id}", report_id=report.id)
    return report


def reports_of(work: Work) -> Sequence[CoverageReport]:
    """The viewer's own reports, the latest first."""
    work.require("make_report")
    return work.session.scalars(select(CoverageReport).where(*_own(work)).order_by(CoverageReport.id.desc())).all()


def report_of(work: Work, report_id: int) -> CoverageReport:
    """One report of the viewer's own."""
    work.require("make_report")
    found = work.session.scalars(select(CoverageReport).where(CoverageReport.id == report_id, *_own(work))).one_or_none()
    if found is None:
        raise ReportNotFound
    return found


def file_of(work: Work, report_id: int) -> tuple[CoverageReport, bytes]:
    """The finished file."""
    report = report_of(work, report_id)
    if report.state != ReportState.READY.value:
        raise ReportNotReady
    read = select(CoverageReport).where(CoverageReport.id == report_id).options(undefer(CoverageReport.body))
    body = work.session.scalars(read.execution_options(populate_existing=True)).one().body
    assert body is not None
    audit.record(work, "report_read", "coverage_report", report.id, site_id=report.site_id)
    return report, body


def file_name(report: CoverageReport) -> str:
    """What the file is called: title, day and ending."""
    day = business_day(report.finished_at or report.created_at).isoformat()
    return f"{report.title}_{day}.{report.format}"


def remove_report(work: Work, report_id: int) -> None:
    """Throw a report away; one that is being made is then thrown away when it is done."""
    report = report_of(work, report_id)
    audit.record(work, "report_removed", "coverage_report", report.id, site_id=report.site_id)
    work.session.delete(report)


def wanted_of(report: CoverageReport) -> Wanted:
    """What was asked for."""
    language: Language = "en" if report.language == "en" else "zh"
    return Wanted(
        scope=ReportScope(report.scope),
        site_id=report.site_id,
        district_code=report.district_code,
        format=report.format,
        language=language,
    )


@long_job("make_report")
def make_report(database: Database, *, report_id: int) -> None:
    """Read with the asker's eyes, make the file, store it; a failure is stored as a sentence the asker can read."""
    started = _start(database, report_id)
    if started is None:
        return
    viewer, wanted = started
    try:
        contents = _read(database, viewer, wanted, lambda share: _tell(database, report_id, share * READ_SHARE))
        made = made_file(contents, wanted.format)
    except Problem as problem:
        _finish(database, report_id, failure=label(f"problem.{problem.slug()}.title", wanted.language))
    except Exception:  # noqa: BLE001  whatever it was, the asker is told, and the log says what
        get_log().exception("report failed", report_id=report_id)
        _finish(database, report_id, failure=label("report.failed", wanted.language))
    else:
        _finish(database, report_id, made=made)


def made_file(contents: Contents, format: str) -> MadeFile:
    """The contents in a format. The makers are loaded when they are needed: each brings a large library."""
    if format == "pdf":
        from coverage.reports.pdf import make_pdf

        return make_pdf(contents)
    if format == "xlsx":
        from coverage.reports.workbook import make_workbook

        return make_workbook(contents)
    from coverage.reports.geopackage import make_geopackage

    return make_geopackage(contents)


def _own(work: Work) -> list[ColumnElement[bool]]:
    """The viewer's own, less those about a site that the viewer no longer sees."""
    visible = or_(CoverageReport.site_id.is_(None), CoverageReport.site_id.in_(select(Site.id)))
    return [CoverageReport.user_id == work.viewer.user_id, visible]


def _start(database: Database, report_id: int) -> tuple[Viewer, Wanted] | None:
    with work(database, SYSTEM) as unit:
        report = unit.session.get(CoverageReport, report_id)
        if report is None:
            return None
        report.state = ReportState.RUNNING.value
        user = unit.session.get_one(UserAccount, report.user_id)
        return viewer_of_user(unit, user), wanted_of(report)


def _read(database: Database, viewer: Viewer, wanted: Wanted, progress: Progress) -> Contents:
    with work(database, viewer, read_only=True) as unit:
        unit.require("make_report")
        return read_contents(unit, wanted, progress)


def _tell(database: Database, report_id: int, share: float) -> None:
    with work(database, SYSTEM) as unit:
        report = unit.session.get(CoverageReport, report_id)
        if report is not None:
            report.done_share = share


def _finish(database: Database, report_id: int, *, made: MadeFile | None = None, failure: str | None = None) -> None:
    with work(database, SYSTEM) as unit:
        report = unit.session.get(CoverageReport, report_id)
        if report is None:
            return
        report.state = (ReportState.READY if made else ReportState.FAILED).value
        report.done_share = 1.0 if made else report.done_share
        report.body, report.failure, report.finished_at = made.data if made else None, failure, unit.now
