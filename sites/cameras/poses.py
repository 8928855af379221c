"""A camera's pose as a value: what was given, what is missing, and what the camera therefore sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from geoalchemy2.shape import to_shape
from shapely import Point
from shapely.geometry.base import BaseGeometry

from sites.cameras.errors import AnglesDisagree, AngleTooWide, PtzLimitsMissing
from sites.cameras.models import CameraPose
from sites.cameras.states import CameraKind, FootprintMethod, NorthGiven
from spatial.cameras.values import Demand, Obstacle, Optics, Pose, Projection
from spatial.cameras.views import ExactView, NominalView, View, visible
from spatial.crs import MEASURE_CENTRAL_MERIDIANS
from spatial.frames import SiteFrame, meridian_convergence_deg

#: Horizontal and vertical angle may disagree by so much.
ANGLE_TOLERANCE = 0.03
#: A flat picture cannot be wider than this; what is wider is a fisheye's.
WIDEST_PINHOLE_DEG = 170.0
#: Magnetic declination of Shanghai, degrees, 2026: compasses point west of true north.
DECLINATION_DEG = -6.0
#: Range of a camera whose range nobody gave, metres.
USUAL_RANGE_M = 100.0


@dataclass(frozen=True, kw_only=True)
class PoseGiven:
    """A pose and optics as somebody gives them; everything may be missing, and nothing is made up for it."""

    location: Point | None = None
    height_m: float | None = None
    azimuth_deg: float | None = None
    azimuth_given: NorthGiven = NorthGiven.TRUE
    tilt_deg: float | None = None
    roll_deg: float = 0.0
    hfov_deg: float | None = None
    vfov_deg: float | None = None
    range_m: float | None = None
    width_px: int | None = None
    height_px: int | None = None
    k1: float = 0.0
    k2: float = 0.0
    pan_from_deg: float | None = None
    pan_to_deg: float | None = None
    tilt_max_deg: float | None = None
    hfov_narrowest_deg: float | None = None


#: What every camera needs before it counts, and what makes its footprint exact.
NEEDED = ("location", "azimuth_deg", "hfov_deg", "range_m", "width_px")
EXACT = ("height_m", "tilt_deg", "height_px")


def missing_of(given: PoseGiven) -> tuple[str, ...]:
    """Members without which the camera stays a draft."""
    return tuple(name for name in NEEDED if getattr(given, name) is None)


def method_of(given: PoseGiven) -> FootprintMethod:
    """Which footprint can be said."""
    if missing_of(given):
        return FootprintMethod.UNPOSED
    exact = all(getattr(given, name) is not None for name in EXACT)
    return FootprintMethod.PINHOLE if exact else FootprintMethod.NOMINAL


def check_pose(given: PoseGiven, kind: CameraKind, *, field: str = "/pose") -> None:
    """Refuse angles that contradict each other; ``field`` is where the pose stands in what was sent."""
    if kind is CameraKind.PTZ and None in (given.pan_from_deg, given.pan_to_deg, given.tilt_max_deg):
        raise PtzLimitsMissing(field=f"{field}/pan_from_deg")
    if kind is not CameraKind.FISHEYE and (given.hfov_deg or 0) >= WIDEST_PINHOLE_DEG:
        raise AngleTooWide(field=f"{field}/hfov_deg", limit_deg=WIDEST_PINHOLE_DEG)
    values = (given.hfov_deg, given.vfov_deg, given.width_px, given.height_px)
    if kind is CameraKind.FISHEYE or None in values:
        return
    assert given.hfov_deg is not None
    assert given.vfov_deg is not None
    expected = vfov_of(given)
    if abs(given.vfov_deg / expected - 1) > ANGLE_TOLERANCE:
        raise AnglesDisagree(
            field=f"{field}/vfov_deg", hfov_deg=given.hfov_deg, vfov_deg=given.vfov_deg, expected_deg=round(expected, 1)
        )


def vfov_of(given: PoseGiven) -> float:
    """The vertical angle that follows from the horizontal one and the picture's shape, square pixels; degrees."""
    assert given.hfov_deg is not None
    assert given.width_px
    assert given.height_px
    half = np.tan(np.radians(given.hfov_deg) / 2) * given.height_px / given.width_px
    return float(2 * np.degrees(np.arctan(half)))


def true_azimuth_deg(given: PoseGiven) -> float | None:
    """The azimuth from true north, 0 ≤ α < 360."""
    if given.azimuth_deg is None:
        return None
    azimuth = given.azimuth_deg
    if given.azimuth_given is NorthGiven.MAGNETIC:
        azimuth += DECLINATION_DEG
    elif given.azimuth_given is NorthGiven.GRID and given.location is not None:
        lon, lat = given.location.x, given.location.y
        central = min(MEASURE_CENTRAL_MERIDIANS, key=lambda meridian: abs(lon - meridian))
        azimuth += meridian_convergence_deg(lon, lat, central)
    return azimuth % 360.0


def given_of(row: CameraPose) -> PoseGiven:
    """A stored pose as a value."""
    plain: dict[str, Any] = {
        name: getattr(row, name) for name in PoseGiven.__dataclass_fields__ if name not in {"location", "azimuth_given"}
    }
    location = to_shape(row.location) if row.location is not None else None
    return PoseGiven(location=location, azimuth_given=NorthGiven.TRUE, **plain)


def view_of(given: PoseGiven, kind: CameraKind, frame: SiteFrame) -> View | None:
    """What the camera is known to see, in the site frame; None for one that lacks what every camera needs."""
    azimuth = true_azimuth_deg(given)
    if missing_of(given) or azimuth is None or given.location is None:
        return None
    assert given.hfov_deg is not None
    assert given.range_m is not None
    assert given.width_px is not None
    local = frame.to_local(given.location)
    if method_of(given) is FootprintMethod.NOMINAL:
        return NominalView(
            x_m=local.x, y_m=local.y, azimuth_deg=azimuth, hfov_deg=given.hfov_deg, range_m=given.range_m, width_px=given.width_px
        )
    assert given.height_m is not None
    assert given.tilt_deg is not None
    assert given.height_px is not None
    fisheye = kind is CameraKind.FISHEYE
    optics = Optics(
        hfov_deg=given.hfov_deg,
        vfov_deg=given.vfov_deg or (given.hfov_deg if fisheye else vfov_of(given)),
        width_px=given.width_px,
        height_px=given.height_px,
        k1=given.k1,
        k2=given.k2,
        range_max_m=given.range_m,
        projection=Projection.EQUIDISTANT if fisheye else Projection.PINHOLE,
    )
    pose = Pose(
        x_m=local.x, y_m=local.y, z_m=given.height_m, azimuth_deg=azimuth, tilt_deg=given.tilt_deg, roll_deg=given.roll_deg
    )
    return ExactView(pose=pose, optics=optics)


def footprint_of(view: View | None, obstacles: Sequence[Obstacle]) -> BaseGeometry | None:
    """The ground a camera sees at any density, in the site frame; None when nothing can be said."""
    return visible(view, Demand(plane_z_m=0.0, across_px_per_m=0.0), obstacles) if view is not None else None
