"""The big screen as the command centre sees it: opened by a key, true, never scrolling, going on its tour by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_cameras import sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
WIDE = (3840, 1080)


def wall_key(visit: Open) -> str:
    page = visit("sysadmin", DESKTOP)
    account = next(one for one in told(page, "/api/v1/users?size=200")["items"] if one["login"] == "screen")
    return str(sent(page, "POST", "/api/v1/api-keys", {"name": "一号屏", "user_id": account["id"]})["key"])


def test_a_wall_opens_with_the_key_in_its_address_and_tells_the_figures_of_the_api(visit: Open) -> None:
    page = visit(None, DESKTOP)
    page.go(f"/screen?token={wall_key(visit)}")
    expect(page.page.locator("h1")).to_have_text("交通工程空间监管指挥大屏")
    figures = told(page, "/api/v1/screen/overview")
    coverage = figures["coverage"]
    expect(page.page.locator("[data-kpi=sites]")).to_have_text(str(figures["works"]["by_state"]["in_construction"]))
    expect(page.page.locator("[data-kpi=coverage]")).to_have_text(f"{coverage['share'] * 100:.1f}%")
    unwatched = coverage["unwatched"] + coverage["sites"] - coverage["measured"]
    expect(page.page.locator("[data-kpi=unwatched]")).to_have_text(str(unwatched))
    unmeasured = next(one for one in coverage["districts"] if one["share"] is None)
    expect(page.page.locator(f"[data-district='{unmeasured['code']}']")).to_contain_text("未知")


def test_a_wrong_key_leads_to_the_sign_in_page(visit: Open) -> None:
    page = visit(None, DESKTOP, expect=("403",))
    page.go("/screen?token=gwk_wrong")
    page.page.wait_for_url("**/sign-in?next=**")


@pytest.mark.parametrize("size", [DESKTOP, WIDE, (1366, 768), (2560, 1440)])
def test_a_wall_never_scrolls_and_cuts_nothing_off(visit: Open, size: tuple[int, int]) -> None:
    page = visit("screen", size)
    page.go("/screen")
    expect(page.page.locator("[data-district]").first).to_be_visible()
    page.settle()
    assert page.page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == list(size)
    cut = page.page.evaluate(
        "() => [...document.querySelectorAll('.panel .body')].filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    )
    assert cut == 0


def test_a_district_is_looked_at_when_it_is_chosen_and_the_arrows_go_on(visit: Open) -> None:
    page = visit("screen", DESKTOP)
    page.go("/screen")
    page.settle()
    before = page.page.evaluate("() => window.__map.getZoom()")
    page.page.click("[data-district='310101']")
    expect(page.page.locator(".where")).to_have_text("黄浦区")
    page.until(f"() => window.__map.getZoom() > {before}")
    page.page.keyboard.press("Home")
    expect(page.page.locator(".where")).to_have_text("上海市")
    page.page.keyboard.press("ArrowRight")
    first = told(page, "/api/v1/screen/overview")["coverage"]["districts"][0]["name_zh"]
    expect(page.page.locator(".where")).to_have_text(first)


def test_the_tour_goes_on_by_itself_and_space_holds_it(visit: Open) -> None:
    page = visit("screen", DESKTOP)
    page.go("/screen?tour=2")
    expect(page.page.locator(".where")).not_to_have_text("上海市", timeout=6_000)
    page.page.keyboard.press(" ")
    held = page.page.locator(".where").inner_text()
    page.page.wait_for_timeout(2_500)
    expect(page.page.locator(".where")).to_have_text(held)


def test_a_figure_says_what_it_means_and_a_site_is_a_link(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    page.go("/screen")
    page.page.locator(".kpi button").nth(2).click()
    expect(page.page.locator(".meaning")).to_contain_text("不知道不等于安全")
    page.page.locator(".left.column .rows button").last.click()
    page.page.wait_for_url("**/console/sites/*")


def test_a_lost_connection_is_told_and_the_last_figures_stand(visit: Open) -> None:
    page = visit("screen", DESKTOP, expect=("ERR_", "Failed to load"))
    page.page.clock.install()
    page.go("/screen")
    shown = page.page.locator("[data-kpi=sites]").inner_text()
    page.page.route("**/api/v1/screen/overview", lambda route: route.abort())
    page.page.clock.run_for(11_000)
    expect(page.page.locator(".banner")).to_contain_text("连接中断")
    expect(page.page.locator("[data-kpi=sites]")).to_have_text(shown)


def test_the_wall_is_accessible_and_readable_on_a_phone(visit: Open) -> None:
    page = visit("screen", DESKTOP)
    page.go("/screen")
    expect(page.page.locator("[data-district]").first).to_be_visible()
    assert serious(page) == []
    phone = visit("screen", PHONE)
    phone.go("/screen")
    expect(phone.page.locator("[data-district]").first).to_be_visible()
    assert phone.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
