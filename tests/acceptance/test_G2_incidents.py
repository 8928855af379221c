"""G2, G4, M12: an incident is located, is one however many report it, and goes round its loop, each step by whose it is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import permutations
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from shapely import Point
from sqlalchemy import select, update

from foundation.work import Work
from incidents.clocks import later
from incidents.digest import digest_of
from incidents.loop import incident_of
from incidents.models import Incident, IncidentStep
from incidents.overdue import watch_incidents
from incidents.reading import figures
from incidents.reporting import Report, report_incident
from incidents.states import IncidentKind, IncidentSeverity, IncidentSourceKind
from sites.models import Participant
from tests.golden_site import place
from tests.make import NOW, City, Person
from tests.tiles.test_tiles import address

SignIn = Callable[[Person], TestClient]
INCIDENTS = "/api/v1/incidents"


class House:
    """Somebody of each kind on one site, in the organisations that take part in it."""

    def __init__(self, city: City, signed_in: SignIn, site_id: int) -> None:
        with city.work() as unit:
            rows = unit.session.execute(
                select(Participant.role, Participant.organisation_id).where(Participant.site_id == site_id)
            )
            houses = {one.role: one.organisation_id for one in rows}
        self.contractor = signed_in(city.person("contractor", organisation_id=houses["contractor"]))
        self.engineer = signed_in(city.person("supervising_engineer", organisation_id=houses["supervising_engineer"]))
        self.owner = signed_in(city.person("owner", organisation_id=houses["owner"]))
        self.officer = signed_in(city.officer())


@pytest.fixture
def site(city: City) -> int:
    return city.plotted_site()


@pytest.fixture
def house(city: City, signed_in: SignIn, site: int) -> House:
    return House(city, signed_in, site)


def told(east_m: float = 50, north_m: float = 40, **changes: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": place(east_m, north_m)}
    return {"kind": "dust", "severity": "moderate", "location": point, "occurred_at": NOW.isoformat()} | changes


def reported(client: TestClient, east_m: float = 50, north_m: float = 40, **changes: Any) -> dict[str, Any]:
    answer = client.post(INCIDENTS, json=told(east_m, north_m, **changes))
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def act(client: TestClient, incident_id: int, action: str, **given: Any) -> Any:
    version = client.get(f"{INCIDENTS}/{incident_id}").json()["version"]
    return client.post(f"{INCIDENTS}/{incident_id}/actions/{action}", json={"version": version} | given)


def done(client: TestClient, incident_id: int, action: str, **given: Any) -> dict[str, Any]:
    answer = act(client, incident_id, action, **given)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def photo(client: TestClient, incident_id: int, east_m: float, north_m: float) -> int:
    buffer = BytesIO()
    Image.new("RGB", (640, 480), "green").save(buffer, "PNG")
    lon, lat = place(east_m, north_m)
    form = {"stage": "rectified", "lon": str(lon), "lat": str(lat)}
    answer = client.post(
        f"{INCIDENTS}/{incident_id}/pictures", data=form, files={"file": ("a.png", buffer.getvalue(), "image/png")}
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_a_place_becomes_an_incident_of_the_site_it_lies_on_with_its_contractor(house: House, city: City, site: int) -> None:
    found = reported(house.officer, note="裸土未覆盖")
    assert (found["site_id"], found["state"], found["level"], found["merged"]) == (site, "detected", "small", False)
    whole = house.officer.get(f"{INCIDENTS}/{found['id']}").json()
    with city.work() as unit:
        contractor = unit.session.scalar(
            select(Participant.organisation_id).where(Participant.site_id == site, Participant.role == "contractor")
        )
    assert (whole["responsible_id"], whole["boundary_number"]) == (contractor, 1)
    assert [(one["action"], one["to_state"]) for one in whole["steps"]] == [("report", "detected")]
    assert [one["kind"] for one in whole["sources"]] == ["person"]


def test_a_place_on_no_site_is_refused_with_the_place_and_a_phone_beside_the_fence_is_not(house: House) -> None:
    answer = house.officer.post(INCIDENTS, json=told(900, 900))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/incident-outside-sites")
    assert answer.json()["at"] == pytest.approx(place(900, 900), abs=1e-6)
    assert reported(house.officer, -40, 60)["located"] == "map"


def test_the_loop_closes_only_through_its_steps_and_the_digest_tells_whether_they_were_touched(house: House, city: City) -> None:
    made = reported(house.officer)["id"]
    assert done(house.engineer, made, "confirm")["state"] == "dispatched"
    assert act(house.engineer, made, "accept").status_code == 403
    assert done(house.contractor, made, "accept")["state"] == "rectifying"
    refused = act(house.contractor, made, "submit")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/photo-missing")
    photo(house.contractor, made, 150, 40)
    assert act(house.contractor, made, "submit").status_code == 422
    photo(house.contractor, made, 60, 45)
    assert done(house.contractor, made, "submit")["state"] == "in_review"
    assert act(house.contractor, made, "pass").status_code == 403
    closed = done(house.engineer, made, "pass")
    assert (closed["state"], closed["due_at"], len(closed["digest"])) == ("closed", None, 64)
    steps = [one["action"] for one in closed["steps"]]
    assert steps == ["report", "confirm", "dispatch", "accept", "submit", "pass"]
    with city.work() as unit:
        incident = incident_of(unit, made)
        assert digest_of(unit, incident) == incident.digest
        step = IncidentStep(
            site_id=incident.site_id, incident_id=made, at=NOW, viewer_name="x", action="pass", to_state="closed", level="small"
        )
        unit.session.add(step)
        unit.session.flush()
        assert digest_of(unit, incident) != incident.digest


def test_a_step_that_the_state_does_not_allow_is_a_conflict_that_names_what_is_possible(house: House) -> None:
    made = reported(house.officer)["id"]
    answer = act(house.engineer, made, "pass")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/action-not-possible")
    assert "confirm" in answer.json()["detail"]


def test_of_twenty_who_try_at_once_one_wins(house: House, app: FastAPI) -> None:
    made = reported(house.officer)["id"]
    version = house.engineer.get(f"{INCIDENTS}/{made}").json()["version"]

    def confirm(_: int) -> int:
        return int(house.engineer.post(f"{INCIDENTS}/{made}/actions/confirm", json={"version": version}).status_code)

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(confirm, range(20)))
    assert answers == [200] + [409] * 19


def test_a_second_rejection_lifts_it_to_the_owner_who_then_decides(house: House) -> None:
    made = reported(house.officer)["id"]
    done(house.engineer, made, "confirm")
    done(house.contractor, made, "accept")
    for _ in range(2):
        done(house.contractor, made, "submit", opinion="已清理，现场无法拍照")
        found = done(house.engineer, made, "reject", opinion="仍有裸土")
    assert (found["level"], found["rejections"], found["steps"][-1]["action"]) == ("medium", 2, "escalate")
    done(house.contractor, made, "submit", opinion="已覆盖")
    assert act(house.engineer, made, "pass").status_code == 403
    assert done(house.owner, made, "pass")["state"] == "closed"


def test_an_appeal_stops_the_clock_is_possible_once_and_is_not_decided_by_who_confirmed(
    house: House, city: City, signed_in: SignIn, site: int
) -> None:
    made = reported(house.officer)["id"]
    done(house.engineer, made, "confirm")
    assert act(house.contractor, made, "appeal").status_code == 422
    assert done(house.contractor, made, "appeal", opinion="非本单位作业面")["due_at"] is None
    own = act(house.engineer, made, "uphold", opinion="属实")
    assert (own.status_code, own.json()["type"]) == (403, "/problems/own-work-reviewed")
    assert done(house.engineer, made, "refuse", opinion="在红线内")["state"] == "rectifying"
    again = act(house.contractor, made, "appeal", opinion="再申诉")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/appeal-late")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_three_sources_of_one_fire_are_one_incident_in_any_order(city: City, site: int, order: tuple[int, ...]) -> None:
    told_by = [
        (50.0, 0, IncidentSeverity.MAJOR, 8.0, IncidentSourceKind.VISION),
        (62.0, 40, IncidentSeverity.CRITICAL, 3.0, IncidentSourceKind.PERSON),
        (56.0, 20, IncidentSeverity.MODERATE, None, IncidentSourceKind.PARTNER),
    ]
    with city.work() as unit:
        for number in order:
            east_m, after_s, severity, accuracy_m, source = told_by[number]
            report_incident(
                unit,
                Report(
                    kind=IncidentKind.FIRE_OR_SMOKE,
                    severity=severity,
                    location=Point(place(east_m, 40)),
                    occurred_at=NOW + timedelta(seconds=after_s),
                    accuracy_m=accuracy_m,
                    source=source,
                ),
            )
        [found] = unit.session.scalars(select(Incident)).all()
        unit.session.refresh(found)
        assert (found.severity, found.level, found.accuracy_m, found.occurred_at) == ("critical", "large", 3.0, NOW)


def test_sixty_metres_apart_they_are_two(house: House) -> None:
    first, second = reported(house.officer, 40, 40, kind="fire_or_smoke"), reported(house.officer, 110, 40, kind="fire_or_smoke")
    assert first["id"] != second["id"]
    lon, lat = place(60, 40)
    known = house.officer.get(f"{INCIDENTS}/similar?kind=fire_or_smoke&lon={lon}&lat={lat}").json()
    assert [one["id"] for one in known["items"]] == [first["id"], second["id"]]


def test_the_same_incident_lies_on_the_desk_of_whose_step_it_is(house: House, city: City) -> None:
    made = reported(house.officer)["id"]

    def on(client: TestClient) -> bool:
        return made in [one["id"] for one in client.get(f"{INCIDENTS}/desk").json()["items"]]

    assert (on(house.engineer), on(house.contractor)) == (True, False)
    done(house.engineer, made, "confirm")
    assert (on(house.engineer), on(house.contractor)) == (False, True)
    done(house.contractor, made, "accept")
    done(house.contractor, made, "submit", opinion="已完成")
    assert (on(house.engineer), on(house.contractor), on(house.owner)) == (True, False, False)
    done(house.owner, made, "escalate", opinion="督办")
    assert (on(house.engineer), on(house.owner)) == (False, True)


def test_overdue_is_told_and_never_a_state(house: House, city: City) -> None:
    made = reported(house.officer)["id"]
    with city.work() as unit:
        unit.session.execute(update(Incident).where(Incident.id == made).values(due_at=NOW - timedelta(days=30)))
    found = house.officer.get(f"{INCIDENTS}?overdue=true").json()
    assert [(one["id"], one["overdue"], one["state"]) for one in found["items"]] == [(made, True, "detected")]


def test_it_lies_on_the_next_desk_when_its_time_has_passed_once_and_on_the_stations_when_twice(house: House, city: City) -> None:
    made = reported(house.officer)["id"]
    done(house.engineer, made, "confirm")
    done(house.contractor, made, "accept")
    with city.work() as unit:
        incident = incident_of(unit, made)
        began = work_start(unit, made)
        due = incident.due_at
        assert due is not None

    def level_at(now: datetime) -> str:
        with city.work(now=now) as unit:
            watch_incidents(unit)
        with city.work() as unit:
            return incident_of(unit, made).level

    assert level_at(due - timedelta(minutes=1)) == "small"
    assert level_at(due + timedelta(minutes=1)) == "medium"
    assert level_at(due + timedelta(minutes=2)) == "medium"
    assert level_at(later(IncidentSeverity.MODERATE, began, 2 * 72 * 3600) - timedelta(minutes=5)) == "medium"
    assert level_at(later(IncidentSeverity.MODERATE, began, 2 * 72 * 3600) + timedelta(minutes=5)) == "large"
    steps = house.officer.get(f"{INCIDENTS}/{made}").json()["steps"]
    assert [one["action"] for one in steps[-2:]] == ["escalate", "escalate"]


def work_start(unit: Work, incident_id: int) -> datetime:
    accepted = select(IncidentStep.at).where(IncidentStep.incident_id == incident_id, IncidentStep.action == "accept")
    return unit.session.execute(accepted).scalar_one()


def test_what_was_suspended_goes_on_by_itself_with_the_time_that_was_left(house: House, city: City) -> None:
    made = reported(house.officer, severity="major")["id"]
    for client, action in ((house.owner, "confirm"), (house.owner, "dispatch"), (house.contractor, "accept")):
        done(client, made, action)
    too_long = act(house.owner, made, "suspend", opinion="等材料", until=(datetime.now(UTC) + timedelta(days=20)).isoformat())
    assert (too_long.status_code, too_long.json()["type"]) == (422, "/problems/suspension-too-long")
    until = datetime.now(UTC) + timedelta(days=3)
    rested = done(house.owner, made, "suspend", opinion="等材料", until=until.isoformat())
    assert (rested["state"], rested["due_at"]) == ("suspended", None)
    with city.work(now=until + timedelta(minutes=1)) as unit:
        watch_incidents(unit)
    found = house.owner.get(f"{INCIDENTS}/{made}").json()
    assert found["state"] == "rectifying"
    left = datetime.fromisoformat(found["due_at"]) - (until + timedelta(minutes=1))
    assert timedelta(hours=23, minutes=50) < left <= timedelta(hours=24)


def test_open_incidents_are_drawn_and_those_called_off_are_not(house: House) -> None:
    made = reported(house.officer, severity="major")["id"]

    def drawn() -> list[int]:
        x, y = address(121.4704, 31.2269, 15)
        answer = house.officer.get(f"/tiles/incidents/15/{x}/{y}.mvt")
        found = mapbox_vector_tile.decode(answer.content)["incidents"]["features"] if answer.status_code == 200 else []
        return [one["id"] for one in found]

    version = house.officer.get("/tiles/incidents.json").json()["version"]
    assert drawn() == [made]
    done(house.officer, made, "mark_false", opinion="镜头反光")
    assert drawn() == []
    assert house.officer.get("/tiles/incidents.json").json()["version"] != version


def test_figures_of_an_empty_city_are_zero_where_counted_and_unknown_where_shared(city: City, house: House) -> None:
    with city.work() as unit:
        found = figures(unit)
    assert sum(found.open_by_severity.values()) == 0
    assert (found.closed_share, found.median_close_h, len(found.hours)) == (None, None, 24)


def test_a_stranger_finds_nothing(house: House, city: City, signed_in: SignIn) -> None:
    made = reported(house.officer)["id"]
    stranger = signed_in(city.officer("310104"))
    assert stranger.get(f"{INCIDENTS}/{made}").status_code == 404
    assert stranger.get(INCIDENTS).json()["total"] == 0
    assert stranger.post(f"{INCIDENTS}/{made}/actions/cancel", json={"version": 1, "opinion": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"kind": "nonsense"}, 422, "/kind"),
        ({"occurred_at": "2026-01-01"}, 422, "/occurred_at"),
        ({"occurred_at": (NOW + timedelta(days=900)).isoformat()}, 422, "/occurred_at"),
        ({"accuracy_m": -1}, 422, "/accuracy_m"),
        ({"location": {"type": "Point", "coordinates": [999, 0]}}, 422, "/location"),
    ],
)
def test_bad_reports_name_the_field(house: House, changes: dict[str, Any], status: int, pointer: str) -> None:
    answer = house.officer.post(INCIDENTS, json=told() | changes)
    assert answer.status_code == status
    assert pointer in answer.text
