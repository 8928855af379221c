"""What plans do when devices are put up and sites measured: items find their devices, and the planned view keeps up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

import coverage.plans.reminding
import coverage.reactions  # noqa: F401  what stands is measured before what is planned
from coverage.changes import CoverageMeasured, DigitalPlanProgressed, DigitalPlanReviewed
from coverage.models import CoverageResult
from coverage.plans.matching import match_devices
from coverage.plans.predicting import store_planned
from coverage.plans.reading import plan_in_force
from coverage.states import CoverageView
from foundation.changes import on
from foundation.work import Work
from sites.cameras.changes import CameraAimed, CameraChanged, CameraRegistered
from sites.cameras.models import Camera
from sites.changes import DeviceRegistered
from sites.models import Site


@on(DeviceRegistered)
def find_planned_device(work: Work, change: DeviceRegistered) -> None:
    """A device was put up: it may be one that was planned."""
    _find(work, change.site_id, change.device_id)


def find_planned_camera(work: Work, change: Any) -> None:
    """A camera has its place, its aim or its tags only now."""
    device_id = work.session.scalar(select(Camera.device_id).where(Camera.id == change.camera_id))
    if device_id is not None:
        _find(work, change.site_id, device_id)


for _kind in (CameraRegistered, CameraAimed, CameraChanged):
    on(_kind)(find_planned_camera)


@on(CoverageMeasured)
def measure_planned(work: Work, change: CoverageMeasured) -> None:
    """The planned view follows the others; several measurings in one transaction are one."""
    if any(isinstance(one, CoverageMeasured) and one.site_id == change.site_id for one in work.pending):
        return
    known = select(CoverageResult.id).where(
        CoverageResult.site_id == change.site_id, CoverageResult.view == CoverageView.PLANNED.value
    )
    if plan_in_force(work, change.site_id) is not None or work.session.scalar(known.limit(1)) is not None:
        store_planned(work, work.session.get_one(Site, change.site_id))


def tell_of_the_planned_view(work: Work, change: Any) -> None:
    """Another plan, or more of it, is another planned view: whoever shows coverage is told as of any measuring."""
    work.announce(CoverageMeasured(site_id=change.site_id))


for _step in (DigitalPlanReviewed, DigitalPlanProgressed):
    on(_step)(tell_of_the_planned_view)


def _find(work: Work, site_id: int, device_id: int) -> None:
    plan = plan_in_force(work, site_id)
    if plan is not None and match_devices(work, plan, only_device_id=device_id):
        work.announce(DigitalPlanProgressed(site_id=site_id, number=plan.number))
