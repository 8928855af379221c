"""Cameras as people work with them: a draft is registered, aimed by hand and by keys, told nominal from exact, and saved."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
Camera = dict[str, Any]
PAGES = ["/console/cameras", "/console/devices"]
METRES_PER_DEGREE = 111_320


def told(page: Visit, path: str) -> Any:
    return page.page.request.get(page.address + path).json()


def sent(page: Visit, method: str, path: str, body: dict[str, Any]) -> Any:
    token = told(page, "/api/v1/session")["csrf_token"]
    answer = page.page.request.fetch(page.address + path, method=method, data=body, headers={"X-CSRF-Token": token})
    assert answer.ok, answer.text()
    return answer.json()


def plotted_site(page: Visit) -> dict[str, Any]:
    found: dict[str, Any] = told(page, "/api/v1/sites?plotting_state=accepted&size=1&sort=name")["items"][0]
    return found


def camera(page: Visit, code: str, **pose: Any) -> Camera:
    """A camera in the middle of a plotted site, exact unless the pose says otherwise."""
    site = plotted_site(page)
    exact = {
        "location": told(page, f"/api/v1/sites/{site['id']}")["location"], "azimuth_deg": 40, "hfov_deg": 62, "range_m": 60,
        "width_px": 2560, "height_px": 1440, "height_m": 8, "tilt_deg": 25,
    }  # fmt: skip
    found: Camera = sent(
        page, "POST", f"/api/v1/sites/{site['id']}/cameras", {"code": code, "name": f"试验枪机 {code}", "pose": exact | pose}
    )
    return found


def aim(page: Visit, one: Camera) -> None:
    page.go(f"/console/cameras/{one['id']}/aim?e2e=1")
    page.until("() => document.querySelector('[data-t=verdict]') && window.__map?.getSource('aim')")
    page.settle()
    page.page.wait_for_timeout(500)


def drag(page: Visit, handle: str, east_px: float, south_px: float) -> None:
    box = page.page.locator(f"[data-t=handle-{handle}]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for step in range(1, 9):
        page.page.mouse.move(x + east_px * step / 8, y + south_px * step / 8)
        page.page.wait_for_timeout(20)
    page.page.mouse.up()


def figure(page: Visit, name: str) -> float:
    return float(page.page.locator(f"[data-t=field-{name}]").input_value())


def enter(page: Visit, name: str, value: float) -> None:
    field = page.page.locator(f"[data-t=field-{name}]")
    field.fill(str(value))
    field.press("Enter")
    field.blur()


def area(page: Visit) -> str:
    return page.page.locator("[data-t=area]").inner_text()


def test_a_registered_draft_says_what_it_lacks_and_becomes_exact_step_by_step(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    site = plotted_site(page)
    page.go(f"/console/cameras?site_id={site['id']}")
    page.page.click("[data-t=register]")
    page.page.fill("[data-t=code]", "B-DRAFT")
    page.page.fill("[data-t=name]", "东门枪机")
    expect(page.page.locator("[data-t=missing]")).to_contain_text("方位角")
    page.page.fill("[data-t=stream]", "rtsp://admin:Geheim-77@10.1.2.3/main")
    page.page.click("[data-t=register-save]")
    page.page.wait_for_url("**/aim*")
    verdict = page.page.locator("[data-t=verdict]")
    expect(verdict).to_have_attribute("data-method", "unposed")
    page.settle()
    made = told(page, f"/api/v1/cameras?q=B-DRAFT&site_id={site['id']}")["items"][0]
    assert (made["state"], made["pose"]["location"]) == ("draft", None)
    assert "Geheim" not in page.page.content()

    page.page.wait_for_timeout(600)
    page.page.locator("[data-t=field-azimuth_deg]").scroll_into_view_if_needed()
    lon, lat = told(page, f"/api/v1/sites/{site['id']}")["location"]
    page.page.evaluate("([lon, lat]) => window.__map.jumpTo({center: [lon, lat], zoom: 18})", [lon, lat])
    page.click(lon, lat)
    page.click(lon + 45 / METRES_PER_DEGREE, lat + 10 / METRES_PER_DEGREE)
    assert figure(page, "azimuth_deg") == pytest.approx(75.4, abs=1.5)
    enter(page, "range_m", 50)
    enter(page, "hfov_deg", 70)
    page.page.locator("summary", has_text="画面尺寸").click()
    enter(page, "width_px", 1920)
    expect(verdict).to_have_attribute("data-method", "nominal")
    sector_m2 = math.pi * 50**2 * 70 / 360
    shown = int("".join(filter(str.isdigit, area(page).replace("²", ""))))
    assert shown <= round(sector_m2)
    for name, value in (("height_px", 1080), ("height_m", 6), ("tilt_deg", 20)):
        enter(page, name, value)
    expect(verdict).to_have_attribute("data-method", "pinhole")
    page.page.fill("[data-t=reason] input, input[data-t=reason]", "首次对准")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=saved]")).to_be_visible()
    stored = told(page, f"/api/v1/cameras/{made['id']}")
    assert (stored["state"], stored["pose"]["method"], stored["pose"]["reason"]) == ("ready", "pinhole", "首次对准")


def test_pulling_the_handles_redraws_within_100_ms_and_is_taken_back(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one = camera(page, "B-DRAG")
    aim(page, one)
    before = (figure(page, "azimuth_deg"), area(page))
    drag(page, "turn", 90, 70)
    assert abs(figure(page, "azimuth_deg") - before[0]) > 5
    turned = figure(page, "azimuth_deg")
    drag(page, "range", -40, -60)
    assert figure(page, "azimuth_deg") == turned
    assert figure(page, "range_m") != 60
    redraws = page.page.evaluate("() => performance.getEntriesByName('aim:redraw').map((one) => one.duration)")
    assert len(redraws) >= 8
    assert max(redraws) <= 100
    page.page.locator("body").press("Control+z")
    page.page.click("[data-t=undo]")
    assert (figure(page, "azimuth_deg"), area(page)) == before
    page.page.click("[data-t=redo]")
    assert figure(page, "azimuth_deg") == turned
    page.page.click("[data-t=discard]")
    assert (figure(page, "azimuth_deg"), area(page)) == before
    expect(page.page.locator("[data-t=save]")).to_be_disabled()


def test_what_is_drawn_here_is_what_the_server_computes(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    aim(page, camera(page, "B-SAME"))
    expect(page.page.locator("[data-t=agrees]")).to_be_visible(timeout=10_000)
    drag(page, "turn", -120, 60)
    enter(page, "roll_deg", 7)
    expect(page.page.locator("[data-t=checking]")).to_be_visible()
    expect(page.page.locator("[data-t=agrees]")).to_be_visible(timeout=10_000)
    drawn = page.page.evaluate("() => window.__map.queryRenderedFeatures({layers: ['aim-visible']}).length")
    assert drawn > 0


def test_everything_can_be_aimed_by_keys(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one = camera(page, "B-KEYS")
    aim(page, one)
    lat, lon = figure(page, "lat"), figure(page, "lon")
    body = page.page.locator("body")
    for _ in range(5):
        body.press("ArrowUp")
    body.press("Shift+ArrowRight")
    north_m = (figure(page, "lat") - lat) * METRES_PER_DEGREE
    east_m = (figure(page, "lon") - lon) * METRES_PER_DEGREE * math.cos(math.radians(lat))
    assert north_m == pytest.approx(0.5, abs=0.03)
    assert east_m == pytest.approx(1.0, abs=0.03)
    body.press("]")
    body.press("]")
    body.press("[")
    assert figure(page, "azimuth_deg") == 41
    body.press(".")
    assert figure(page, "tilt_deg") == 25.5
    body.press("-")
    assert figure(page, "range_m") == 59
    body.press("Control+s")
    expect(page.page.locator("[data-t=saved]")).to_be_visible()
    assert told(page, f"/api/v1/cameras/{one['id']}")["pose"]["azimuth_deg"] == pytest.approx(41)


def test_who_saved_first_is_shown_and_nothing_is_overwritten_unseen(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("412",))
    one = camera(page, "B-TWO")
    aim(page, one)
    page.page.locator("body").press("]")
    given = ("location", "azimuth_deg", "hfov_deg", "range_m", "width_px", "height_px", "height_m", "tilt_deg")
    theirs = {name: one["pose"][name] for name in given} | {"azimuth_deg": 200}
    sent(page, "PUT", f"/api/v1/cameras/{one['id']}/pose", {"version": one["version"], "pose": theirs, "reason": "对方"})
    page.page.click("[data-t=save]")
    expect(page.page.get_by_role("dialog")).to_contain_text("200")
    assert told(page, f"/api/v1/cameras/{one['id']}")["pose"]["azimuth_deg"] == pytest.approx(200)
    page.page.click("[data-t=keep-mine]")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=saved]")).to_be_visible()
    assert told(page, f"/api/v1/cameras/{one['id']}")["pose"]["azimuth_deg"] == pytest.approx(41)


def test_a_refused_figure_is_told_and_nothing_is_saved(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("422",))
    one = camera(page, "B-BAD")
    aim(page, one)
    enter(page, "vfov_deg", 90)
    expect(page.page.locator("[data-t=server-check]")).to_contain_text("垂直视场角")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=failure]")).to_contain_text("垂直视场角")
    assert told(page, f"/api/v1/cameras/{one['id']}")["pose"]["vfov_deg"] is None


def test_list_and_map_show_the_same_cameras_and_the_filters_are_in_the_address(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one = camera(page, "B-LIST")
    sector = camera(page, "B-SECTOR", height_m=None, tilt_deg=None)
    page.go(f"/console/cameras?method=nominal&site_id={one['site_id']}")
    rows = page.page.locator("[data-t=camera-rows]")
    expect(rows).to_contain_text("B-SECTOR")
    expect(rows).not_to_contain_text("B-LIST")
    expect(rows.locator("[data-code=nominal]").first).to_have_text("◔标称扇形")
    page.go(f"/console/cameras/{sector['id']}")
    expect(page.page.locator("[data-t=camera-detail]")).to_contain_text("标称扇形")
    drawn = "window.__map.queryRenderedFeatures({layers: ['footprint-line-offline']})"
    page.until(f"() => {drawn}.some((f) => f.id === {one['id']})", 20)
    images = page.page.evaluate("() => window.__map.listImages().filter((one) => one.startsWith('gw/camera/')).length")
    assert images > 0


def test_a_camera_of_nobody_and_a_page_of_others_are_refused_in_words(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("404",))
    page.go("/console/cameras/999999")
    expect(page.page.get_by_role("alert")).to_contain_text("没有这个摄像机")
    reader = visit("engineer", DESKTOP)
    reader.go("/console/cameras/1/aim")
    expect(reader.page.get_by_role("alert")).to_contain_text("调整摄像机")


def test_a_device_sent_with_gcj02_waits_with_a_suggestion_until_somebody_takes_it(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    site = plotted_site(page)
    lon, lat = told(page, f"/api/v1/sites/{site['id']}")["location"]
    wrong = {"code": "B-GCJ", "device_class": "dust_monitor", "name": "偏移扬尘", "location": [lon + 0.0045, lat - 0.0019]}
    sent(page, "POST", f"/api/v1/sites/{site['id']}/devices", wrong)
    page.go("/console/devices")
    page.page.click("[data-t=part-quarantine]")
    waiting = page.page.locator("[data-t=quarantine] li", has_text="B-GCJ")
    expect(waiting).to_contain_text("GCJ-02")
    waiting.locator("[data-t=release]").click()
    expect(page.page.locator("[data-t=quarantine] li", has_text="B-GCJ")).to_have_count(0)
    page.page.click("[data-t=part-list]")
    page.page.fill("[data-t=device-search]", "B-GCJ")
    expect(page.page.locator("[data-t=device-rows] li")).to_have_count(1)
    page.page.locator("[data-t=device-rows] button").click()
    expect(page.page.locator("[data-t=device-detail]")).to_contain_text("未收到数据")


def test_stacked_devices_are_flagged_and_counted(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    camera(page, "B-ON-1")
    camera(page, "B-ON-2")
    page.go("/console/devices?flag=stacked")
    expect(page.page.locator("[data-t=device-rows]")).to_contain_text("坐标重叠")
    page.page.click("[data-t=part-statistics]")
    expect(page.page.locator("[data-t=statistics] tbody tr")).to_have_count(1)
    expect(page.page.locator("[data-t=statistics]")).to_contain_text("摄像机")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_camera_page_is_free_of_errors_and_accessible_in_both_themes(visit: Open, dark: bool) -> None:
    page = visit("officer", DESKTOP, dark=dark)
    one = camera(page, f"B-AXE-{dark}")
    for path in [*PAGES, f"/console/cameras/{one['id']}", f"/console/devices/{one['device_id']}"]:
        page.go(path)
        page.page.wait_for_timeout(300)
        assert serious(page) == [], path
    aim(page, one)
    page.page.locator("[data-t=agrees]").wait_for()
    assert serious(page) == []
    page.go("/console/cameras")
    page.page.click("[data-t=register]")
    page.page.wait_for_timeout(500)
    assert serious(page) == []


def test_nothing_scrolls_sideways_on_a_phone(visit: Open) -> None:
    page = visit("officer", PHONE)
    one = camera(page, "B-PHONE")
    for path in [*PAGES, f"/console/cameras/{one['id']}", f"/console/cameras/{one['id']}/aim"]:
        page.go(path)
        page.page.wait_for_timeout(300)
        assert page.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), path


def test_another_theme_keeps_what_is_being_aimed(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    aim(page, camera(page, "B-THEME"))
    drag(page, "turn", 80, 40)
    turned = figure(page, "azimuth_deg")
    page.page.click("[data-t=theme]")
    page.until("() => window.__map.getSource('aim') && window.__map.queryRenderedFeatures({layers: ['aim-visible']}).length > 0")
    assert figure(page, "azimuth_deg") == turned
    colours = page.page.evaluate("() => window.__map.getPaintProperty('aim-visible', 'fill-color')")
    assert colours == "#5addc2"


def test_what_an_aim_would_change_in_coverage_is_told_before_it_is_saved(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one = camera(page, "B-SCENE")
    sent(page, "PATCH", f"/api/v1/cameras/{one['id']}", {"version": one["version"], "tags": ["yard", "panorama", "edge", "pit"]})
    lon, lat = one["pose"]["location"]
    ring = [[lon + x / METRES_PER_DEGREE, lat + y / METRES_PER_DEGREE] for x, y in [(0, 0), (30, 0), (30, 14), (0, 14), (0, 0)]]
    scene = {"scene_type": "S17", "name": "试验料场", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    sent(page, "POST", f"/api/v1/sites/{one['site_id']}/scenes", scene)
    aim(page, one)
    expect(page.page.locator("[data-t=server-check]")).not_to_contain_text("尚未绘制")
    drag(page, "turn", 40, 180)
    expect(page.page.locator("[data-t=agrees]")).to_be_visible(timeout=10_000)
    expect(page.page.locator("[data-t=server-check] tbody")).to_contain_text("试验料场")
    assert told(page, f"/api/v1/cameras/{one['id']}")["pose"]["azimuth_deg"] == pytest.approx(40)


def test_a_camera_that_was_taken_down_leaves_the_list(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one = camera(page, "B-GONE")
    page.go(f"/console/cameras/{one['id']}")
    page.page.click("[data-t=edit]")
    page.page.once("dialog", lambda asked: asked.accept())
    page.page.click("[data-t=retire]")
    expect(page.page.locator("[data-t=camera-detail]")).to_contain_text("已拆除")
    assert told(page, "/api/v1/cameras?q=B-GONE")["total"] == 0


def test_without_a_network_the_aim_goes_on_and_waits_to_be_saved(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("ERR_INTERNET_DISCONNECTED", "Failed to fetch"))
    aim(page, camera(page, "B-CUT"))
    page.page.context.set_offline(True)
    page.page.locator("body").press("]")
    assert figure(page, "azimuth_deg") == 41
    expect(page.page.locator("[data-t=save]")).to_be_disabled()
    page.page.context.set_offline(False)
    expect(page.page.locator("[data-t=save]")).to_be_enabled()
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=saved]")).to_be_visible()


def test_a_list_of_cameras_names_the_field_of_each_mistake_and_registers_all_or_none(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("422",))
    site = plotted_site(page)
    lon, lat = told(page, f"/api/v1/sites/{site['id']}")["location"]
    lines = [
        "编码,名称,类型,方位角,经度,纬度,水平视场角,有效距离,画面宽,国标编码",
        f"B-CSV-1,南门,固定枪机,东北,{lon},{lat},90,50,1920,",
        f"B-CSV-2,北门,飞机,40,{lon},{lat},90,50,1920,",
        "B-CSV-3,东门,固定枪机,,,,,,,123",
        "B-CSV-4,西门,固定枪机,,,,,,,",
    ]
    page.go(f"/console/cameras?site_id={site['id']}")
    page.page.click("[data-t=locale]")  # a Chinese list is understood while the interface speaks English
    expect(page.page.locator("nav")).to_contain_text("Cameras")
    page.page.click("[data-t=import]")

    def choose(listed: list[str]) -> None:
        content = "\n".join(listed).encode("gb18030")
        page.page.set_input_files("[data-t=import-file]", {"name": "cameras.csv", "mimeType": "text/csv", "buffer": content})

    choose(lines)
    expect(page.page.locator("[data-t=import-told]")).to_contain_text("4 lines, 2 with mistakes")
    rows = page.page.locator("[data-t=import-rows] tr")
    expect(rows.nth(0)).to_contain_text("ready")
    expect(rows.nth(1)).to_contain_text("飞机")
    expect(rows.nth(2)).to_contain_text("National code")
    expect(page.page.locator("[data-t=import-send]")).to_be_disabled()  # all or none
    choose([lines[0], lines[1], lines[4]])
    page.page.click("[data-t=import-send]")
    expect(page.page.locator("[data-t=import-told]")).to_contain_text("2 registered")
    assert serious(page) == []
    made = {one["code"]: one for one in told(page, f"/api/v1/cameras?q=B-CSV&site_id={site['id']}")["items"]}
    assert {code: one["state"] for code, one in made.items()} == {"B-CSV-1": "ready", "B-CSV-4": "draft"}
    assert made["B-CSV-1"]["pose"]["azimuth_deg"] == pytest.approx(45)
