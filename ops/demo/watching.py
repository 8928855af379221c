"""Writing the demo's terminals, and measuring what they watch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from geoalchemy2.shape import from_shape
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import Range

from coverage.catalogue.editing import catalogue_in_force
from coverage.recompute import recompute_sites
from coverage.scenes import derive_scenes
from foundation.jobs import job
from foundation.work import Work
from ops.demo.devices import DemoDevice
from ops.demo.plan import TODAY, DemoSite
from sites.cameras.aiming import footprint_shown
from sites.cameras.models import Camera, CameraPose
from sites.cameras.poses import method_of
from sites.cameras.states import CameraState, FootprintMethod, Level
from sites.cameras.surroundings import surroundings_of
from sites.models import Device, Site
from sites.states import Connectivity, DeviceClass
from spatial.crs import STORAGE_SRID

Row = dict[str, Any]
#: The demo's terminals say that they live every minute and are given three times as long.
PERIOD_S = 60
#: Sites measured with the statements of one.
TOGETHER = 25
AUTHOR = "演示数据"


def write_devices(unit: Work, planned: list[DemoSite], ids: dict[int, int]) -> None:
    """Terminals, cameras and their poses, with footprints among what stands around them."""
    devices = [(ids[site.number], number, one) for site in planned for number, one in enumerate(site.devices, start=1)]
    if not devices:
        return
    rows = [_device_row(site_id, number, one) for site_id, number, one in devices]
    device_ids = unit.session.scalars(insert(Device).returning(Device.id, sort_by_parameter_order=True), rows).all()
    cameras = [
        (site_id, one, device_id)
        for (site_id, _, one), device_id in zip(devices, device_ids, strict=True)
        if one.device_class is DeviceClass.CAMERA
    ]
    rows = [_camera_row(site_id, one, device_id) for site_id, one, device_id in cameras]
    camera_ids = unit.session.scalars(insert(Camera).returning(Camera.id, sort_by_parameter_order=True), rows).all()
    by_site: dict[int, list[tuple[int, DemoDevice]]] = {}
    for (site_id, one, _), camera_id in zip(cameras, camera_ids, strict=True):
        by_site.setdefault(site_id, []).append((camera_id, one))
    unit.session.execute(
        insert(CameraPose), [row for site_id, some in by_site.items() for row in _pose_rows(unit, site_id, some)]
    )


def measure_demo(unit: Work) -> None:
    """Scenes of every plotted site, and what is watched of them, some sites at a time."""
    catalogue = catalogue_in_force(unit)
    plotted = unit.session.scalars(select(Site.id).where(Site.in_force_number.is_not(None)).order_by(Site.id)).all()
    for first in range(0, len(plotted), TOGETHER):
        chosen = select(Site).where(Site.id.in_(plotted[first : first + TOGETHER])).order_by(Site.id)
        sites = unit.session.scalars(chosen).all()
        for site in sites:
            derive_scenes(unit, site, catalogue.catalogue)
        recompute_sites(unit, sites, catalogue)
        unit.session.expunge_all()


def keep_alive() -> None:
    """Make the demo's terminals, which are not there, say every minute that they live; the worker asks for it in a demo only."""
    job("demo_pulse", cron="* * * * *")(pulse)


def pulse(work: Work) -> None:
    """Terminals that were on line are still."""
    alive = update(Device).where(Device.connectivity == Connectivity.ONLINE.value, Device.created_by.is_(None))
    work.session.execute(alive.values(heard_at=work.now))


def _device_row(site_id: int, number: int, one: DemoDevice) -> Row:
    heard = {Connectivity.ONLINE: datetime.now(UTC), Connectivity.OFFLINE: TODAY - timedelta(hours=30)}.get(one.connectivity)
    place = one.pose.location
    return {
        "site_id": site_id,
        "code": f"D{number:02d}",
        "national_code": None,
        "device_class": one.device_class.value,
        "name": one.name,
        "location": from_shape(place, srid=STORAGE_SRID) if place is not None else None,
        "connectivity": one.connectivity.value,
        "heard_at": heard,
        "period_s": PERIOD_S,
        "vendor": one.vendor,
        "readings": {"pm10_ug_m3": 62.0, "tsp_ug_m3": 118.0} if one.device_class is DeviceClass.DUST_MONITOR else None,
        "readings_at": heard if one.device_class is DeviceClass.DUST_MONITOR else None,
        "version": 1,
    }


def _camera_row(site_id: int, one: DemoDevice, device_id: int) -> Row:
    method = method_of(one.pose)
    state = CameraState.DRAFT if method is FootprintMethod.UNPOSED else CameraState.READY
    return {
        "site_id": site_id,
        "device_id": device_id,
        "kind": one.kind.value,
        "state": state.value,
        "level": Level.SURFACE.value,
        "synthetic": True,
        "tags": [tag.value for tag in one.tags],
        "algorithms": list(one.algorithms),
        "version": 1,
    }


def _pose_rows(unit: Work, site_id: int, cameras: list[tuple[int, DemoDevice]]) -> Iterable[Row]:
    surroundings = surroundings_of(unit, unit.session.get_one(Site, site_id))
    for camera_id, one in cameras:
        shown = footprint_shown(one.pose, one.kind, Level.SURFACE, surroundings)
        plain = {
            name: getattr(one.pose, name)
            for name in type(one.pose).__dataclass_fields__
            if name not in {"location", "azimuth_given"}
        }
        place = one.pose.location
        yield plain | {
            "site_id": site_id,
            "camera_id": camera_id,
            "valid": Range(TODAY - timedelta(days=30), None, bounds="[)"),
            "author_name": AUTHOR,
            "location": from_shape(place, srid=STORAGE_SRID) if place is not None else None,
            "azimuth_given": one.pose.azimuth_given.value,
            "method": shown.method.value,
            "footprint": from_shape(shown.ground, srid=STORAGE_SRID) if not shown.ground.is_empty else None,
            "footprint_area_m2": shown.area_m2,
            "version": 1,
        }
