"""Planned against installed: a device that is put up is the one that was planned there, unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import func, select

from coverage.changes import DigitalPlanProgressed
from coverage.errors import DeviceDoesNotFit, DeviceLinkedAlready, PlanItemAccepted
from coverage.models import DigitalPlan, PlanItem
from coverage.plans.drafting import move, require_state, write_step
from coverage.plans.reading import item_of, items_of, plan_of
from coverage.plans.values import pose_of
from coverage.states import ItemState, PlanState, PlanStepKind
from foundation.work import Work
from sites.cameras.models import Camera, CameraPose
from sites.cameras.poses import given_of, true_azimuth_deg
from sites.heartbeats import device_of
from sites.models import Device
from sites.states import DeviceClass
from spatial.frames import site_frame

#: A device put up within so many metres of where one of its class was planned is that one.
NEAR_M = 15.0
#: A camera that stands counts as aimed as planned when it is within so many degrees.
AZIMUTH_WITHIN_DEG, TILT_WITHIN_DEG = 10.0, 5.0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A device as it can be matched; a camera with its registration and pose."""

    device: Device
    camera: Camera | None
    pose: CameraPose | None


def link_item(work: Work, site_id: int, number: int, item_id: int, device_id: int | None, *, version: int) -> PlanItem:
    """Say which device was put up for an item; None takes the device away again."""
    work.require("plan_devices")
    plan = plan_of(work, site_id, number, version=version, lock=True)
    require_state(plan, PlanState.APPROVED, PlanState.EXECUTING)
    item = item_of(work, plan, item_id)
    if item.accepted_at is not None:
        raise PlanItemAccepted
    if device_id is None:
        item.device_id, item.installed_at, item.matched = None, None, False
        write_step(work, plan, PlanStepKind.CHANGED)
    else:
        device = device_of(work, device_id)
        if device.site_id != site_id or device.device_class != item.device_class or device.retired_at is not None:
            raise DeviceDoesNotFit(field="/device_id", device_class=device.device_class, planned=item.device_class)
        others = [one for one in items_of(work, plan) if one.item.id != item.id]
        if any(one.item.device_id == device.id for one in others):
            raise DeviceLinkedAlready(field="/device_id")
        _put_up(work, plan, item, device, matched=False)
    plan.updated_at = work.now
    work.announce(DigitalPlanProgressed(site_id=site_id, number=number))
    return item


def match_devices(work: Work, plan: DigitalPlan, *, only_device_id: int | None = None) -> int:
    """Find the devices that stand for items without one: the nearest first. Returns how many were found."""
    items = items_of(work, plan)
    waiting = [one.item for one in items if one.state in {ItemState.PLANNED, ItemState.OVERDUE}]
    taken = {one.item.device_id for one in items if one.state in {ItemState.INSTALLED, ItemState.ACCEPTED}}
    if not waiting:
        return 0
    standing = [one for one in _standing(work, plan.site_id, only_device_id) if one.device.id not in taken]
    pairs = sorted(
        (distance_m, item.id, one.device.id)
        for item in waiting
        for one in standing
        if (distance_m := _distance_m(item, one)) is not None
    )
    by_item, by_device = {item.id: item for item in waiting}, {one.device.id: one.device for one in standing}
    found = 0
    for _, item_id, device_id in pairs:
        if item_id in by_item and device_id in by_device:
            _put_up(work, plan, by_item.pop(item_id), by_device.pop(device_id), matched=True)
            found += 1
    return found


def _put_up(work: Work, plan: DigitalPlan, item: PlanItem, device: Device, *, matched: bool) -> None:
    item.device_id, item.installed_at, item.matched = device.id, work.now, matched
    if plan.state == PlanState.APPROVED.value:
        move(work, plan, PlanState.EXECUTING, PlanStepKind.INSTALLED)
    else:
        write_step(work, plan, PlanStepKind.INSTALLED)


def _standing(work: Work, site_id: int, only_device_id: int | None) -> Sequence[Standing]:
    wanted = (
        select(Device, Camera, CameraPose)
        .outerjoin(Camera, Camera.device_id == Device.id)
        .outerjoin(CameraPose, (CameraPose.camera_id == Camera.id) & func.upper_inf(CameraPose.valid))
        .where(Device.site_id == site_id, Device.retired_at.is_(None))
        .order_by(Device.id)
    )
    if only_device_id is not None:
        wanted = wanted.where(Device.id == only_device_id)
    return [Standing(device=device, camera=camera, pose=pose) for device, camera, pose in work.session.execute(wanted).all()]


def _distance_m(item: PlanItem, one: Standing) -> float | None:
    """How far a device stands from where it was planned; None if it cannot be the one."""
    if one.device.device_class != item.device_class:
        return None
    if item.camera_id is not None:
        fits = one.camera is not None and one.camera.id == item.camera_id and _aimed_so(item, one)
        return 0.0 if fits else None
    if one.device.location is None:
        return None
    distance_m = _metres(item.location, one.device.location)
    near = distance_m <= NEAR_M
    return distance_m if near and _tags_agree(item, one) else None


def _tags_agree(item: PlanItem, one: Standing) -> bool:
    """A camera put up to watch something else is not the planned one; without tags on either side the place decides."""
    if item.device_class != DeviceClass.CAMERA.value or one.camera is None or not item.tags or not one.camera.tags:
        return True
    return bool(set(item.tags) & set(one.camera.tags))


def _aimed_so(item: PlanItem, one: Standing) -> bool:
    """Does a camera look as planned, with the tags that were planned for it?"""
    assert one.camera is not None
    if one.pose is None or not set(item.tags) <= set(one.camera.tags) or not set(item.algorithms) <= set(one.camera.algorithms):
        return False
    planned, now = pose_of(item), given_of(one.pose)
    wanted, actual = true_azimuth_deg(planned), true_azimuth_deg(now)
    if wanted is not None and (actual is None or abs((actual - wanted + 180) % 360 - 180) > AZIMUTH_WITHIN_DEG):
        return False
    tilts = (planned.tilt_deg, now.tilt_deg)
    return tilts[0] is None or (tilts[1] is not None and abs(tilts[1] - tilts[0]) <= TILT_WITHIN_DEG)


def _metres(one: WKBElement, other: WKBElement) -> float:
    here, there = to_shape(one), to_shape(other)
    frame = site_frame(here)
    return float(frame.to_local(here).distance(frame.to_local(there)))
