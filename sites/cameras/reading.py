"""Reading cameras: one, a site's, or a page of many."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from foundation.work import Work
from sites.cameras.aiming import camera_of, pose_now
from sites.cameras.models import Camera, CameraPose
from sites.cameras.poses import given_of, missing_of
from sites.cameras.states import CameraState, CameraTag, FootprintMethod
from sites.models import Device, SiteDistrict
from sites.queries import site_of
from sites.states import Connectivity
from spatial.crs import STORAGE_SRID


@dataclass(frozen=True, kw_only=True)
class CameraNow:
    """A camera with its pose in force, and what it lacks."""

    camera: Camera
    pose: CameraPose
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CameraFilter:
    """Which cameras a list asks for; every member narrows it."""

    q: str | None = None
    site_id: int | None = None
    district: str | None = None
    state: CameraState | None = None
    connectivity: Connectivity | None = None
    tag: CameraTag | None = None
    method: FootprintMethod | None = None
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None


def camera_now(work: Work, camera_id: int) -> CameraNow:
    """One camera as it is now."""
    camera = camera_of(work, camera_id)
    pose = pose_now(work, camera_id)
    return CameraNow(camera=camera, pose=pose, missing=missing_of(given_of(pose)))


def cameras_of(work: Work, site_id: int) -> list[CameraNow]:
    """The cameras that stand on a site, by code."""
    site_of(work, site_id)
    return _with_poses(work, [Camera.site_id == site_id])


def list_cameras(work: Work, wanted: CameraFilter, *, limit: int, offset: int) -> tuple[list[CameraNow], int]:
    """A page of the cameras that stand somewhere, and how many match in all."""
    conditions = _matching(wanted)
    counted = (
        select(func.count(Camera.id))
        .join(CameraPose, CameraPose.camera_id == Camera.id)
        .join(Device, Device.id == Camera.device_id)
        .where(func.upper_inf(CameraPose.valid), *conditions)
    )
    total = work.session.execute(counted).scalar_one()
    return _with_poses(work, conditions, limit=limit, offset=offset), total


def _matching(wanted: CameraFilter) -> list[ColumnElement[bool]]:
    plain = {
        Camera.site_id: wanted.site_id,
        Camera.state: wanted.state,
        Device.connectivity: wanted.connectivity,
        CameraPose.method: wanted.method,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in plain.items() if value is not None]
    if wanted.q:
        like = "%" + wanted.q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        conditions.append(or_(Device.name.ilike(like), Device.code.ilike(like), Device.national_code.ilike(like)))
    if wanted.tag is not None:
        conditions.append(Camera.tags.contains([wanted.tag.value]))
    if wanted.district:
        in_district = select(SiteDistrict.site_id).where(SiteDistrict.district_code == wanted.district)
        conditions.append(Camera.site_id.in_(in_district))
    if wanted.bbox:
        conditions.append(CameraPose.location.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, STORAGE_SRID)))
    return conditions


def _with_poses(
    work: Work, conditions: list[ColumnElement[bool]], *, limit: int | None = None, offset: int = 0
) -> list[CameraNow]:
    rows = work.session.execute(
        select(Camera, CameraPose)
        .join(CameraPose, CameraPose.camera_id == Camera.id)
        .join(Device, Device.id == Camera.device_id)
        .where(func.upper_inf(CameraPose.valid), *conditions)
        .options(joinedload(Camera.device))
        .order_by(Device.code, Camera.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [CameraNow(camera=camera, pose=pose, missing=missing_of(given_of(pose))) for camera, pose in rows]
