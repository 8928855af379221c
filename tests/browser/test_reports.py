"""Coverage gap reports as people order them: asked for, watched while they are made, downloaded, thrown away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_cameras import told
from tests.browser.test_console import serious
from tests.browser.test_coverage import watched_site

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def test_a_report_of_a_site_is_ordered_made_and_downloaded_as_a_document(visit: Open, tmp_path: Path) -> None:
    page = visit("director")
    site, _ = watched_site(page)
    page.go(f"/console/reports?site={site}")
    expect(page.page.locator("[data-t=pick-site]")).to_contain_text(told(page, f"/api/v1/sites/{site}")["name"])
    page.page.click("[data-t=ask]")
    first = page.page.locator("[data-t=reports] li").first
    expect(first).to_have_attribute("data-state", "ready", timeout=60_000)
    assert serious(page) == []
    with page.page.expect_download() as coming:
        first.locator("[data-t^=download-]").click()
    assert coming.value.suggested_filename.endswith(".pdf")
    kept = tmp_path / "report.pdf"
    coming.value.save_as(kept)
    assert kept.read_bytes().startswith(b"%PDF")
    first.locator("[data-t^=remove-]").click()
    expect(page.page.locator("[data-t=reports] li")).to_have_count(0)


def test_one_cannot_order_before_the_scope_is_said(visit: Open) -> None:
    page = visit("officer")
    page.go("/console/reports")
    page.page.click("[data-t=scope-district]")
    expect(page.page.locator("[data-t=ask]")).to_be_disabled()
    page.page.click("[data-t=pick-district]")
    page.page.locator(".el-select-dropdown__item:visible").first.click()
    expect(page.page.locator("[data-t=ask]")).to_be_enabled()


@pytest.mark.parametrize("dark", [False, True])
def test_reports_can_be_ordered_on_a_phone(visit: Open, dark: bool) -> None:
    page = visit("director", PHONE, dark=dark)
    page.go("/console/reports")
    expect(page.page.locator("[data-t=ask]")).to_be_visible()
    assert page.page.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
    assert serious(page) == []
