"""Calibrating a camera: control points in, a judged fit out, and with it a pose whose errors are known.

A verified fit makes the footprint "calibrated"; a rough one gives the better pose but stays a pinhole; a refused one is kept and
changes nothing. Aiming by hand, or another picture size, makes a calibration stale, and the reason is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from shapely import Point
from sqlalchemy import select

from foundation import audit
from foundation.work import Work
from sites.cameras.aiming import INSTALLER_SIGMAS, aim_camera, camera_of, pose_now, standing_camera
from sites.cameras.errors import (
    CalibrationNotForKind,
    CalibrationPointsTooFew,
    CameraIncomplete,
    PictureShapeDiffers,
    PixelAboveHorizon,
    PixelBeyondRange,
    PixelMissesPlane,
    PixelOutside,
)
from sites.cameras.models import Camera, CameraCalibration, CameraPicture, CameraPose
from sites.cameras.poses import USUAL_RANGE_M, PoseGiven, given_of, view_of
from sites.cameras.states import CameraKind, FootprintMethod, NorthGiven, PictureSource, StaleReason
from sites.cameras.surroundings import surroundings_of
from sites.queries import site_of
from spatial.cameras.georeferencing import Assessment, Grade, assess
from spatial.cameras.homography import FEWEST_PAIRS
from spatial.cameras.locating import Located, NoPosition, diagonal_covariance, locate_pixel
from spatial.cameras.resection import CLICK_PX, PARAMETERS, ControlPoint, DeviceRecord, Fit
from spatial.cameras.values import Optics, Pose
from spatial.cameras.views import ExactView
from spatial.frames import SiteFrame

#: Two pictures have the same shape if their aspects differ by no more than this share.
SHAPE_TOLERANCE = 0.005
#: Where the search begins when the register says nothing, and how little that is believed.
UNKNOWN_HEIGHT_M, UNKNOWN_HEIGHT_SIGMA_M = 8.0, 5.0
UNKNOWN_HFOV_DEG, UNKNOWN_FOCAL_SIGMA = 75.0, 0.4
UNKNOWN_PLACE_SIGMA_M = 50.0


@dataclass(frozen=True, kw_only=True)
class PointGiven:
    """A control point as somebody picked it: pixel in the picture, place on the map, metres above the site datum."""

    u_px: float
    v_px: float
    location: Point
    height_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CalibrationPreview:
    """What the points say of the camera, and the pose that would follow. Nothing is stored."""

    assessment: Assessment
    #: None when there is no fit.
    pose: PoseGiven | None


@dataclass(frozen=True, kw_only=True)
class CalibrationNow:
    """A stored calibration, and whether the camera still stands as it says."""

    row: CameraCalibration
    in_force: bool
    stale: StaleReason | None


@dataclass(frozen=True, kw_only=True)
class LocatedPlace:
    """Where a pixel lies: stored coordinates, how far it may be off, and what that rests on."""

    location: Point
    located: Located
    method: FootprintMethod
    stale: StaleReason | None


def preview_calibration(
    work: Work, camera_id: int, points: Sequence[PointGiven], *, width_px: int, height_px: int
) -> CalibrationPreview:
    """Fit and judge without storing anything. The points are on a picture of this size."""
    work.require("calibrate_camera")
    return _judged(work, camera_of(work, camera_id), points, width_px, height_px)


def calibrate_camera(
    work: Work, camera_id: int, points: Sequence[PointGiven], *, width_px: int, height_px: int, version: int
) -> CalibrationNow:
    """Fit, judge, keep the fit, and unless it is refused give the camera the fitted pose."""
    work.require("calibrate_camera")
    camera = standing_camera(work, camera_id, version=version)
    judged = _judged(work, camera, points, width_px, height_px)
    row = CameraCalibration(
        site_id=camera.site_id,
        camera_id=camera.id,
        author_name=work.viewer.name,
        points=[_point_stored(one) for one in points],
        width_px=width_px,
        height_px=height_px,
        grade=judged.assessment.grade.value,
        reasons=[one.value for one in judged.assessment.reasons],
        fit=_fit_stored(judged.assessment),
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "camera_calibrated", "camera", camera.id, site_id=camera.site_id, grade=row.grade)
    if judged.pose is not None and judged.assessment.grade is not Grade.REFUSED:
        assert judged.assessment.fit is not None
        method = FootprintMethod.CALIBRATED if judged.assessment.grade is Grade.VERIFIED else FootprintMethod.PINHOLE
        calibrated = {"sigmas": sigmas_of(judged.assessment.fit), "id": row.id, "method": method.value}
        aim_camera(work, camera.id, judged.pose, version=version, calibrated=calibrated)
        work.session.flush()
    return _state_of(work, row, pose_now(work, camera.id))


def calibrations_of(work: Work, camera_id: int) -> list[CalibrationNow]:
    """All calibrations of a camera, the latest first, each with its state."""
    camera_of(work, camera_id)
    pose = pose_now(work, camera_id)
    latest_first = select(CameraCalibration).where(CameraCalibration.camera_id == camera_id).order_by(CameraCalibration.id.desc())
    return [_state_of(work, row, pose) for row in work.session.scalars(latest_first)]


def locate(work: Work, camera_id: int, u_px: float, v_px: float, *, plane_z_m: float = 0.0) -> LocatedPlace:
    """The place of a pixel of the analysed picture on a level plane, metres above the site datum."""
    work.require("read_sites")
    camera = camera_of(work, camera_id)
    _require_fixed(camera)
    pose = pose_now(work, camera.id)
    given, frame = given_of(pose), surroundings_of(work, site_of(work, camera.site_id)).frame
    view = view_of(given, CameraKind(camera.kind), frame)
    if not isinstance(view, ExactView):
        missing = [name for name in ("location", *_EXACTLY) if getattr(given, name) is None]
        raise CameraIncomplete(missing=", ".join(missing))
    _require_inside(u_px, v_px, view.optics.width_px, view.optics.height_px, "")
    row = work.session.get(CameraCalibration, pose.calibration_id) if pose.calibration_id else None
    covariance = np.array(row.fit["covariance"]) if row is not None else diagonal_covariance(pose.sigmas or INSTALLER_SIGMAS)
    found = locate_pixel(view.pose, view.optics, covariance, (u_px, v_px), plane_z_m, pixel_sigma_px=CLICK_PX)
    if isinstance(found, NoPosition):
        raise _NOWHERE[found](field="/v_px")
    location = frame.to_storage(Point(found.x_m, found.y_m))
    assert isinstance(location, Point)
    stale = _state_of(work, row, pose).stale if row is not None else None
    return LocatedPlace(location=location, located=found, method=FootprintMethod(pose.method), stale=stale)


def sigmas_of(fit: Fit) -> dict[str, float]:
    """Standard deviations of the fitted pose, for the interval of coverage."""
    deviations = np.sqrt(np.diag(fit.covariance))
    return {name: float(value) for name, value in zip(PARAMETERS, deviations, strict=True) if name in INSTALLER_SIGMAS}


def record_of(given: PoseGiven, frame: SiteFrame, points: Sequence[ControlPoint], optics: Optics) -> DeviceRecord:
    """What the register knows, as the fit's prior. What it does not know only starts the search and binds nothing."""
    middle = Point(float(np.mean([one.x_m for one in points])), float(np.mean([one.y_m for one in points])))
    local = frame.to_local(given.location) if given.location is not None else middle
    pose = Pose(
        x_m=local.x,
        y_m=local.y,
        z_m=UNKNOWN_HEIGHT_M if given.height_m is None else given.height_m,
        azimuth_deg=given.azimuth_deg or 0.0,
        tilt_deg=20.0 if given.tilt_deg is None else given.tilt_deg,
        roll_deg=given.roll_deg,
    )
    usual = DeviceRecord(pose=pose, optics=optics)
    return replace(
        usual,
        place_sigma_m=usual.place_sigma_m if given.location is not None else UNKNOWN_PLACE_SIGMA_M,
        height_sigma_m=usual.height_sigma_m if given.height_m is not None else UNKNOWN_HEIGHT_SIGMA_M,
        focal_sigma_share=usual.focal_sigma_share if given.hfov_deg is not None else UNKNOWN_FOCAL_SIGMA,
        aimed=given.azimuth_deg is not None,
    )


_EXACTLY = ("azimuth_deg", "hfov_deg", "range_m", "width_px", "height_m", "tilt_deg", "height_px")
_NOWHERE = {
    NoPosition.ABOVE_HORIZON: PixelAboveHorizon,
    NoPosition.BEYOND_RANGE: PixelBeyondRange,
    NoPosition.MISSES_PLANE: PixelMissesPlane,
}


def _judged(work: Work, camera: Camera, points: Sequence[PointGiven], width_px: int, height_px: int) -> CalibrationPreview:
    _require_fixed(camera)
    if len(points) < FEWEST_PAIRS:
        raise CalibrationPointsTooFew(field="/points", count=len(points), fewest=FEWEST_PAIRS)
    for number, one in enumerate(points):
        _require_inside(one.u_px, one.v_px, width_px, height_px, f"/points/{number}")
    given = given_of(pose_now(work, camera.id))
    wide, high = given.width_px or width_px, given.height_px or height_px
    if abs(wide / high / (width_px / height_px) - 1) > SHAPE_TOLERANCE:
        raise PictureShapeDiffers(field="/width_px", width_px=wide, height_px=high)
    frame = surroundings_of(work, site_of(work, camera.site_id)).frame
    local = [_in_frame(one, frame, wide / width_px, high / height_px) for one in points]
    assessment = assess(local, record_of(given, frame, local, _optics_of(given, wide, high)))
    return CalibrationPreview(assessment=assessment, pose=_pose_fitted(given, assessment.fit, local, frame))


def _optics_of(given: PoseGiven, width_px: int, height_px: int) -> Optics:
    hfov = UNKNOWN_HFOV_DEG if given.hfov_deg is None else given.hfov_deg
    vfov = float(2 * np.degrees(np.arctan(np.tan(np.radians(hfov) / 2) * height_px / width_px)))
    far = USUAL_RANGE_M if given.range_m is None else given.range_m
    return Optics(hfov_deg=hfov, vfov_deg=vfov, width_px=width_px, height_px=height_px, k1=given.k1, k2=given.k2, range_max_m=far)


def _in_frame(one: PointGiven, frame: SiteFrame, scale_u: float, scale_v: float) -> ControlPoint:
    place = frame.to_local(one.location)
    return ControlPoint(u_px=one.u_px * scale_u, v_px=one.v_px * scale_v, x_m=place.x, y_m=place.y, z_m=one.height_m)


def _pose_fitted(given: PoseGiven, fit: Fit | None, points: Sequence[ControlPoint], frame: SiteFrame) -> PoseGiven | None:
    if fit is None:
        return None
    location = frame.to_storage(Point(fit.pose.x_m, fit.pose.y_m))
    assert isinstance(location, Point)
    # a range nobody gave: as far as the points prove that things are seen
    proven = max(math.hypot(one.x_m - fit.pose.x_m, one.y_m - fit.pose.y_m) for one in points)
    return replace(
        given,
        location=location,
        height_m=fit.pose.z_m,
        azimuth_deg=fit.pose.azimuth_deg,
        azimuth_given=NorthGiven.TRUE,
        tilt_deg=fit.pose.tilt_deg,
        roll_deg=fit.pose.roll_deg,
        hfov_deg=fit.optics.hfov_deg,
        vfov_deg=fit.optics.vfov_deg,
        width_px=fit.optics.width_px,
        height_px=fit.optics.height_px,
        k1=fit.optics.k1,
        k2=fit.optics.k2,
        range_m=given.range_m or proven,
    )


def _state_of(work: Work, row: CameraCalibration, pose: CameraPose) -> CalibrationNow:
    """Grades never change; whether the camera still is as it was fitted does."""
    if row.grade == Grade.REFUSED.value:
        return CalibrationNow(row=row, in_force=False, stale=None)
    stale = None
    if pose.width_px is None or pose.height_px is None or _shape_differs(row, pose.width_px, pose.height_px):
        stale = StaleReason.PICTURE_CHANGED
    elif pose.calibration_id is not None and pose.calibration_id != row.id:
        stale = StaleReason.SUPERSEDED
    elif pose.calibration_id is None:
        stale = StaleReason.AIMED_SINCE
    elif (size := _stream_size(work, row)) is not None and size != (pose.width_px, pose.height_px):
        stale = StaleReason.PICTURE_CHANGED
    return CalibrationNow(row=row, in_force=stale is None, stale=stale)


def _shape_differs(row: CameraCalibration, width_px: int, height_px: int) -> bool:
    return abs(width_px / height_px / (row.width_px / row.height_px) - 1) > SHAPE_TOLERANCE


def _stream_size(work: Work, row: CameraCalibration) -> tuple[int, int] | None:
    """The size of the stream as it was last tested after the calibration; None if it was not."""
    latest = (
        select(CameraPicture.width_px, CameraPicture.height_px)
        .where(
            CameraPicture.camera_id == row.camera_id,
            CameraPicture.source == PictureSource.SNAPSHOT.value,
            CameraPicture.taken_at >= row.created_at,
        )
        .order_by(CameraPicture.taken_at.desc(), CameraPicture.id.desc())
        .limit(1)
    )
    found = work.session.execute(latest).one_or_none()
    return (found.width_px, found.height_px) if found else None


def _require_fixed(camera: Camera) -> None:
    if camera.kind != CameraKind.FIXED.value:
        raise CalibrationNotForKind


def _require_inside(u_px: float, v_px: float, width_px: int, height_px: int, field: str) -> None:
    if not (0 <= u_px <= width_px):
        raise PixelOutside(field=f"{field}/u_px", width_px=width_px, height_px=height_px)
    if not (0 <= v_px <= height_px):
        raise PixelOutside(field=f"{field}/v_px", width_px=width_px, height_px=height_px)


def _point_stored(one: PointGiven) -> dict[str, Any]:
    return {"u_px": one.u_px, "v_px": one.v_px, "lon": one.location.x, "lat": one.location.y, "height_m": one.height_m}


def _fit_stored(assessment: Assessment) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "left_out_m": [one if math.isfinite(one) else None for one in assessment.left_out_m],
        "left_out_median_m": _finite(assessment.left_out_median_m),
        "limit_m": assessment.limit_m,
        "spread_share": assessment.spread_share,
        "suspects": list(assessment.suspects),
        "swapped": list(assessment.swapped) if assessment.swapped else None,
    }
    if assessment.fit is None:
        return plain
    fit = assessment.fit
    return plain | {
        "pose": asdict(fit.pose),
        "optics": asdict(fit.optics),
        "covariance": fit.covariance.tolist(),
        "residuals_px": fit.residuals_px.tolist(),
        "sigmas": sigmas_of(fit),
    }


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
