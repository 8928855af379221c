"""From what is missing to what will stand: cameras suggested as ghosts, taken into a plan, reviewed, held against reality."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_cameras import sent, told
from tests.browser.test_console import serious
from tests.browser.test_coverage import watched_site

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def ghosts(page: Visit, part: str) -> int:
    found: int = page.page.evaluate(
        "(part) => new Set(window.__map.querySourceFeatures('ghosts', { filter: ['==', ['get', 'part'], part] })"
        ".map((one) => one.properties.id)).size",
        part,
    )
    return found


def suggested(page: Visit, site: int) -> None:
    page.go(f"/console/sites/{site}/placement?e2e=1")
    page.settle()
    page.page.locator("[data-t=most] input").fill("3")
    page.page.locator("[data-t=most] input").press("Tab")
    page.page.click("[data-t=ask]")
    expect(page.page.locator("[data-t=predicted]")).to_be_visible(timeout=60_000)


def planned(page: Visit, site: int) -> int:
    """A plan of suggested cameras, submitted."""
    suggested(page, site)
    page.page.click("[data-t=accept]")
    page.page.wait_for_url("**/plans/*")
    number = int(page.page.url.rsplit("/", 1)[1].split("?")[0])
    page.page.click("[data-t=submit]")
    expect(page.page.locator("[data-code=submitted]")).to_be_visible()
    return number


def sites_watched(page: Visit) -> list[int]:
    lines = told(page, "/api/v1/coverage/sites?size=200")["items"]
    return [line["site_id"] for line in lines if line["coverage"]["measured"] and line["coverage"]["cameras"]]


def test_suggested_cameras_are_ghosts_that_can_be_unticked(visit: Open) -> None:
    page = visit("director")
    site, _ = watched_site(page)
    suggested(page, site)
    page.settle()
    ticked = page.page.locator(".one input[type=checkbox]:checked")
    before = ticked.count()
    assert 0 < before == ghosts(page, "camera")
    assert serious(page) == []
    ticked.first.uncheck()
    page.until(
        "() => new Set(window.__map.querySourceFeatures('ghosts', { filter: ['==', ['get', 'part'], 'camera'] })"
        f".map((one) => one.properties.id)).size === {before - 1}"
    )
    assert told(page, f"/api/v1/sites/{site}/plans")["items"] == []  # nothing was kept


def test_a_forbidden_zone_is_drawn_and_no_new_pole_stands_in_it(visit: Open) -> None:
    page = visit("director")
    site, _ = watched_site(page)
    suggested(page, site)
    answer = sent(page, "POST", f"/api/v1/sites/{site}/placement", {"most_cameras": 3})
    lon, lat = answer["new_cameras"][0]["pose"]["location"]
    page.page.click("[data-t=forbid]")
    page.page.evaluate("(center) => window.__map.jumpTo({ center, zoom: 18 })", [lon, lat])
    x, y = page.pixel(lon, lat)
    for right, down in ((-60, -60), (60, -60), (60, 60), (-60, 60)):
        page.page.mouse.click(x + right, y + down)
        page.page.wait_for_timeout(120)
    page.page.click("[data-t=zone-keep]")
    expect(page.page.locator(".zones")).to_contain_text("1")
    with page.page.expect_response(lambda one: one.url.endswith("/placement") and one.request.method == "POST") as coming:
        page.page.click("[data-t=ask]")
    places = [one["pose"]["location"] for one in coming.value.json()["new_cameras"]]
    assert all(abs(one[0] - lon) > 2e-5 or abs(one[1] - lat) > 2e-5 for one in places)


def test_a_plan_goes_from_suggestion_through_review_to_what_is_outstanding(visit: Open) -> None:
    page = visit("contractor")
    site = sites_watched(page)[-1]
    number = planned(page, site)
    assert serious(page) == []
    prediction = page.page.locator("[data-t=prediction]")
    expect(prediction).to_contain_text("→")
    reviewer = visit("reviewer")
    reviewer.go("/console/queue")
    reviewer.page.click(f"[data-t=plan-queue] a[href$='/sites/{site}/plans/{number}']")
    reviewer.page.wait_for_url("**/plans/*")
    reviewer.page.fill("[data-t=opinion]", "同意按此布点")
    reviewer.page.click("[data-t=approve]")
    expect(reviewer.page.locator("[data-t=progress]")).to_be_visible()
    items = reviewer.page.locator("[data-t=items] li")
    expect(items.first).to_have_attribute("data-state", "planned")
    assert told(reviewer, f"/api/v1/sites/{site}/plans/{number}")["opinion"] == "同意按此布点"
    assert serious(reviewer) == []


def test_a_plan_is_returned_with_a_reason_changed_and_submitted_again(visit: Open) -> None:
    page = visit("contractor")
    site = sites_watched(page)[-2]
    number = planned(page, site)
    reviewer = visit("reviewer", expect=("422",))
    reviewer.go(f"/console/sites/{site}/plans/{number}")
    reviewer.page.click("[data-t=return]")
    expect(reviewer.page.locator("[data-t=failure]")).to_be_visible()
    reviewer.page.fill("[data-t=opinion]", "1号高度不足")
    reviewer.page.click("[data-t=return]")
    expect(reviewer.page.locator("[data-code=returned]")).to_be_visible()
    page.page.reload()
    page.page.click("[data-t=edit-0]")
    page.page.locator("[data-t=item-height_m] input").fill("9")
    page.page.locator("[data-t=item-height_m] input").press("Tab")
    page.page.click("[data-t=item-save]")
    expect(page.page.locator("[data-t=items] li").first).to_contain_text("高 9 m")
    page.page.click("[data-t=submit]")
    expect(page.page.locator("[data-code=submitted]")).to_be_visible()


def test_devices_of_a_draft_are_dragged_on_the_map(visit: Open) -> None:
    page = visit("director")
    site = sites_watched(page)[-3]
    place = told(page, f"/api/v1/sites/{site}")["location"]
    item: dict[str, Any] = {
        "name": "拖动", "device_class": "camera",
        "pose": {
            "location": place, "azimuth_deg": 0, "hfov_deg": 60, "range_m": 40, "width_px": 1920, "height_px": 1080,
            "height_m": 6, "tilt_deg": 20,
        },
    }  # fmt: skip
    made = sent(page, "POST", f"/api/v1/sites/{site}/plans", {"items": [item]})
    page.go(f"/console/sites/{site}/plans/{made['number']}?e2e=1")
    page.settle()
    page.page.locator("[data-t=items] .what").first.click()
    page.page.wait_for_timeout(600)
    box = page.page.locator(".maplibregl-marker").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 6
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 12, y + 6, steps=4)
    with page.page.expect_response(lambda one: one.request.method == "PUT"):
        page.page.mouse.up()
    moved = told(page, f"/api/v1/sites/{site}/plans/{made['number']}")["items"][0]["pose"]["location"]
    assert moved != place


@pytest.mark.parametrize("path", ["placement", "plans"])
@pytest.mark.parametrize("dark", [False, True])
def test_placing_and_planning_fit_a_phone(visit: Open, path: str, dark: bool) -> None:
    page = visit("director", PHONE, dark=dark)
    site, _ = watched_site(page)
    page.go(f"/console/sites/{site}/{path}")
    page.page.wait_for_timeout(300)
    assert page.page.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
    assert serious(page) == []
