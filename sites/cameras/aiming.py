"""Aiming: a camera's pose, versioned in time, and the footprint that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from foundation import audit
from foundation.problems import VersionMismatch
from foundation.work import Work
from sites.cameras.changes import CameraAimed
from sites.cameras.errors import CameraNotFound, CameraRetired
from sites.cameras.models import Camera, CameraPose
from sites.cameras.poses import PoseGiven, check_pose, footprint_of, given_of, method_of, true_azimuth_deg, view_of
from sites.cameras.states import CameraKind, CameraState, FootprintMethod, Level
from sites.cameras.surroundings import Surroundings, surroundings_of
from sites.devices import require_on_site
from sites.models import Device
from sites.progress import refresh_progress
from sites.queries import site_of
from spatial.cameras.footprints import near_blind_zone
from spatial.cameras.values import Demand
from spatial.cameras.views import ExactView, View, in_view, visible
from spatial.crs import STORAGE_SRID

#: The densities people know: detection, observation, recognition, identification (EN 62676-4).
RINGS_PX_PER_M = (25.0, 62.5, 125.0, 250.0)
#: Standard deviations of an installer's figures: degrees, metres, and share of the focal length (spatial-maths.md §2).
INSTALLER_SIGMAS = {"azimuth_deg": 5.0, "tilt_deg": 2.0, "roll_deg": 1.0, "x_m": 1.0, "y_m": 1.0, "z_m": 0.3, "focal_share": 0.03}


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """What a pose shows. Shapes are stored ones, EPSG:4490; empty when nothing can be said."""

    method: FootprintMethod
    ground: BaseGeometry
    #: The same without what stands in the way.
    free: BaseGeometry
    blind: BaseGeometry
    #: px/m → the part of the ground at that density.
    rings: tuple[tuple[float, BaseGeometry], ...]
    area_m2: float | None


def camera_of(work: Work, camera_id: int, *, version: int | None = None) -> Camera:
    """The camera with its device, or ``CameraNotFound`` when it is not the viewer's."""
    camera = work.session.scalars(select(Camera).where(Camera.id == camera_id).options(joinedload(Camera.device))).one_or_none()
    if camera is None:
        raise CameraNotFound
    if version is not None and version != camera.version:
        raise VersionMismatch(base_version=version, current_version=camera.version)
    return camera


def standing_camera(work: Work, camera_id: int, *, version: int) -> Camera:
    """The camera to be changed; one that was taken down cannot be."""
    camera = camera_of(work, camera_id, version=version)
    if camera.state == CameraState.RETIRED.value:
        raise CameraRetired
    return camera


def pose_now(work: Work, camera_id: int) -> CameraPose:
    """The pose in force, or the last one of a camera that was taken down; every camera has one."""
    latest = select(CameraPose).where(CameraPose.camera_id == camera_id).order_by(func.lower(CameraPose.valid).desc()).limit(1)
    return work.session.scalars(latest).one()


def pose_at(work: Work, camera_id: int, at: datetime) -> CameraPose | None:
    """The pose a camera had at an instant; None before it was registered and after it was taken down."""
    camera_of(work, camera_id)
    return work.session.scalars(
        select(CameraPose).where(CameraPose.camera_id == camera_id, CameraPose.valid.contains(at))
    ).one_or_none()


def poses_of(work: Work, camera_id: int) -> Sequence[CameraPose]:
    """All poses of a camera, the latest first."""
    camera_of(work, camera_id)
    found = (
        select(CameraPose)
        .where(CameraPose.camera_id == camera_id)
        .order_by(func.lower(CameraPose.valid).desc(), CameraPose.id.desc())
    )
    return work.session.scalars(found).all()


def footprint_at(work: Work, camera_id: int, at: datetime | None) -> Footprint:
    """What a camera sees now, or saw at an instant, among what stands around it now."""
    camera = camera_of(work, camera_id)
    pose = pose_at(work, camera_id, at) if at else pose_now(work, camera_id)
    given = given_of(pose) if pose is not None else PoseGiven()
    surroundings = surroundings_of(work, site_of(work, camera.site_id))
    shown = footprint_shown(given, CameraKind(camera.kind), Level(camera.level), surroundings)
    return replace(shown, method=FootprintMethod(pose.method)) if pose is not None else shown


def preview_pose(work: Work, site_id: int, given: PoseGiven, kind: CameraKind, level: Level = Level.SURFACE) -> Footprint:
    """What a camera would see with this pose; nothing is stored."""
    surroundings = surroundings_of(work, site_of(work, site_id))
    check_pose(given, kind)
    return footprint_shown(given, kind, level, surroundings)


def aim_camera(
    work: Work,
    camera_id: int,
    given: PoseGiven,
    *,
    version: int,
    reason: str | None = None,
    calibrated: dict[str, Any] | None = None,
) -> CameraPose:
    """Give a camera a new pose; the old one ends now and stays in the history. ``calibrated``: sigmas, id and method of a fit."""
    work.require("aim_camera")
    camera = standing_camera(work, camera_id, version=version)
    check_pose(given, CameraKind(camera.kind))
    site = site_of(work, camera.site_id)
    if given.location is not None:
        require_on_site(work, site, given.location, "/pose/location")
    old = pose_now(work, camera.id)
    end_pose(work, old)
    pose = new_pose(camera, given, work.now, work.viewer.name, reason)
    if calibrated:
        pose.method = calibrated.get("method", FootprintMethod.CALIBRATED.value)
        pose.sigmas, pose.calibration_id = calibrated["sigmas"], calibrated["id"]
    work.session.add(pose)
    settle_camera(camera, camera.device, pose, surroundings_of(work, site))
    # the camera row is what callers lock on: a new pose is a new version of the camera
    camera.updated_at = work.now
    refresh_progress(work, site)
    audit.record(work, "camera_aimed", "camera", camera.id, site_id=camera.site_id)
    work.announce(CameraAimed(site_id=camera.site_id, camera_id=camera.id))
    return pose


def end_pose(work: Work, pose: CameraPose) -> None:
    """The pose was in force until now."""
    assert pose.valid.lower is not None
    end = max(work.now, pose.valid.lower)
    if end == pose.valid.lower:
        work.session.delete(pose)
    else:
        pose.valid = Range(pose.valid.lower, end, bounds="[)")
    work.session.flush()


def new_pose(camera: Camera, given: PoseGiven, since: datetime, author: str, reason: str | None) -> CameraPose:
    """A pose row; the azimuth is stored from true north, whichever it was given from."""
    plain = {name: getattr(given, name) for name in PoseGiven.__dataclass_fields__ if name not in {"location", "azimuth_deg"}}
    return CameraPose(
        site_id=camera.site_id,
        camera_id=camera.id,
        valid=Range(since, None, bounds="[)"),
        author_name=author,
        reason=reason,
        location=from_shape(given.location, srid=STORAGE_SRID) if given.location is not None else None,
        azimuth_deg=true_azimuth_deg(given),
        method=method_of(given).value,
        **{**plain, "azimuth_given": given.azimuth_given.value},
    )


def settle_camera(camera: Camera, device: Device, pose: CameraPose, surroundings: Surroundings) -> None:
    """Bring state, place and footprint in line with the pose."""
    given = given_of(pose)
    shown = footprint_shown(given, CameraKind(camera.kind), Level(camera.level), surroundings)
    pose.footprint = from_shape(shown.ground, srid=STORAGE_SRID) if not shown.ground.is_empty else None
    pose.footprint_area_m2 = shown.area_m2
    camera.state = (CameraState.DRAFT if pose.method == FootprintMethod.UNPOSED.value else CameraState.READY).value
    device.location = pose.location


def footprint_shown(given: PoseGiven, kind: CameraKind, level: Level, surroundings: Surroundings) -> Footprint:
    """The footprint of a pose among what stands around it, with density rings and blind zone."""
    view = view_of(given, kind, surroundings.frame)
    if view is None:
        nothing = Polygon()
        return Footprint(method=FootprintMethod.UNPOSED, ground=nothing, free=nothing, blind=nothing, rings=(), area_m2=None)
    obstacles = surroundings.obstacles(level)
    ground = footprint_of(view, obstacles)
    assert ground is not None
    store = surroundings.frame.to_storage
    rings = [(density, visible(view, Demand(plane_z_m=0.0, across_px_per_m=density), obstacles)) for density in RINGS_PX_PER_M]
    return Footprint(
        method=method_of(given),
        ground=store(_clean(ground)),
        free=store(in_view(view, Demand(plane_z_m=0.0, across_px_per_m=0.0))),
        blind=store(_blind(view)),
        rings=tuple((density, store(_clean(ring))) for density, ring in rings if not ring.is_empty),
        area_m2=float(ground.area),
    )


def refresh_footprints(work: Work, site_id: int) -> int:
    """Compute the footprints of a site's cameras anew, after its plot changed. Returns how many."""
    site = site_of(work, site_id)
    standing = select(Camera).where(Camera.site_id == site_id, Camera.state != CameraState.RETIRED.value)
    cameras = work.session.scalars(standing.options(joinedload(Camera.device))).all()
    if not cameras:
        return 0
    surroundings = surroundings_of(work, site)
    poses = work.session.scalars(select(CameraPose).where(CameraPose.site_id == site_id, func.upper_inf(CameraPose.valid))).all()
    by_camera = {pose.camera_id: pose for pose in poses}
    for camera in cameras:
        settle_camera(camera, camera.device, by_camera[camera.id], surroundings)
    return len(cameras)


def _blind(view: View) -> BaseGeometry:
    return near_blind_zone(view.pose, view.optics, 0.0) if isinstance(view, ExactView) else Polygon()


def _clean(shape: BaseGeometry) -> BaseGeometry:
    """Polygons only: a difference may leave lines behind."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 1e-6]
    return shapely.union_all(parts) if parts else Polygon()
