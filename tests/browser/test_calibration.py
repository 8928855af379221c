"""Calibration as people do it: points picked on the picture and on the map, judged while they are picked, kept, and checked."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect
from shapely import Point

from ops.demo.pictured import HEIGHT, PIXELS, WIDTH, Truth, truth_about
from spatial.geodesy import distance_m
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.test_cameras import camera, plotted_site, sent, told
from tests.browser.test_console import serious

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
#: A camera without a picture answers 404 when it is asked for one; the page says what to do instead.
NO_PICTURE = ("404",)


def truth(page: Visit, one: dict[str, Any]) -> Truth:
    origin = told(page, f"/api/v1/sites/{one['site_id']}/surroundings")["origin"]
    return truth_about(one, (origin[0], origin[1]))


def pictured(page: Visit, one: dict[str, Any], png: bytes) -> None:
    """A picture of the camera, put there by the API."""
    headers = {"X-CSRF-Token": told(page, "/api/v1/session")["csrf_token"]}
    files = {"file": {"name": "picture.png", "mimeType": "image/png", "buffer": png}}
    answer = page.page.request.post(f"{page.address}/api/v1/cameras/{one['id']}/picture", multipart=files, headers=headers)
    assert answer.ok, answer.text()


def registered(page: Visit, code: str) -> tuple[dict[str, Any], Truth]:
    """A camera whose register is some degrees off, with a picture of what it really shows."""
    one = camera(page, code, tilt_deg=22)
    true = truth(page, one)
    pictured(page, one, true.picture())
    return one, true


def opened(page: Visit, one: dict[str, Any], query: str = "") -> None:
    page.go(f"/console/cameras/{one['id']}/calibration?e2e=1{query}")
    page.page.locator("[data-t=picture]").wait_for()
    page.settle()
    page.page.wait_for_timeout(300)


def kept(page: Visit, one: dict[str, Any], points: list[dict[str, Any]]) -> dict[str, Any]:
    """A calibration kept by the API."""
    version = told(page, f"/api/v1/cameras/{one['id']}")["version"]
    body = {"points": points, "width_px": WIDTH, "height_px": HEIGHT, "version": version}
    found: dict[str, Any] = sent(page, "POST", f"/api/v1/cameras/{one['id']}/calibrations", body)
    return found


def on_picture(page: Visit, pixel: tuple[float, float]) -> None:
    """Click a pixel of the whole picture."""
    box = page.page.locator("[data-t=picture]").bounding_box()
    assert box is not None
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    x = box["x"] + box["width"] / 2 + (pixel[0] - WIDTH / 2) * scale
    y = box["y"] + box["height"] / 2 + (pixel[1] - HEIGHT / 2) * scale
    page.page.mouse.move(x, y)
    page.page.mouse.click(x, y)


def pick(page: Visit, true: Truth, count: int) -> None:
    """Pick pairs by mouse, every second one on the map first; Alt keeps corners of the plan from catching the click."""
    places = [true.place(pixel) for pixel in PIXELS]
    lons, lats = [one[0] for one in places], [one[1] for one in places]
    page.page.evaluate("b => window.__map.fitBounds(b, {padding: 40, duration: 0})", [min(lons), min(lats), max(lons), max(lats)])
    page.settle()
    page.page.keyboard.down("Alt")
    for number, pixel in enumerate(PIXELS[:count]):
        if number % 2:
            page.click(*places[number])
            on_picture(page, pixel)
        else:
            on_picture(page, pixel)
            page.click(*places[number])
    page.page.keyboard.up("Alt")


def fit(page: Visit) -> Locator:
    return page.page.locator("[data-t=fit]")


def value(page: Visit, name: str) -> float:
    return float(page.page.locator(f"[data-t={name}]").input_value())


def enter(page: Visit, name: str, given: float) -> None:
    field = page.page.locator(f"[data-t={name}]")
    field.fill(repr(given))
    field.press("Enter")


def test_four_points_are_never_verified_and_the_page_says_what_is_lacking(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, true = registered(page, "K-FOUR")
    page.go(f"/console/cameras/{one['id']}")
    page.page.click("[data-t=calibrate]")
    page.page.wait_for_url("**/calibration")
    opened(page, one)
    expect(page.page.locator("[data-t=advice]")).to_contain_text("再加 4 点")
    pick(page, true, 3)
    expect(page.page.locator("[data-t=advice]")).to_contain_text("再加 1 点")
    expect(page.page.locator("[data-t=save]")).to_be_disabled()
    opened(page, one)
    pick(page, true, 4)
    expect(fit(page)).to_have_attribute("data-grade", "rough")
    reasons = page.page.locator("[data-t=reasons]")
    expect(reasons).to_contain_text("只有四个控制点，无法相互验证")
    expect(reasons).to_contain_text("再加至少 1 点")
    expect(page.page.locator("[data-t=left-out]")).to_have_text("未测（点数不足）")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=kept]")).to_contain_text("尚未验证")
    pose = told(page, f"/api/v1/cameras/{one['id']}")["pose"]
    assert pose["method"] == "pinhole"
    assert abs(pose["azimuth_deg"] - true.pose.azimuth_deg) < 1


def test_eight_points_picked_in_either_order_are_verified_and_the_camera_is_calibrated(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, true = registered(page, "K-EIGHT")
    opened(page, one)
    pick(page, true, 8)
    expect(fit(page)).to_have_attribute("data-grade", "verified")
    expect(page.page.locator("[data-vector]")).to_have_count(8)
    expect(page.page.locator("[data-t=horizon]")).to_have_count(1)
    page.until("() => window.__map.queryRenderedFeatures({layers: ['aim-visible']}).length > 0")
    # what is read must be the answer to all eight, not to the seven before
    expect(page.page.locator("[data-t=save]")).to_be_enabled()
    rms = float(page.page.locator("[data-t=rms]").inner_text().split()[0])
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=kept]")).to_contain_text("已标定")
    made = told(page, f"/api/v1/cameras/{one['id']}/calibrations")["items"][0]
    assert (made["grade"], made["in_force"], len(made["points"])) == ("verified", True, 8)
    # the server counts pixels of the stream, twice as wide as the picture
    squares = [(residual / 2) ** 2 for residual in made["residuals_px"]]
    assert rms == pytest.approx((sum(squares) / 8) ** 0.5, abs=0.02)
    pose = told(page, f"/api/v1/cameras/{one['id']}")["pose"]
    assert pose["method"] == "calibrated"
    assert abs(pose["azimuth_deg"] - true.pose.azimuth_deg) < 0.5
    listed = page.page.locator(f"[data-calibration='{made['id']}']")
    expect(listed).to_contain_text("已验证")
    expect(listed).to_contain_text("现行")
    expect(listed).to_contain_text("监督员（全市）")
    page.page.click("[data-t=back]")
    expect(page.page.locator("[data-t=camera-detail] [data-code=calibrated]").first).to_be_visible()


def test_swapped_points_are_named_and_swapped_back(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, true = registered(page, "K-SWAP")
    points = true.points()
    points[1]["location"], points[6]["location"] = points[6]["location"], points[1]["location"]
    refused = kept(page, one, points)
    opened(page, one)
    expect(page.page.locator(f"[data-calibration='{refused['id']}']")).to_contain_text("不予采用")
    page.page.click(f"[data-t=take-{refused['id']}]")
    expect(fit(page)).to_have_attribute("data-grade", "refused")
    expect(page.page.locator("[data-t=consequence]")).to_contain_text("不改变摄像机的姿态")
    for number in (2, 7):
        expect(page.page.locator(f"[data-t=swapped-{number}]")).to_have_text("第 2 点与第 7 点疑似互换")
    page.page.click("[data-t=exchange]")
    expect(fit(page)).to_have_attribute("data-grade", "verified")
    expect(page.page.locator("[data-t=swapped-2]")).to_have_count(0)
    page.page.click("[data-t=undo]")
    expect(fit(page)).to_have_attribute("data-grade", "refused")


def test_a_wrong_point_is_shown_at_its_line_and_can_be_left_out(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, true = registered(page, "K-WRONG")
    points = true.points()
    points[4]["u_px"] += 190
    made = kept(page, one, points)
    opened(page, one)
    page.page.click(f"[data-t=take-{made['id']}]")
    expect(page.page.locator("[data-t=suspect-5]")).to_be_visible()
    page.page.locator("[data-t=use-5]").uncheck()
    expect(fit(page)).to_have_attribute("data-grade", "verified")
    # a point that is left out is still told how far it is off
    assert float(page.page.locator("[data-t=px-5]").inner_text()) > 150


def test_points_are_made_and_nudged_by_keys_alone(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, true = registered(page, "K-KEYS")
    opened(page, one)
    for number, point in enumerate(true.points(5), start=1):
        page.page.locator("[data-t=add]").press("Enter")
        for name, given in zip(("u", "v", "lon", "lat"), (point["u_px"], point["v_px"], *point["location"]), strict=True):
            enter(page, f"{name}-{number}", given)
    expect(fit(page)).to_have_attribute("data-grade", "verified")
    u, v = PIXELS[0]
    page.page.locator("[data-t=u-1]").press("ArrowUp")
    page.page.locator("[data-t=v-1]").press("Shift+ArrowDown")
    assert (value(page, "u-1"), value(page, "v-1")) == (u + 1, pytest.approx(v - 0.1))
    page.page.locator("[data-t=picture]").focus()
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("Shift+ArrowDown")
    assert (value(page, "u-1"), value(page, "v-1")) == (u, pytest.approx(v))
    page.page.keyboard.press("Delete")
    expect(page.page.locator("[data-t=u-1]")).to_have_count(0)
    page.page.keyboard.press("Control+z")
    assert value(page, "u-1") == u
    expect(page.page.locator("[data-t=save]")).to_be_enabled()
    page.page.keyboard.press("Control+s")
    expect(page.page.locator("[data-t=kept]")).to_be_visible()


def test_zoomed_in_a_click_is_a_fraction_of_a_pixel_and_a_mark_is_pulled(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, _ = registered(page, "K-ZOOM")
    opened(page, one)
    box = page.page.locator("[data-t=picture]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    for _turn in range(8):
        page.page.mouse.wheel(0, -300)
    page.page.wait_for_timeout(150)
    expect(page.page.locator("[data-t=loupe]")).to_be_visible()
    page.page.mouse.click(x + 7, y)
    first, high = value(page, "u-1"), value(page, "v-1")
    page.page.mouse.click(x + 8, y + 30)
    one_px_on_screen = value(page, "u-2") - first
    assert 0.03 < one_px_on_screen < 0.08
    page.page.mouse.move(x + 7, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 37, y + 24, steps=5)
    page.page.mouse.up()
    assert value(page, "u-1") - first == pytest.approx(30 * one_px_on_screen, abs=0.2)
    assert value(page, "v-1") - high == pytest.approx(24 * one_px_on_screen, abs=0.2)
    page.page.mouse.move(x - 100, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 20, y, steps=4)
    page.page.mouse.up()
    expect(page.page.locator("[data-t=pairs] tr[data-row]")).to_have_count(2)


def test_a_pixel_is_asked_for_its_place_and_the_sky_has_none(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("422",))
    one, true = registered(page, "K-LOOK")
    kept(page, one, true.points())
    opened(page, one, "&mode=check")
    on_picture(page, (800, 520))
    expect(page.page.locator("[data-t=accuracy]")).to_contain_text("±")
    lon, lat = (float(part) for part in page.page.locator("[data-t=located]").inner_text().split(", "))
    accuracy_m = float(page.page.locator("[data-t=accuracy]").inner_text().split()[1])
    assert distance_m(Point(lon, lat), Point(true.place((800, 520)))) < accuracy_m < 1
    page.page.evaluate("([lon, lat]) => window.__map.jumpTo({center: [lon, lat], zoom: 19})", [lon, lat])
    page.until("() => window.__map.queryRenderedFeatures({layers: ['calibration-ellipse']}).length > 0")
    on_picture(page, (640, 4))
    expect(page.page.locator("[data-t=lookup-failure]")).to_have_text("地平线以上没有地面。")
    page.until("() => window.__map.queryRenderedFeatures({layers: ['calibration-ellipse']}).length === 0")
    # and back: a place on the map is found in the picture
    page.page.evaluate("([lon, lat]) => window.__map.jumpTo({center: [lon, lat], zoom: 20})", list(true.place((500, 500))))
    page.settle()
    page.page.keyboard.down("Alt")
    page.click(*true.place((500, 500)))
    page.page.keyboard.up("Alt")
    expect(page.page.locator("[data-t=accuracy]")).to_contain_text("±")
    mark = page.page.locator("[data-t=looked]").get_attribute("transform") or ""
    u, v = (float(part) for part in mark.split("(")[1].split(")")[0].split())
    assert abs(u - 500) < 6
    assert abs(v - 500) < 6


def test_unsaved_points_are_not_left_by_accident(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, true = registered(page, "K-LEAVE")
    opened(page, one)
    pick(page, true, 2)
    asked: list[str] = []
    page.page.once("dialog", lambda question: (asked.append(question.message), question.dismiss()))
    page.page.click("[data-t=back]")
    expect(page.page.locator("[data-t=calibration]")).to_be_visible()
    assert asked == ["有未保存的修改，确定离开？"]
    page.page.once("dialog", lambda question: question.accept())
    page.page.click("[data-t=back]")
    page.page.wait_for_url(f"**/console/cameras/{one['id']}*")


def test_a_camera_without_a_picture_gets_one_and_bad_files_are_refused(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=(*NO_PICTURE, "422"))
    one = camera(page, "K-PICTURE", tilt_deg=22)
    true = truth(page, one)
    page.go(f"/console/cameras/{one['id']}/calibration?e2e=1")
    expect(page.page.locator("[data-t=no-picture]")).to_contain_text("还没有这台摄像机的画面")
    chosen = page.page.locator("[data-t=picture-file]").first
    chosen.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.page.locator("[data-t=picture-failure]")).to_contain_text("JPEG 或 PNG")
    square = io.BytesIO()
    Image.new("RGB", (900, 900), (90, 90, 90)).save(square, "PNG")
    chosen.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": square.getvalue()})
    expect(page.page.locator("[data-t=picture]")).to_be_visible()
    for number, point in enumerate(true.points(4), start=1):
        page.page.click("[data-t=add]")
        for name, given in zip(("u", "v", "lon", "lat"), (point["u_px"] / 2, point["v_px"], *point["location"]), strict=True):
            enter(page, f"{name}-{number}", given)
    expect(page.page.locator("[data-t=fit-trouble]")).to_contain_text("比例不一致")
    page.page.locator("[data-t=picture-file]").first.set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": true.picture()}
    )
    expect(page.page.locator("[data-t=fit-trouble]")).to_have_count(0)


def test_a_corner_of_a_hoarding_is_caught_and_offers_its_top(visit: Open) -> None:
    page = visit("officer", DESKTOP)
    one, _ = registered(page, "K-SNAP")
    standing = told(page, f"/api/v1/sites/{one['site_id']}/surroundings")["standing"]
    hoarding = next(each for each in standing if each["layer"] == "hoarding" and each["geometry"]["type"] == "Polygon")
    lon, lat = hoarding["geometry"]["coordinates"][0][0]
    opened(page, one)
    page.page.evaluate("([lon, lat]) => window.__map.jumpTo({center: [lon, lat], zoom: 19})", [lon, lat])
    page.settle()
    x, y = page.pixel(lon, lat)
    page.page.mouse.click(x + 5, y - 4)
    page.page.locator("[data-t=top-1]").click()
    assert value(page, "height-1") == pytest.approx(hoarding["top_m"], abs=0.01)
    assert value(page, "lon-1") == pytest.approx(lon, abs=1e-6)
    assert value(page, "lat-1") == pytest.approx(lat, abs=1e-6)


def test_who_may_not_calibrate_sees_the_points_and_checks_pixels(visit: Open) -> None:
    officer = visit("officer", DESKTOP)
    reader = visit("engineer", DESKTOP)
    site = told(reader, "/api/v1/sites?plotting_state=accepted&size=1")["items"][0]
    own = told(officer, f"/api/v1/cameras?site_id={site['id']}&size=50")["items"]
    one = next(each for each in own if each["kind"] == "fixed" and each["pose"]["method"] in {"pinhole", "calibrated"})
    true = truth(officer, one)
    pictured(officer, one, true.picture())
    made = kept(officer, one, true.points())
    opened(reader, one)
    expect(reader.page.locator("[data-t=calibration]")).to_contain_text("只读")
    expect(reader.page.locator("[data-pair]")).to_have_count(8)
    expect(reader.page.locator("[data-t=u-1]")).to_be_disabled()
    for name in ("save", "add", "upload", f"take-{made['id']}", "mode-pick", "remove-1"):
        expect(reader.page.locator(f"[data-t={name}]")).to_have_count(0)
    on_picture(reader, (640, 600))
    expect(reader.page.locator("[data-t=located]")).to_be_visible()


def test_a_fisheye_is_not_calibrated(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=NO_PICTURE)
    new = {"code": "K-ROUND", "name": "鱼眼", "kind": "fisheye"}
    one = sent(page, "POST", f"/api/v1/sites/{plotted_site(page)['id']}/cameras", new)
    page.go(f"/console/cameras/{one['id']}")
    expect(page.page.locator("[data-t=camera-detail]")).to_contain_text("视域")
    expect(page.page.locator("[data-t=calibrate]")).to_have_count(0)
    page.go(f"/console/cameras/{one['id']}/calibration")
    expect(page.page.locator("[data-t=calibration]")).to_contain_text("只有固定枪机可以标定")


def test_what_somebody_else_saved_meanwhile_is_told_and_the_next_save_goes_through(visit: Open) -> None:
    page = visit("officer", DESKTOP, expect=("412",))
    one, true = registered(page, "K-TWO")
    opened(page, one)
    pick(page, true, 8)
    expect(fit(page)).to_have_attribute("data-grade", "verified")
    version = told(page, f"/api/v1/cameras/{one['id']}")["version"]
    sent(page, "PATCH", f"/api/v1/cameras/{one['id']}", {"version": version, "name": "改了名"})
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=save-failure]")).to_be_visible()
    expect(page.page.locator("[data-t=calibration] h1")).to_have_text("改了名")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=kept]")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_calibration_page_is_accessible_in_both_themes_and_keeps_its_points(visit: Open, dark: bool) -> None:
    page = visit("officer", DESKTOP, dark=dark)
    one, true = registered(page, f"K-AXE-{dark}")
    made = kept(page, one, true.points(4))
    opened(page, one)
    page.page.click(f"[data-t=take-{made['id']}]")
    expect(fit(page)).to_have_attribute("data-grade", "rough")
    assert serious(page) == []
    page.page.click("[data-t=theme]")
    page.until(
        "() => window.__map.getSource('calibration') && window.__map.queryRenderedFeatures({layers: ['aim-visible']}).length > 0"
    )
    expect(page.page.locator("[data-t=pairs] tr[data-row]")).to_have_count(4)
    page.page.click("[data-t=mode-check]")
    on_picture(page, (800, 520))
    expect(page.page.locator("[data-t=located]")).to_be_visible()
    assert serious(page) == []


def test_on_a_phone_picture_and_map_are_both_at_hand(visit: Open) -> None:
    page = visit("officer", PHONE)
    one, true = registered(page, "K-PHONE")
    opened(page, one)
    pick(page, true, 5)
    page.page.click("[data-t=below-fit]")
    expect(fit(page)).to_have_attribute("data-grade", "verified")
    page.page.click("[data-t=below-pairs]")
    expect(page.page.locator("[data-t=u-5]")).to_be_visible()
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert page.page.evaluate("() => document.documentElement.scrollHeight <= window.innerHeight")
    page.page.click("[data-t=below-fit]")
    page.page.click("[data-t=save]")
    expect(page.page.locator("[data-t=kept]")).to_be_visible()
