"""Incidents as people work on them: a desk, a place on the map, steps with words, and the wall that shows them at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_cameras import plotted_site, sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
INCIDENTS = "/api/v1/incidents"


def reported(page: Visit, **changes: Any) -> dict[str, Any]:
    site = plotted_site(page)
    lon, lat = site["location"]
    given = {
        "kind": "hoarding_missing",
        "severity": "critical",
        "location": {"type": "Point", "coordinates": [lon, lat]},
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    found: dict[str, Any] = sent(page, "POST", INCIDENTS, given | changes)
    return found


def test_an_incident_is_reported_where_somebody_clicks_and_opens_at_once(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    site = plotted_site(page)
    lon, lat = site["location"]
    page.go(f"/console/incidents#17/{lat}/{lon}")
    page.settle()
    page.page.click("[data-t=report]")
    page.click(lon, lat)
    page.page.fill("[data-t=report-note] textarea, textarea[data-t=report-note]", "裸土未覆盖")
    page.page.click("[data-t=report-send]")
    page.until("() => /incidents\\/\\d+/.test(location.pathname)")
    expect(page.page.locator("[data-t=incident-state]")).to_have_attribute("data-state", "detected")
    expect(page.page.locator("[data-t=timeline]")).to_contain_text("裸土未覆盖")
    made = int(page.page.url.split("/incidents/")[1].split("?")[0].split("#")[0])
    page.until(
        "() => window.__map.queryRenderedFeatures({ layers: ['incident-dot'] })"
        f".some((one) => one.id === {made} && one.properties.open)",
        20,
    )


def test_a_step_needs_its_reason_and_then_goes_on(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("422",))
    made = reported(page, kind="shoring")
    page.go(f"/console/incidents/{made['id']}")
    page.page.click("[data-action=mark_false]")
    page.page.click("[data-t=take]")
    expect(page.page.locator(".failure")).to_contain_text("理由")
    page.page.fill("[data-t=opinion] textarea, textarea[data-t=opinion]", "镜头反光")
    page.page.click("[data-t=take]")
    expect(page.page.locator("[data-t=incident-state]")).to_have_attribute("data-state", "false_alarm")
    expect(page.page.locator("[data-t=timeline]")).to_contain_text("镜头反光")


def test_the_desk_is_worked_off_by_keyboard(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    reported(page, kind="lifting_zone", severity="major")
    page.go("/console/incidents")
    waiting = told(page, f"{INCIDENTS}/desk?size=200")["items"]
    expect(page.page.locator("[data-t=incident-rows] li")).to_have_count(len(waiting))
    for key, place in (("j", 0), ("j", 1), ("k", 0)):
        page.page.keyboard.press(key)
        page.until(f"() => location.pathname === '/console/incidents/{waiting[place]['id']}'")
    page.page.keyboard.press("Escape")
    page.until("() => location.pathname === '/console/incidents'")


def test_all_incidents_are_narrowed_by_what_stands_in_the_address(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    page.go("/console/incidents?part=all&kind=dust&overdue=1")
    total = told(page, f"{INCIDENTS}?kind=dust&overdue=true")["total"]
    expect(page.page.locator("[data-t=incident-total]")).to_contain_text(f"{total:,}")


def test_a_new_incident_is_on_the_wall_within_three_seconds_without_a_reload(visit: Open) -> None:
    wall, desk = visit("screen", DESKTOP), visit("officer", DESKTOP)
    wall.go("/screen")
    expect(wall.page.locator("[data-incident]").first).to_be_visible()
    made = reported(desk, kind="fire_or_smoke")
    began = time.monotonic()
    expect(wall.page.locator(f"[data-incident='{made['id']}']")).to_be_visible(timeout=10_000)
    assert time.monotonic() - began < 5
    wall.page.click(f"[data-incident='{made['id']}']")
    wall.page.wait_for_url(f"**/console/incidents/{made['id']}")


def test_somebody_without_a_step_is_told_so(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    made = reported(page, kind="quality_defect", severity="minor")
    contractor = visit("screen", DESKTOP)
    contractor.go(f"/console/incidents/{made['id']}")
    expect(contractor.page.locator("section.detail")).to_contain_text("没有需要您办理的步骤")
    expect(contractor.page.locator("[data-t=report]")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(visit: Open, dark: bool) -> None:
    page = visit("officer", DESKTOP, dark=dark)
    made = reported(page, kind="dust", severity="moderate")
    page.go(f"/console/incidents/{made['id']}?part=all")
    expect(page.page.locator("[data-t=timeline]")).to_be_visible()
    assert serious(page) == []
    page.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
