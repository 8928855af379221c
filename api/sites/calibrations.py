"""标定: control points in, judged fits out; and from a pixel to a place."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, status
from pydantic import BaseModel, Field
from shapely import Point

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import In, geometry_in
from api.sites.cameras import CameraId
from sites.cameras.calibrating import (
    CalibrationNow,
    CalibrationPreview,
    PointGiven,
    calibrate_camera,
    calibrations_of,
    locate,
    preview_calibration,
    sigmas_of,
)
from sites.cameras.states import FootprintMethod, StaleReason
from spatial.cameras.georeferencing import Grade, GradeReason
from spatial.crs import SourceCrs

router = APIRouter(tags=["calibration"])
Pixel = Annotated[float, Field(ge=0, le=16384)]
Size = Annotated[int, Field(ge=64, le=16384)]
Height = Annotated[float, Field(gt=-100, le=300)]


class PointIn(In):
    """A control point: a pixel, and the same thing on the map; metres above the site datum."""

    u_px: Pixel
    v_px: Pixel
    location: tuple[float, float]
    height_m: Height = 0.0


class CalibrationIn(In):
    """Control points on a picture of this size."""

    points: list[PointIn] = Field(max_length=40)
    width_px: Size
    height_px: Size
    location_crs: SourceCrs = SourceCrs.CGCS2000

    def given(self) -> list[PointGiven]:
        """The values of the domain; a bad place is named by its pointer."""
        found = []
        for number, one in enumerate(self.points):
            drawn = {"type": "Point", "coordinates": list(one.location)}
            place = geometry_in(drawn, f"/points/{number}/location", self.location_crs)
            assert isinstance(place, Point)
            found.append(PointGiven(u_px=one.u_px, v_px=one.v_px, location=place, height_m=one.height_m))
        return found


class CalibrateIn(CalibrationIn):
    """The same, to be stored."""

    version: int


class FittedPoseOut(BaseModel):
    """The fitted pose, and its standard deviations."""

    location: tuple[float, float]
    height_m: float
    azimuth_deg: float
    tilt_deg: float
    roll_deg: float
    hfov_deg: float
    vfov_deg: float
    k1: float
    k2: float
    sigmas: dict[str, float]


class JudgedOut(BaseModel):
    """A fit and what it is worth. Points are counted from 0; null means that a fit without the point puts it nowhere."""

    grade: Grade
    reasons: list[GradeReason]
    left_out_m: list[float | None]
    left_out_median_m: float | None
    limit_m: float | None
    spread_share: float | None
    suspects: list[int]
    swapped: tuple[int, int] | None
    residuals_px: list[float]


class PreviewOut(JudgedOut):
    """What would be stored."""

    pose: FittedPoseOut | None


class CalibrationOut(JudgedOut):
    """A stored calibration. ``stale`` says why it no longer describes the camera."""

    id: int
    created_at: datetime
    author: str
    width_px: int
    height_px: int
    points: list[dict[str, float]]
    in_force: bool
    stale: StaleReason | None


class CalibrationList(BaseModel):
    """All calibrations of a camera, the latest first."""

    items: list[CalibrationOut]


class LocateIn(In):
    """A pixel of the analysed picture, and the height of the plane above the site datum."""

    u_px: Pixel
    v_px: Pixel
    plane_z_m: Height = 0.0


class LocatedPixelOut(BaseModel):
    """A place, and the 95 % ellipse of where it may be: semi-axes in metres, the long one's azimuth."""

    location: tuple[float, float]
    plane_z_m: float
    accuracy_m: float
    ellipse_major_m: float
    ellipse_minor_m: float
    ellipse_orientation_deg: float
    method: FootprintMethod
    stale: StaleReason | None


@router.get("/cameras/{camera_id}/calibrations")
def calibrations(work: ReadWorkDep, camera_id: CameraId) -> CalibrationList:
    """The calibrations of a camera."""
    work.require("read_sites")
    return CalibrationList(items=[_out(one) for one in calibrations_of(work, camera_id)])


@router.post("/cameras/{camera_id}/calibrations/preview")
def preview(work: ReadWorkDep, camera_id: CameraId, given: CalibrationIn) -> PreviewOut:
    """Fit and judge; nothing is stored."""
    judged = preview_calibration(work, camera_id, given.given(), width_px=given.width_px, height_px=given.height_px)
    return _preview_out(judged)


@router.post("/cameras/{camera_id}/calibrations", status_code=status.HTTP_201_CREATED)
def calibrate(work: WorkDep, camera_id: CameraId, given: CalibrateIn) -> CalibrationOut:
    """Fit, judge and keep; unless it is refused, the camera has the fitted pose from now on."""
    made = calibrate_camera(
        work, camera_id, given.given(), width_px=given.width_px, height_px=given.height_px, version=given.version
    )
    work.react()
    return _out(made)


@router.post("/cameras/{camera_id}/locate")
def locate_pixel(work: ReadWorkDep, camera_id: CameraId, pixel: LocateIn) -> LocatedPixelOut:
    """The place of a pixel; 422 above the horizon, beyond the range, or where the ray misses the plane."""
    found = locate(work, camera_id, pixel.u_px, pixel.v_px, plane_z_m=pixel.plane_z_m)
    ellipse = found.located.ellipse
    return LocatedPixelOut(
        location=(found.location.x, found.location.y),
        plane_z_m=pixel.plane_z_m,
        accuracy_m=found.located.accuracy_m,
        ellipse_major_m=ellipse.major_m,
        ellipse_minor_m=ellipse.minor_m,
        ellipse_orientation_deg=ellipse.orientation_deg,
        method=found.method,
        stale=found.stale,
    )


def _preview_out(judged: CalibrationPreview) -> PreviewOut:
    found, pose = judged.assessment, None
    if judged.pose is not None and found.fit is not None:
        assert judged.pose.location is not None
        names = set(FittedPoseOut.model_fields) - {"location", "sigmas"}
        plain: dict[str, Any] = {name: getattr(judged.pose, name) for name in names}
        pose = FittedPoseOut(location=(judged.pose.location.x, judged.pose.location.y), sigmas=sigmas_of(found.fit), **plain)
    return PreviewOut(
        grade=found.grade,
        reasons=list(found.reasons),
        left_out_m=[_finite(one) for one in found.left_out_m],
        left_out_median_m=_finite(found.left_out_median_m),
        limit_m=found.limit_m,
        spread_share=found.spread_share,
        suspects=list(found.suspects),
        swapped=found.swapped,
        residuals_px=found.fit.residuals_px.tolist() if found.fit else [],
        pose=pose,
    )


def _out(one: CalibrationNow) -> CalibrationOut:
    row, fit = one.row, one.row.fit
    return CalibrationOut(
        id=row.id,
        created_at=row.created_at,
        author=row.author_name,
        width_px=row.width_px,
        height_px=row.height_px,
        points=row.points,
        in_force=one.in_force,
        stale=one.stale,
        grade=Grade(row.grade),
        reasons=[GradeReason(reason) for reason in row.reasons],
        left_out_m=fit["left_out_m"],
        left_out_median_m=fit["left_out_median_m"],
        limit_m=fit["limit_m"],
        spread_share=fit["spread_share"],
        suspects=fit["suspects"],
        swapped=fit["swapped"],
        residuals_px=fit.get("residuals_px", []),
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and abs(value) != float("inf") else None
