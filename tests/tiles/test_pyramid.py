"""The pyramid: whatever happens to incidents, counts in tiles are counts of rows, for each viewer of what is theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import mapbox_vector_tile
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point
from sqlalchemy import func, select, update

from foundation.database import Database
from incidents.loop import Step, go_on
from incidents.models import Incident
from incidents.reporting import Report, report_incident
from incidents.states import OPEN, UNCOUNTED, IncidentAction, IncidentKind, IncidentSeverity
from spatial.morton import separate
from tests.golden_site import place
from tests.make import NOW, City, Person
from tiles.pyramid import drawing
from tiles.pyramid.checking import find_faults, make_anew
from tiles.pyramid.drawing import draw_incidents
from tiles.pyramid.models import IncidentCell

SignIn = Callable[[Person], TestClient]
ACTIONS = (IncidentAction.CONFIRM, IncidentAction.MARK_FALSE)


def tiles_over(keys: list[int], z: int) -> set[tuple[int, int]]:
    columns, rows = separate(keys)
    return {(int(x) >> 28 - z, int(y) >> 28 - z) for x, y in zip(columns, rows, strict=True)}


def drawn(city: City, z: int, person: Person | None = None) -> tuple[int, int]:
    """How many incidents the tiles of a zoom show, and how many of them open."""
    with city.work() as unit:
        keys = list(unit.session.scalars(select(Incident.tile_key)))
    count = open_count = 0
    with city.work(person) as unit:
        for x, y in tiles_over(keys, z):
            body = draw_incidents(unit, z, x, y)
            for feature in mapbox_vector_tile.decode(body)["incidents"]["features"] if body else []:
                told = feature["properties"]
                count += told.get("count", 1)
                open_count += told.get("open_count", int(told["open"]))
    return count, open_count


def rows(city: City) -> tuple[int, int]:
    with city.work() as unit:
        states = Counter(unit.session.scalars(select(Incident.state)))
    counted = sum(number for state, number in states.items() if state not in {one.value for one in UNCOUNTED})
    return counted, sum(states[one.value] for one in OPEN)


def report(city: City, number: int, severity: IncidentSeverity = IncidentSeverity.MODERATE, east_m: float = 20) -> int:
    told = Report(
        kind=IncidentKind.DUST,
        severity=severity,
        location=Point(place(east_m + number % 10 * 12, 15 + number // 10 % 8 * 12)),
        occurred_at=NOW - timedelta(minutes=11 * number),
    )
    with city.work() as unit:
        return report_incident(unit, told).incident.id


steps = st.lists(
    st.tuples(st.integers(0, 39), st.sampled_from(IncidentSeverity), st.sampled_from(ACTIONS)), min_size=1, max_size=12
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.integers(5, 17))
def test_counts_are_those_of_the_rows_at_every_zoom(
    city: City, database: Database, told: list[tuple[int, IncidentSeverity, IncidentAction]], z: int
) -> None:
    with city.work() as unit:
        known = unit.session.scalar(select(func.count()).select_from(Incident))
    if not known:
        city.plotted_site()
    for number, severity, action in told:
        made = report(city, number, severity)
        with city.work() as unit:
            incident = unit.session.get_one(Incident, made)
            if incident.state == "detected":
                go_on(unit, made, Step(action=action, opinion="看过"), version=incident.version)
    assert drawn(city, z) == rows(city)
    assert find_faults(database) == []


def test_where_there_are_too_many_the_gravest_are_single_and_the_rest_is_counted(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.plotted_site()
    grave = [report(city, number, IncidentSeverity.CRITICAL) for number in range(3)]
    for number in range(10, 30):
        report(city, number, IncidentSeverity.MINOR)
    monkeypatch.setattr(drawing, "MOST_SINGLES", 3)
    assert drawn(city, 15) == rows(city) == (23, 23)
    with city.work() as unit:
        keys = list(unit.session.scalars(select(Incident.tile_key)))
        features = [
            one
            for x, y in tiles_over(keys, 14)
            for one in mapbox_vector_tile.decode(draw_incidents(unit, 14, x, y))["incidents"]["features"]
        ]
    assert {one["id"] for one in features if "id" in one and "count" not in one["properties"]} >= set(grave)
    assert any("count" in one["properties"] for one in features)


def test_a_cell_counts_nothing_that_the_viewer_may_not_see(city: City) -> None:
    city.plotted_site()
    city.plotted_site(name="另一工地", east_m=400)
    report(city, 1)
    report(city, 2, east_m=420)
    stranger = city.person("station_officer")
    for z in (6, 12, 16):
        assert drawn(city, z) == (2, 2)
        assert drawn(city, z, stranger) == (0, 0)


def test_a_count_that_somebody_wrote_past_is_found_and_put_right(city: City, database: Database) -> None:
    site_id = city.plotted_site()
    made = [report(city, number) for number in range(4)]
    with city.work() as unit:
        unit.session.execute(update(IncidentCell).where(IncidentCell.level == 15).values(minor=7))
        unit.session.execute(update(Incident).where(Incident.id == made[0]).values(tile_key=5, state="closed"))
    [fault] = find_faults(database)
    assert (fault.site_id, fault.incidents) == (site_id, 1)
    assert fault.cells > 0
    heard: list[tuple[int, int]] = []
    make_anew(database, lambda done, of: heard.append((done, of)))
    assert heard == [(1, 1)]
    assert find_faults(database) == []
    assert drawn(city, 13) == rows(city) == (4, 3)
