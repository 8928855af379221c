"""M45 工地标绘进度管理: completeness is computed, totals add up, who is late is told."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from fastapi.testclient import TestClient
from openpyxl import load_workbook
from shapely import Point

from sites.devices import NewDevice, register_device
from sites.plotting import PlotToSave, save_plot
from sites.progress import percent
from sites.queries import site_of
from sites.states import DeviceClass, SiteType
from spatial.plan_layers import PlanLayer
from tests.make import NOW, City, Person, complete_plot, plane

SignIn = Callable[[Person], TestClient]


def test_the_formula_of_the_feature_map() -> None:
    assert percent(boundary=True, zones=1 / 2, devices=8 / 10) == 82.0
    assert percent(boundary=False, zones=0, devices=None) == 0.0
    assert percent(boundary=True, zones=1, devices=None) == 100.0


def test_boundary_one_of_two_zones_and_eight_of_ten_devices_are_82_percent(city: City, signed_in: SignIn) -> None:
    site_id, client = city.plotted_site(), signed_in(city.officer())
    with city.work() as unit:
        for number in range(10):
            place = plane(Point(640050 + 8 * number, 3457060)) if number < 8 else None
            register_device(
                unit, site_id, NewDevice(code=f"C{number}", device_class=DeviceClass.CAMERA, name=f"球机{number}", location=place)
            )
    with city.work() as unit:
        kept = [feature for feature in complete_plot() if feature.layer is not PlanLayer.WATER_EDGE]
        save_plot(unit, site_id, PlotToSave(features=kept, base_number=1))
    row = client.get("/api/v1/plotting/progress").json()["items"][0]
    assert (row["boundary"], row["zones"], row["devices"]) == (True, {"present": 1, "required": 2}, {"located": 8, "total": 10})
    assert row["percent"] == 82.0
    assert client.get(f"/api/v1/sites/{site_id}").json()["plotting_percent"] == 82.0


def test_totals_by_state_add_up_to_the_sites(city: City, signed_in: SignIn) -> None:
    city.plotted_site("甲")
    city.site("乙", east_m=1000)
    city.site("丙", east_m=2000)
    totals = signed_in(city.officer()).get("/api/v1/plotting/progress").json()["totals"]
    assert totals["sites"] == 3 == sum(totals["by_state"].values())
    assert (totals["by_state"]["accepted"], totals["by_state"]["none"]) == (1, 2)


def test_a_change_of_stage_makes_an_accepted_plot_outdated_and_keeps_it_in_force(city: City, signed_in: SignIn) -> None:
    site_id, client = city.plotted_site(), signed_in(city.officer())
    version = client.get(f"/api/v1/sites/{site_id}").json()["version"]
    changed = client.patch(f"/api/v1/sites/{site_id}", json={"version": version, "stage": "structure"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["plotting_state"], changed.json()["in_force_version"]) == ("outdated", 1)


def test_a_percentage_cannot_be_typed(city: City, signed_in: SignIn) -> None:
    site_id, client = city.site(), signed_in(city.officer())
    version = client.get(f"/api/v1/sites/{site_id}").json()["version"]
    answer = client.patch(f"/api/v1/sites/{site_id}", json={"version": version, "plotting_percent": 100})
    assert (answer.status_code, answer.json()["field"]) == (422, "/plotting_percent")


def test_who_is_late_is_told_and_suspended_sites_are_not(city: City, signed_in: SignIn) -> None:
    late, suspended = city.site("逾期工地"), city.site("停工工地", east_m=1000)
    with city.work() as unit:
        for site_id in (late, suspended):
            site_of(unit, site_id).plotting_due_on = (NOW - timedelta(days=3)).date()
        site_of(unit, suspended).state = "suspended"
    client = signed_in(city.officer())
    items = client.get("/api/v1/plotting/progress", params={"late": True}).json()["items"]
    assert [row["site"]["name"] for row in items] == ["逾期工地"]
    assert client.post("/api/v1/plotting/reminders", json={"site_ids": [late]}).json() == {"sent": 1}


def test_the_export_holds_every_row_in_both_formats(city: City, signed_in: SignIn) -> None:
    city.plotted_site("=甲", site_type=SiteType.WATERWAY)
    city.site("乙", east_m=1000)
    client = signed_in(city.officer())
    rows = list(csv.reader(io.StringIO(client.get("/api/v1/plotting/export?format=csv").content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert "'=甲" in {row[1] for row in rows}
    sheet = load_workbook(io.BytesIO(client.get("/api/v1/plotting/export").content)).active
    assert sheet is not None
    assert sheet.max_row == 3
