"""Digital plans: states and their guards, items and the devices they become."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from coverage.errors import (
    DeviceDoesNotFit,
    DeviceLinkedAlready,
    PlanEmpty,
    PlanItemNotInstalled,
    PlanItemWithoutPlace,
    PlanStateForbids,
)
from coverage.models import DigitalPlan, PlanItem, PlanStep
from coverage.plans.drafting import draft_plan, put_items, submit_plan
from coverage.plans.matching import link_item
from coverage.plans.reading import items_of, plan_in_force, plan_of, progress_of_plan
from coverage.plans.reviewing import accept_item, approve_plan, return_plan
from coverage.plans.values import ItemGiven, item_state, pose_of, stored_pose
from coverage.states import ItemState, PlanState
from foundation.problems import VersionMismatch
from foundation.sealing import Seal
from foundation.work import Work
from sites.cameras.aiming import aim_camera
from sites.cameras.poses import PoseGiven
from sites.cameras.registering import CameraChanges, NewCamera, change_camera, register_camera, retire_camera
from sites.cameras.states import CameraTag, NorthGiven
from sites.devices import NewDevice, register_device
from sites.errors import OpinionMissing, SiteNotPlotted
from sites.states import DeviceClass
from tests.make import City, Person, plane

DUE = date(2026, 12, 1)


def at(east_m: float, north_m: float) -> Point:
    return plane(Point(640000 + east_m, 3457000 + north_m))


def gate(east_m: float = 20, north_m: float = 60, **changes: Any) -> ItemGiven:
    return ItemGiven(**({"name": "闸机", "device_class": DeviceClass.TURNSTILE, "location": at(east_m, north_m)} | changes))


def camera(east_m: float, north_m: float, *tags: CameraTag, **changes: Any) -> ItemGiven:
    pose = PoseGiven(location=at(east_m, north_m), azimuth_deg=45.0, hfov_deg=90.0, range_m=50.0, width_px=1920)
    return ItemGiven(**({"name": "球机", "device_class": DeviceClass.CAMERA, "pose": pose, "tags": tags} | changes))


@pytest.fixture
def people(city: City) -> tuple[Person, Person]:
    author = city.person("contractor")
    city.grant(author, kind="city")
    return author, city.officer()


@pytest.fixture
def site(city: City) -> int:
    return city.plotted_site()


def in_force(city: City, site: int, people: tuple[Person, Person], *items: ItemGiven) -> int:
    """A plan that was approved; returns its number."""
    with city.work(people[0]) as unit:
        number = draft_plan(unit, site, items).number
    with city.work(people[0]) as unit:
        submit_plan(unit, site, number, version=plan_of(unit, site, number).version)
    with city.work(people[1]) as unit:
        approve_plan(unit, site, number, "同意", version=plan_of(unit, site, number).version)
    return number


def states(city: City, site: int, number: int) -> list[ItemState]:
    with city.work() as unit:
        return [one.state for one in items_of(unit, plan_of(unit, site, number))]


def device(city: City, site: int, code: str, device_class: DeviceClass, place: Point | None) -> int:
    with city.work() as unit:
        made = register_device(unit, site, NewDevice(code=code, device_class=device_class, name=code, location=place))
        unit.session.flush()
        return made.id


STEPS = ("submit", "approve", "return", "accept", "link", "edit")
#: State → what may be done in it, as domain.md §4.2 has it.
ALLOWED = {
    PlanState.DRAFT: {"submit", "edit"},
    PlanState.SUBMITTED: {"approve", "return"},
    PlanState.RETURNED: {"submit", "edit"},
    PlanState.APPROVED: {"link", "edit"},
    PlanState.EXECUTING: {"link", "accept", "edit"},
    PlanState.ACCEPTED: {"edit"},
    PlanState.SUPERSEDED: set(),
}


def take(unit: Work, step: str, site: int, item_id: int, version: int) -> None:
    if step == "submit":
        submit_plan(unit, site, 1, version=version)
    elif step == "approve":
        approve_plan(unit, site, 1, "同意", version=version)
    elif step == "return":
        return_plan(unit, site, 1, "改", version=version)
    elif step == "accept":
        accept_item(unit, site, 1, item_id, version=version)
    elif step == "link":
        link_item(unit, site, 1, item_id, None, version=version)
    else:
        put_items(unit, site, 1, [gate()], None, version=version)


def test_each_state_allows_exactly_its_steps(city: City, site: int, people: tuple[Person, Person]) -> None:
    author, officer = people
    with city.work(author) as unit:
        draft_plan(unit, site, [gate()])
    wrong = []
    for state, step in product(PlanState, STEPS):
        with city.work() as unit:
            # as nobody but a test would: put the plan into a state, and take back whatever the step did
            plan = plan_of(unit, site, 1)
            plan.state = state.value
            unit.session.flush()
            object.__setattr__(unit, "viewer", city.viewer(officer if step in {"approve", "return", "accept"} else author))
            try:
                take(unit, step, site, items_of(unit, plan)[0].item.id, plan.version)
                done = True
            except PlanStateForbids:
                done = False
            except PlanItemNotInstalled:
                done = True
            if done != (step in ALLOWED[state]):
                wrong.append((state.value, step))
            unit.session.rollback()
            unit.announced.clear()
            unit.pending.clear()
    assert wrong == []


def test_a_plan_needs_a_device_and_a_return_needs_an_opinion(city: City, site: int, people: tuple[Person, Person]) -> None:
    author, officer = people
    with city.work(author) as unit:
        draft_plan(unit, site, [])
    with city.work(author) as unit, pytest.raises(PlanEmpty):
        submit_plan(unit, site, 1, version=1)
    with city.work(author) as unit:
        put_items(unit, site, 1, [gate()], None, version=plan_of(unit, site, 1).version)
    with city.work(author) as unit:
        submit_plan(unit, site, 1, version=plan_of(unit, site, 1).version)
    with city.work(officer) as unit, pytest.raises(OpinionMissing):
        return_plan(unit, site, 1, " ", version=plan_of(unit, site, 1).version)


def test_a_site_without_a_plot_has_no_plan_and_an_item_needs_a_place(
    city: City, site: int, people: tuple[Person, Person]
) -> None:
    bare = city.site("未标绘", 900, 0)
    with city.work(people[0]) as unit, pytest.raises(SiteNotPlotted):
        draft_plan(unit, bare, [gate(920)])
    with city.work(people[0]) as unit, pytest.raises(PlanItemWithoutPlace) as refused:
        draft_plan(unit, site, [gate(), gate(location=None)])
    assert refused.value.members["field"] == "/items/1/location"


def test_whoever_changes_an_old_version_is_told(city: City, site: int, people: tuple[Person, Person]) -> None:
    with city.work(people[0]) as unit:
        draft_plan(unit, site, [gate()])
    with city.work(people[0]) as unit:
        version = plan_of(unit, site, 1).version
        put_items(unit, site, 1, [gate(), gate(40)], None, version=version)
    with city.work(people[0]) as unit, pytest.raises(VersionMismatch):
        put_items(unit, site, 1, [gate()], None, version=version)
    assert len(states(city, site, 1)) == 2


def test_the_nearest_device_of_the_class_stands_for_an_item(city: City, site: int, people: tuple[Person, Person]) -> None:
    number = in_force(city, site, people, gate(20, 60), gate(28, 60), camera(20, 60))
    device(city, site, "G1", DeviceClass.TURNSTILE, at(27, 60))
    assert states(city, site, number) == [ItemState.PLANNED, ItemState.INSTALLED, ItemState.PLANNED]
    device(city, site, "G2", DeviceClass.TURNSTILE, at(60, 60))
    device(city, site, "D1", DeviceClass.DUST_MONITOR, at(20, 60))
    device(city, site, "G3", DeviceClass.TURNSTILE, None)
    assert states(city, site, number) == [ItemState.PLANNED, ItemState.INSTALLED, ItemState.PLANNED]


def test_devices_that_stood_before_the_approval_are_found_at_it(city: City, site: int, people: tuple[Person, Person]) -> None:
    device(city, site, "G1", DeviceClass.TURNSTILE, at(21, 60))
    number = in_force(city, site, people, gate(20, 60), gate(100, 60))
    assert states(city, site, number) == [ItemState.INSTALLED, ItemState.PLANNED]
    with city.work() as unit:
        plan = plan_in_force(unit, site)
        assert plan is not None
        assert plan.state == PlanState.EXECUTING.value


def test_a_camera_with_other_tags_is_not_the_planned_one_until_it_gets_them(
    city: City, site: int, people: tuple[Person, Person], tmp_path: Any
) -> None:
    number = in_force(city, site, people, camera(50, 50, CameraTag.PIT))
    seal = Seal(tmp_path)
    with city.work() as unit:
        pose = PoseGiven(location=at(52, 50), azimuth_deg=0.0, hfov_deg=90.0, range_m=50.0, width_px=1920)
        made = register_camera(unit, site, NewCamera(code="C1", name="C1", tags=(CameraTag.GATE,), pose=pose), seal)
        camera_id = made.camera.id
    assert states(city, site, number) == [ItemState.PLANNED]
    with city.work() as unit:
        version = unit.session.get_one(type(made.camera), camera_id).version
        change_camera(unit, camera_id, CameraChanges(tags=(CameraTag.GATE, CameraTag.PIT)), seal, version=version)
    assert states(city, site, number) == [ItemState.INSTALLED]
    with city.work() as unit:
        retire_camera(unit, camera_id, version=unit.session.get_one(type(made.camera), camera_id).version)
    assert states(city, site, number) == [ItemState.PLANNED]


def test_a_standing_camera_to_be_aimed_otherwise_is_done_when_it_looks_so(
    city: City, site: int, people: tuple[Person, Person], tmp_path: Any
) -> None:
    pose = PoseGiven(location=at(50, 50), azimuth_deg=0.0, hfov_deg=90.0, range_m=50.0, width_px=1920)
    with city.work() as unit:
        made = register_camera(unit, site, NewCamera(code="C1", name="C1", tags=(CameraTag.PANORAMA,), pose=pose), Seal(tmp_path))
        camera_id = made.camera.id
    turned = PoseGiven(**{**pose.__dict__, "azimuth_deg": 200.0})
    item = ItemGiven(name="调整", device_class=DeviceClass.CAMERA, pose=turned, camera_id=camera_id)
    number = in_force(city, site, people, item)
    assert states(city, site, number) == [ItemState.PLANNED]
    with city.work() as unit:
        version = unit.session.get_one(type(made.camera), camera_id).version
        aim_camera(unit, camera_id, PoseGiven(**{**pose.__dict__, "azimuth_deg": 206.0}), version=version)
    assert states(city, site, number) == [ItemState.INSTALLED]


def test_a_link_must_fit_and_stands_for_one_item_only(city: City, site: int, people: tuple[Person, Person]) -> None:
    number = in_force(city, site, people, gate(20, 60), gate(100, 60))
    far = device(city, site, "G1", DeviceClass.TURNSTILE, at(60, 100))
    dust = device(city, site, "D1", DeviceClass.DUST_MONITOR, at(20, 60))
    with city.work() as unit:
        first, second = (one.item.id for one in items_of(unit, plan_of(unit, site, number)))

    def link(item_id: int, device_id: int | None) -> None:
        with city.work(people[0]) as unit:
            link_item(unit, site, number, item_id, device_id, version=plan_of(unit, site, number).version)

    with pytest.raises(DeviceDoesNotFit):
        link(first, dust)
    link(first, far)
    with pytest.raises(DeviceLinkedAlready):
        link(second, far)
    with city.work() as unit:
        found = progress_of_plan(unit, site, number)
        assert (found.installed, found.installed_share) == (1, 0.5)
        assert [one.item.matched for one in found.items] == [False, False]
    link(first, None)
    assert states(city, site, number) == [ItemState.PLANNED, ItemState.PLANNED]


def test_what_was_done_to_a_plan_cannot_be_rewritten(city: City, site: int, people: tuple[Person, Person]) -> None:
    in_force(city, site, people, gate())
    with city.work() as unit:
        assert len(unit.session.scalars(select(PlanStep)).all()) == 3
    with pytest.raises(DBAPIError, match="never changed"), city.work() as unit:
        unit.session.execute(update(PlanStep).values(opinion="改写"))


def test_a_deleted_plan_takes_its_items_along_and_nothing_else(city: City, site: int, people: tuple[Person, Person]) -> None:
    in_force(city, site, people, gate())
    kept = device(city, site, "G1", DeviceClass.TURNSTILE, at(20, 60))
    with city.work() as unit:
        unit.session.execute(delete(DigitalPlan))
        assert unit.session.scalars(select(PlanItem)).all() == []
        assert kept


def test_a_pose_is_kept_as_it_was_given() -> None:
    given = PoseGiven(
        location=Point(121.47, 31.22), azimuth_deg=45.0, azimuth_given=NorthGiven.GRID, tilt_deg=-3.0, width_px=1920
    )

    item = PlanItem(location=from_shape(given.location, srid=4490), pose=stored_pose(given))
    assert pose_of(item) == given


def test_a_device_that_is_not_there_on_its_day_is_overdue_the_day_after() -> None:
    item = PlanItem(due_on=DUE)
    assert item_state(item, None, DUE) is ItemState.PLANNED
    assert item_state(item, None, date(2026, 12, 2)) is ItemState.OVERDUE
    assert item_state(PlanItem(), None, DUE) is ItemState.PLANNED
