"""What people see and do: sign in, find, plot ten corners, be refused at a crossing, save, review, see the tile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import CHROMIUM, DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
AXE = (Path(__file__).parents[2] / "web_map" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PAGES = {
    "officer": [
        "/console/sites",
        "/console/openings",
        "/console/openings/new",
        "/console/queue",
        "/console/progress",
        "/console/organisations",
    ],
    "sysadmin": ["/console/users", "/console/keys"],
    "secadmin": ["/console/users/4"],
    "audadmin": ["/console/audit"],
}
EVERY_PAGE = [(login, path) for login, paths in PAGES.items() for path in paths]


def serious(visit: Visit) -> list[str]:
    visit.page.evaluate(f"() => {{ {AXE} }}")
    found = visit.page.evaluate("async () => (await window.axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('failureSummary', '')[:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def test_signing_in_leads_to_the_map_and_a_wrong_password_to_a_sentence(visit: Open) -> None:
    page = visit(None, expect=("403",))
    page.go("/sign-in")
    assert serious(page) == []
    page.page.fill("input[name=login]", "officer")
    page.page.fill("input[name=password]", "wrong")
    page.page.click("[data-t=sign-in]")
    expect(page.page.get_by_role("alert")).to_have_text("登录名或密码错误。")
    page.page.get_by_role("button", name="监督员（浦东）").click()
    page.page.click("[data-t=sign-in]")
    page.page.wait_for_url("**/console/sites*")
    expect(page.page.locator("[data-t=site-total]")).to_contain_text("个工地")


@pytest.mark.parametrize(("login", "path"), EVERY_PAGE)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_free_of_errors_and_accessible_in_both_themes(visit: Open, login: str, path: str, dark: bool) -> None:
    page = visit(login, dark=dark)
    page.go(path)
    page.page.wait_for_timeout(300)
    assert serious(page) == []
    assert (
        page.page.evaluate(
            "() => document.body.innerText.match(/\\b[a-z]+\\.[a-zA-Z_.]+\\b/g)?.filter((w) => w.startsWith('s.')) ?? []"
        )
        == []
    )


@pytest.mark.parametrize("path", ["/console/sites", "/console/progress", "/console/openings", "/console/sites/2"])
def test_nothing_scrolls_sideways_on_a_phone(visit: Open, path: str) -> None:
    page = visit("officer", PHONE)
    page.go(path)
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_the_list_and_the_map_show_the_same_sites(visit: Open) -> None:
    page = visit("pudong", DESKTOP)
    page.go("/console/sites")
    page.settle()
    total = int("".join(filter(str.isdigit, page.page.locator("[data-t=site-total]").inner_text())))
    drawn = page.page.evaluate(
        "() => new Set(window.__map.querySourceFeatures('site_labels', {sourceLayer: 'site_labels'}).map((f) => f.id)).size"
    )
    assert drawn == total > 0


def test_a_page_one_may_not_see_names_the_permission(visit: Open) -> None:
    page = visit("contractor")
    page.go("/console/audit")
    expect(page.page.get_by_role("alert")).to_contain_text("查看审计")


def test_a_deep_link_survives_signing_in(visit: Open) -> None:
    page = visit(None)
    page.go("/console/progress?state=returned")
    page.page.fill("input[name=login]", "officer")
    page.page.fill("input[name=password]", "Geowarden-2026")
    page.page.click("[data-t=sign-in]")
    page.page.wait_for_url("**/console/progress?state=returned")


def test_the_language_changes_every_word(visit: Open) -> None:
    page = visit("officer")
    page.go("/console/sites")
    page.page.click("[data-t=locale]")
    expect(page.page.locator("nav")).to_contain_text("Progress")
    expect(page.page.locator("[data-t=site-rows]")).to_contain_text("Accepted")


def unplotted(page: Visit) -> tuple[int, list[float]]:
    """A site that is opened and not plotted, and where it is."""
    answer = page.page.request.get(f"{page.address}/api/v1/sites?plotting_state=none&opening_state=approved&size=1").json()
    return answer["items"][0]["id"], answer["items"][0]["location"]


def area(page: Visit) -> str:
    return page.page.locator("[data-t=stat-area]").inner_text()


def test_ten_corners_are_plotted_undone_refused_at_a_crossing_saved_reviewed_and_drawn(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("403", "422"))
    site_id, (lon, lat) = unplotted(page)
    page.go(f"/console/sites/{site_id}/plot?e2e=1")
    page.until("() => window.__draw && document.querySelector('[data-t=measures]')")
    page.page.evaluate("([lon, lat]) => window.__map.jumpTo({center: [lon, lat], zoom: 17})", [lon, lat])
    page.settle()
    corners = [(-60, -40), (-20, -46), (20, -46), (60, -40), (66, 0), (60, 40), (20, 46), (-20, 46), (-60, 40), (-66, 0)]
    places = [(lon + x * 1.05e-5, lat + y * 9.0e-6) for x, y in corners]

    page.page.click("[data-t=draw-polygon]")
    for place in places[:3]:
        page.click(*place)
    assert "3" in area(page)
    page.page.keyboard.press("Control+z")
    page.page.wait_for_timeout(150)
    undone = area(page)
    page.page.keyboard.press("Control+Shift+z")
    page.page.wait_for_timeout(150)
    assert area(page) != undone
    for place in places[3:9]:
        page.click(*place)
    page.click(lon + 90 * 1.05e-5, lat - 80 * 9.0e-6)
    expect(page.page.locator("[data-t=crossing]")).to_be_visible()
    page.click(*places[9])
    page.page.keyboard.press("Enter")
    expect(page.page.locator("[data-t=remark-list]")).to_contain_text("P12")

    page.page.get_by_role("button", name="出入口").click()
    page.page.click("[data-t=draw-point]")
    page.click(*places[2])
    expect(page.page.locator("[data-t=save]")).to_be_enabled()
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=message]")).to_contain_text("第 1 版")
    stored = page.page.request.get(f"{page.address}/api/v1/sites/{site_id}/boundary").json()
    assert len(stored["geometry"]["coordinates"][0][0]) == 11
    assert 5_000 < stored["area_m2"] < 20_000


def test_a_submitted_plot_is_reviewed_and_its_tile_is_drawn(visit: Open) -> None:
    page = visit("reviewer", DESKTOP)
    waiting = page.page.request.get(f"{page.address}/api/v1/plotting/review-queue").json()["plots"]
    site_id = waiting[0]["id"]
    page.go(f"/console/sites/{site_id}/review")
    page.settle()
    page.page.click("[data-t=accept]")
    page.page.wait_for_url(f"**/console/sites/{site_id}*")
    page.until(f"() => window.__map.queryRenderedFeatures({{layers: ['site-fill']}}).some((f) => f.id === {site_id})", 20)
    assert page.page.request.get(f"{page.address}/api/v1/sites/{site_id}").json()["plotting_state"] == "accepted"


def test_pasted_survey_coordinates_are_previewed_and_taken_over(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    site_id, (lon, lat) = unplotted(page)
    page.go(f"/console/sites/{site_id}/plot?e2e=1")
    page.until("() => window.__draw && document.querySelector('[data-t=measures]')")
    page.page.click("[data-t=import]")
    page.page.get_by_role("tab", name="粘贴坐标").click()
    corners = [(lon + x, lat + y) for x, y in [(-4e-4, -4e-4), (4e-4, -4e-4), (4e-4, 4e-4), (-4e-4, 4e-4)]]
    page.page.locator("[data-t=import-text] textarea, textarea[data-t=import-text]").first.fill(
        "\n".join(f"{y:.7f},{x:.7f}" for x, y in corners)
    )
    page.page.click("[data-t=import-read]")
    expect(page.page.get_by_text("经纬度顺序颠倒，已互换。")).to_be_visible()
    page.page.click("[data-t=import-take]")
    page.until("() => window.__draw.getSnapshot().filter((f) => f.geometry.type === 'Polygon').length === 1")
    assert json.dumps(page.page.evaluate("() => window.__draw.getSnapshot()[0].geometry.coordinates[0].length")) == "5"


def test_without_webgl_the_list_and_the_tables_still_work(chromium: Browser, address: str) -> None:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--disable-3d-apis"]
    blind = chromium.browser_type.launch(executable_path=CHROMIUM, args=flags)
    try:
        page = blind.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("input[name=login]", "officer")
        page.fill("input[name=password]", "Geowarden-2026")
        page.click("[data-t=sign-in]")
        expect(page.get_by_text("本浏览器无法显示地图")).to_be_visible()
        expect(page.locator("[data-t=site-rows] li").first).to_be_visible()
    finally:
        blind.close()
