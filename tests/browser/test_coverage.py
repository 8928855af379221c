"""What is watched and what is not, as people read it: the city's list, a site's matrix beside its map, and the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_cameras import sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def watched_site(page: Visit) -> tuple[int, dict[str, Any]]:
    """A site with cameras, and one of its requirements that is watched in part."""
    lines = told(page, "/api/v1/coverage/sites?size=200")["items"]
    for line in lines:
        if line["coverage"]["measured"] and line["coverage"]["cameras"]:
            items = told(page, f"/api/v1/sites/{line['site_id']}/coverage")["items"]
            partly = [
                one
                for one in items
                if one["share"] and 0.05 < one["share"] < 0.9 and one["measure"] == "area" and one["mandatory"]
            ]
            if partly:
                return line["site_id"], partly[0]
    raise AssertionError("the demo has no site that is watched in part")


def shown_gaps(page: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.page.evaluate(
        "() => window.__map.querySourceFeatures('site-gaps').map((one) => one.properties)"
    )
    return found


def test_the_city_lists_sites_without_data_first_and_never_as_zero(visit: Open) -> None:
    page = visit("director")
    page.go("/console/coverage")
    first = page.page.locator("[data-t=city] tbody tr").first
    expect(first.locator(".chip")).to_have_attribute("data-state", re.compile("unmeasured|unknown"))
    expect(first).to_contain_text("未知")
    expect(first).not_to_contain_text("0%")
    assert serious(page) == []


def test_a_cell_of_the_matrix_shows_its_gaps_on_the_map_with_causes_that_add_up(visit: Open) -> None:
    page = visit("director")
    site, wanted = watched_site(page)
    page.go(f"/console/sites/{site}/coverage?e2e=1")
    page.settle()
    page.page.click(f"[data-cell='{wanted['scene_id']}-{wanted['element']}']")
    panel = page.page.locator("[data-t=requirement]")
    expect(panel).to_contain_text(wanted["scene_name"])
    sizes = [
        float(text.replace(",", "").split()[0]) for text in panel.locator("[data-t=causes] tr td:nth-child(2)").all_inner_texts()
    ]
    assert sum(sizes[:-1]) == pytest.approx(sizes[-1], abs=0.6 * len(sizes))
    assert sizes[-1] == pytest.approx(wanted["total"] - wanted["covered"], abs=0.6)
    page.until(f"() => location.search.includes('scene={wanted['scene_id']}&element={wanted['element']}')")
    page.settle()
    gaps = shown_gaps(page)
    assert gaps
    assert {(one["scene_id"], one["element"]) for one in gaps} == {(wanted["scene_id"], wanted["element"])}
    assert page.page.evaluate("() => Boolean(window.__map.getPaintProperty('site-gap-hatch', 'fill-pattern'))")
    panel.locator("[data-t=gap-list] button").first.click()
    page.until("() => window.__map.querySourceFeatures('site-gaps').some((one) => one.properties.chosen)")
    assert serious(page) == []


def test_a_gap_that_is_clicked_on_the_map_leads_to_its_cell(visit: Open) -> None:
    page = visit("director")
    site, wanted = watched_site(page)
    gaps = told(page, f"/api/v1/sites/{site}/gaps")["features"]
    gap = next(
        one for one in gaps if one["properties"]["element"] == wanted["element"] and one["geometry"]["type"].endswith("Polygon")
    )
    page.go(f"/console/sites/{site}/coverage?e2e=1&scene={gap['properties']['scene_id']}&element={wanted['element']}")
    page.settle()
    page.page.wait_for_timeout(600)
    page.click(*gap["properties"]["at"])
    expect(page.page.locator("[data-t=gap-list] button[aria-pressed=true]")).to_have_count(1)


def test_arrows_walk_the_matrix_and_escape_leaves_it(visit: Open) -> None:
    page = visit("director")
    site, _ = watched_site(page)
    page.go(f"/console/sites/{site}/coverage?e2e=1")
    cells = page.page.locator("[data-t=matrix] .cell")
    cells.first.focus()
    page.page.keyboard.press("ArrowRight")
    chosen = page.page.locator("[data-t=matrix] .cell.chosen")
    expect(chosen).to_have_count(1)
    first = chosen.get_attribute("data-cell")
    page.page.keyboard.press("ArrowDown")
    page.until(f"() => document.activeElement?.dataset?.cell && document.activeElement.dataset.cell !== '{first}'")
    page.page.keyboard.press("Escape")
    expect(page.page.locator("[data-t=requirement]")).to_have_count(0)


def test_views_and_days_are_told_apart_and_a_day_before_everything_is_unknown(visit: Open) -> None:
    page = visit("director")
    site, _ = watched_site(page)
    page.go(f"/console/sites/{site}/coverage?e2e=1")
    page.page.click("[data-t=view-live]")
    expect(page.page.locator(".how")).to_contain_text("在线")
    page.until("() => location.search.includes('view=live')")
    page.page.fill("[data-t=at]", "2020-01-01")
    expect(page.page.locator(".left")).to_contain_text("当日没有任何计算结果")
    expect(page.page.locator("[data-t=matrix]")).to_have_count(0)


def test_a_scene_is_drawn_on_the_map_and_measured_at_once(visit: Open) -> None:
    page = visit("director")
    site, _ = watched_site(page)
    scenes = told(page, f"/api/v1/sites/{site}/scenes")["items"]
    area = next(one for one in scenes if one["geometry"]["type"] == "Polygon")
    corners = area["geometry"]["coordinates"][0][:-1]
    middle = [sum(one[axis] for one in corners) / len(corners) for axis in (0, 1)]
    page.go(f"/console/sites/{site}/coverage?e2e=1")
    page.page.click("[data-t=scenes]")
    page.page.click("[data-t=scene-new]")
    page.page.click("[data-t=scene-type]")
    page.page.locator(".el-select-dropdown__item:visible").first.click()
    page.page.fill("[data-t=scene-name]", "手绘场景")
    page.until("() => window.__map.getSource('sketch')")
    page.settle()
    page.page.evaluate("(center) => window.__map.jumpTo({ center, zoom: 19 })", middle)
    x, y = page.pixel(*middle)
    for right, down in ((-20, -14), (20, -14), (0, 18)):
        page.page.mouse.click(x + right, y + down)
        page.page.wait_for_timeout(120)
    page.page.click("[data-t=scene-save]")
    expect(page.page.locator("[data-t=scene-list]")).to_contain_text("手绘场景")
    made = next(one for one in told(page, f"/api/v1/sites/{site}/scenes")["items"] if one["name"] == "手绘场景")
    assert any(one["scene_id"] == made["id"] for one in told(page, f"/api/v1/sites/{site}/coverage")["items"])


def test_an_element_is_edited_the_city_is_measured_anew_and_the_old_catalogue_can_be_read(visit: Open) -> None:
    page = visit("director")
    page.go("/console/catalogue?tab=elements")
    number = told(page, "/api/v1/catalogue")["number"]
    page.page.click("[data-t=edit-E07]")
    page.page.locator("[data-t=element-share] input").fill("70")
    page.page.locator("[data-t=element-share] input").press("Tab")
    page.page.click("[data-t=element-save]")
    expect(page.page.locator("[data-t=number]")).to_have_text(f"№ {number + 1}")
    expect(page.page.locator("[data-t=measuring]")).to_have_count(0, timeout=60_000)
    run = told(page, "/api/v1/catalogue")["recompute"]
    assert run["done"] == run["sites"] > 0
    page.page.click("[data-t=history]")
    page.page.get_by_text(f"№ {number}", exact=True).last.click()
    expect(page.page.locator("[data-t=present]")).to_be_visible()
    expect(page.page.locator("[data-t=edit-E07]")).to_have_count(0)
    assert serious(page) == []


def test_what_is_in_use_is_not_deleted_and_the_reason_is_told(visit: Open) -> None:
    page = visit("director", expect=("409",))
    page.go("/console/catalogue?tab=elements")
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.page.click("[data-t=remove-E01]")
    expect(page.page.locator("[data-t=failure]")).to_contain_text("正在使用")


def test_who_may_not_edit_reads_the_catalogue(visit: Open) -> None:
    page = visit("contractor")
    page.go("/console/catalogue")
    expect(page.page.locator("[data-t=requires]")).to_be_visible()
    assert page.page.locator("[data-t=requires] button:enabled").count() == 0


def test_a_requirement_is_turned_from_mandatory_to_recommended(visit: Open) -> None:
    page = visit("director")
    page.go("/console/catalogue")
    cell = page.page.locator("[data-cell=S17-E05]")
    before = cell.get_attribute("class")
    cell.click()
    page.page.click("[data-t=save-S17]")
    expect(page.page.locator("[data-t=save-S17]")).to_have_count(0)
    after = {
        one["element"]: one["mandatory"]
        for one in next(one for one in told(page, "/api/v1/scenes")["items"] if one["code"] == "S17")["requires"]
    }
    assert (before, after["E05"]) == ("mandatory", False)
    sent(page, "PUT", f"/api/v1/scenes/S17/elements?number={told(page, '/api/v1/catalogue')['number']}", {
        "requires": [{"element": code, "mandatory": True if code == "E05" else mandatory} for code, mandatory in after.items()],
    })  # fmt: skip


@pytest.mark.parametrize("path", ["/console/coverage", "/console/sites/{site}/coverage", "/console/catalogue"])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_cut_off_on_a_phone(visit: Open, path: str, dark: bool) -> None:
    page = visit("director", PHONE, dark=dark)
    site, _ = watched_site(page)
    page.go(path.format(site=site))
    page.page.wait_for_timeout(400)
    assert page.page.evaluate("() => document.scrollingElement.scrollWidth <= window.innerWidth")
    assert serious(page) == []
