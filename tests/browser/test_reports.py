"""Reports as people order them: chosen, followed while they are made, downloaded, thrown away, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from coverage.models import CoverageReport
from foundation.database import Database, open_database
from foundation.jobs import build_app
from foundation.settings import Data, Settings
from foundation.settings import Database as DatabaseSettings
from foundation.viewer import SYSTEM
from foundation.work import work
from ops.postgres import PostgresCluster
from sites.visibility import visible_sites
from tests.browser.conftest import AT_WORK, DESKTOP, PHONE, Visit
from tests.browser.test_cameras import sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
REPORTS = "/api/v1/reports/coverage"


class Worker:
    """The job worker beside the server, which works when it is told to."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database

    def work_off(self) -> None:
        # in a thread of its own: the browser's driver has an event loop in this one
        with ThreadPoolExecutor(1) as pool:
            pool.submit(self._work_off).result()

    def _work_off(self) -> None:
        with build_app(self._settings, self._database).open() as app:
            app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)

    def stand(self, report_id: int, **state: Any) -> None:
        """A report as it stands in the middle of its making, or after a fault of the machine."""
        with work(self._database, SYSTEM) as unit:
            unit.session.execute(update(CoverageReport).where(CoverageReport.id == report_id).values(**state))


@pytest.fixture
def worker(address: str, cluster: PostgresCluster, tmp_path: Path) -> Iterator[Worker]:
    settings = Settings(database=DatabaseSettings(url=cluster.url("browser")), data=Data(folder=tmp_path))
    database = open_database(settings.database, visible_sites)
    with AT_WORK:
        yield Worker(settings, database)
    database.engine.dispose()


def measured_site(page: Visit) -> dict[str, Any]:
    lines = told(page, "/api/v1/coverage/sites")["items"]
    found: dict[str, Any] = next(one for one in lines if one["coverage"]["measured"])
    return found


def cleared(page: Visit) -> None:
    token = told(page, "/api/v1/session")["csrf_token"]
    for one in told(page, REPORTS)["items"]:
        page.page.request.delete(f"{page.address}{REPORTS}/{one['id']}", headers={"X-CSRF-Token": token})


def asked(page: Visit, **wanted: Any) -> int:
    return int(sent(page, "POST", REPORTS, {"scope": "city"} | wanted)["id"])


def row(page: Visit, report_id: int) -> Any:
    return page.page.locator(f"[data-report='{report_id}']")


def test_a_site_leads_to_its_report_which_is_ordered_followed_and_downloaded_as_pdf(
    visit: Open, worker: Worker, tmp_path: Path
) -> None:
    page = visit("officer", DESKTOP)
    cleared(page)
    site = measured_site(page)
    page.go(f"/console/sites/{site['site_id']}")
    page.page.click("[data-t=coverage-report]")
    page.page.wait_for_url(f"**/console/reports?site={site['site_id']}")
    expect(page.page.locator("[data-t=order]")).to_contain_text(site["name"])
    expect(page.page.locator("[data-t=empty]")).to_contain_text("缺口成因")
    page.page.click("[data-t=order-send]")
    report = page.page.locator("[data-t=report]")
    expect(report).to_have_attribute("data-state", "waiting")
    expect(report).to_contain_text(site["name"])
    expect(report.locator("[data-t=download]")).to_have_count(0)
    worker.work_off()
    expect(report).to_have_attribute("data-state", "ready", timeout=30_000)
    with page.page.expect_download() as waited:
        report.locator("[data-t=download]").click()
    name = waited.value.suggested_filename
    assert site["name"] in name
    assert name.endswith(".pdf")
    made = told(page, REPORTS)["items"][0]
    assert made["finished_at"] is not None
    path = tmp_path / "report.pdf"
    waited.value.save_as(path)
    assert path.read_bytes().startswith(b"%PDF")
    assert path.stat().st_size == made["size_bytes"]
    size = f"{made['size_bytes'] / 1000:,.0f} kB" if made["size_bytes"] < 1_000_000 else f"{made['size_bytes'] / 1e6:.1f} MB"
    expect(report).to_contain_text(size)


def test_what_is_chosen_is_in_the_address_and_what_is_made(visit: Open, worker: Worker) -> None:
    page = visit("officer", DESKTOP)
    cleared(page)
    page.go("/console/reports?district=310115&format=xlsx&language=en")
    expect(page.page.locator("[data-t=scope-district]")).to_be_checked()
    expect(page.page.locator("[data-t=format-xlsx]")).to_be_checked()
    page.page.locator("[data-t=format-gpkg]").check()
    page.page.wait_for_url("**/console/reports?district=310115&format=gpkg&language=en")
    page.page.click("[data-t=order-send]")
    expect(page.page.locator("[data-t=report]")).to_have_count(1)
    made = told(page, REPORTS)["items"][0]
    assert (made["scope"], made["district_code"], made["format"], made["language"]) == ("district", "310115", "gpkg", "en")
    worker.work_off()
    expect(page.page.locator("[data-t=report]")).to_have_attribute("data-state", "ready", timeout=30_000)
    with page.page.expect_download() as waited:
        page.page.click("[data-t=download]")
    assert Path(waited.value.path()).read_bytes().startswith(b"SQLite format 3")
    assert waited.value.suggested_filename.endswith(".gpkg")


def test_an_area_must_be_chosen_first(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    cleared(page)
    page.go("/console/reports")
    page.page.click("[data-t=order-send]")
    expect(page.page.locator("[data-t=order-failure]")).to_have_text("请先选择工地。")
    page.page.locator("[data-t=scope-district]").check(force=True)
    page.page.click("[data-t=order-send]")
    expect(page.page.locator("[data-t=order-failure]")).to_have_text("请先选择行政区。")
    assert told(page, REPORTS)["total"] == 0


def test_a_report_on_its_way_tells_how_far_it_is_and_is_cancelled(visit: Open, worker: Worker) -> None:
    page = visit("officer", DESKTOP)
    cleared(page)
    report_id = asked(page)
    page.go("/console/reports")
    expect(row(page, report_id)).to_contain_text("等待中")
    worker.stand(report_id, state="running", done_share=0.4)
    expect(row(page, report_id)).to_contain_text("40%")
    worker.stand(report_id, done_share=0.7)
    expect(row(page, report_id)).to_contain_text("70%")
    row(page, report_id).get_by_role("button", name="取消").click()
    expect(page.page.locator("[data-t=empty]")).to_be_visible()
    assert told(page, REPORTS)["total"] == 0


def test_a_failure_is_told_in_its_sentence_and_the_report_is_made_anew(visit: Open, worker: Worker) -> None:
    page = visit("officer", DESKTOP)
    cleared(page)
    report_id = asked(page, format="xlsx")
    worker.stand(report_id, state="failed", failure="报告未能生成。请稍后再试。")
    page.go("/console/reports")
    expect(row(page, report_id)).to_contain_text("报告未能生成。请稍后再试。")
    row(page, report_id).locator("[data-t=again]").click()
    expect(row(page, report_id)).to_have_count(0)
    renewed = page.page.locator("[data-t=report]")
    expect(renewed).to_have_attribute("data-state", "waiting")
    worker.work_off()
    expect(renewed).to_have_attribute("data-state", "ready", timeout=30_000)
    page.page.once("dialog", lambda question: question.accept())
    renewed.locator("[data-t=remove]").click()
    expect(renewed).to_have_count(0)


def test_only_districts_with_sites_one_may_see_are_offered(visit: Open) -> None:
    page = visit("pudong", DESKTOP)
    page.go("/console/reports?scope=district")
    page.page.locator("[data-t=pick-district]").click()
    offered = page.page.locator(".el-select-dropdown__item:visible")
    seen = [one for one in told(page, "/api/v1/districts") if one["site_count"] > 0]
    assert 0 < len(seen) < len(told(page, "/api/v1/districts"))
    expect(offered).to_have_text([f"{one['name_zh']}（{one['site_count']} 个工地）" for one in seen])


def test_who_may_not_make_reports_is_told_so(visit: Open) -> None:
    page = visit("sysadmin", DESKTOP)
    page.go("/console/reports")
    expect(page.page.locator("main")).to_contain_text("无权")
    expect(page.page.locator("nav")).not_to_contain_text("报告")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_reports_page_is_accessible_in_both_themes_and_fits_a_phone(visit: Open, worker: Worker, dark: bool) -> None:
    page = visit("officer", DESKTOP, dark=dark)
    cleared(page)
    page.go("/console/reports?scope=city")
    expect(page.page.locator("[data-t=empty]")).to_be_visible()
    assert serious(page) == []
    states = [{"state": "running", "done_share": 0.3}, {"state": "failed", "failure": "失败"}, {}]
    for state in states:
        report_id = asked(page)
        if state:
            worker.stand(report_id, **state)
    page.go("/console/reports?scope=city")
    expect(page.page.locator("[data-t=report]")).to_have_count(3)
    assert serious(page) == []
    page.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    cleared(page)
