"""From a pixel to a place on a level plane, with how far it may be off (spatial-maths.md §2).

A pixel above the horizon, or whose ray meets the plane beyond the camera's range, has no position: none is better than a far one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from spatial.cameras.footprints import axes_of, focal_px, undistorted
from spatial.cameras.resection import PARAMETERS, camera_of, parameters_of
from spatial.cameras.values import Optics, Pose

Floats = NDArray[np.float64]
#: Standard deviations are taken so much larger for what the model leaves out. With 1.2 a 95 % ellipse held 99 % of check
#: points, because here every point is weighted by its own errors (bench/georeferencing.py).
CAUTION = 1.05
#: √χ² of two dimensions at 95 %: semi-axes of the ellipse in standard deviations.
SHARE_95 = 2.4477468306808166
_STEPS = np.array([1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-5, 1e-5, 1e-5])


class NoPosition(StrEnum):
    """Why a pixel has no position."""

    ABOVE_HORIZON = "above_horizon"
    BEYOND_RANGE = "beyond_range"
    #: The plane is above the lens, or the pixel is outside what the lens can show.
    MISSES_PLANE = "misses_plane"


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    """Where the true place is with 95 %: semi-axes in metres, the long one's direction clockwise from true north."""

    major_m: float
    minor_m: float
    orientation_deg: float


@dataclass(frozen=True, kw_only=True)
class Located:
    """A place on the plane, in the site frame."""

    x_m: float
    y_m: float
    #: (2, 2), with caution; metres squared.
    covariance_m2: Floats
    ellipse: Ellipse
    #: Semi-major axis of the 95 % ellipse.
    accuracy_m: float


def ground_points(pose: Pose, optics: Optics, pixels: Floats, plane_z_m: float) -> tuple[Floats, Floats]:
    """Where the rays of pixels (n, 2) meet a plane, (n, 2), and their depth (n,): infinite or negative where they do not."""
    focal = focal_px(optics)
    x, y = (pixels[:, 0] - optics.width_px / 2) / focal, (pixels[:, 1] - optics.height_px / 2) / focal
    if optics.k1 or optics.k2:
        bent_x, bent_y = x, y
        x, y = undistorted(bent_x, bent_y, optics.k1, optics.k2)
        square = x**2 + y**2
        again = 1 + optics.k1 * square + optics.k2 * square**2
        outside = np.hypot(x * again - bent_x, y * again - bent_y) > 1e-6
    else:
        outside = np.zeros(len(x), bool)
    axes = axes_of(pose)
    rays = axes.forward + x[:, None] * axes.right - y[:, None] * axes.up
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = np.where(outside, np.nan, (pose.z_m - plane_z_m) / -rays[:, 2])
        points = np.array([pose.x_m, pose.y_m]) + depth[:, None] * rays[:, :2]
    return points, depth


def locate_pixel(
    pose: Pose,
    optics: Optics,
    covariance: Floats,
    pixel: tuple[float, float],
    plane_z_m: float = 0.0,
    *,
    pixel_sigma_px: float = 0.0,
) -> Located | NoPosition:
    """The place of a pixel on a plane, or why it has none. ``covariance`` (9, 9) is in the order of ``PARAMETERS``."""
    pixels = np.array([pixel], float)
    points, depth = ground_points(pose, optics, pixels, plane_z_m)
    if pose.z_m <= plane_z_m or np.isnan(depth[0]):
        return NoPosition.MISSES_PLANE
    if not np.isfinite(depth[0]) or depth[0] <= 0:
        return NoPosition.ABOVE_HORIZON
    if depth[0] > optics.range_max_m:
        return NoPosition.BEYOND_RANGE
    spread = _spread(pose, optics, covariance, pixels, plane_z_m, pixel_sigma_px) * CAUTION**2
    ellipse = ellipse_of(spread)
    return Located(
        x_m=float(points[0, 0]), y_m=float(points[0, 1]), covariance_m2=spread, ellipse=ellipse, accuracy_m=ellipse.major_m
    )


def ellipse_of(covariance_m2: Floats) -> Ellipse:
    """The 95 % ellipse of a covariance."""
    values, vectors = np.linalg.eigh(covariance_m2)
    minor, major = np.sqrt(np.maximum(values, 0)) * SHARE_95
    east, north = vectors[:, 1]
    return Ellipse(major_m=float(major), minor_m=float(minor), orientation_deg=float(np.degrees(np.arctan2(east, north)) % 180))


def _spread(pose: Pose, optics: Optics, covariance: Floats, pixels: Floats, plane_z_m: float, pixel_sigma_px: float) -> Floats:
    """J Σ Jᵀ of the place, and what the pixel itself is off."""
    centre = parameters_of(pose, optics)

    def moved(axis: int, step: float) -> Floats:
        parameters = centre.copy()
        parameters[axis] += step
        place: Floats = ground_points(*camera_of(parameters, optics), pixels, plane_z_m)[0][0]
        return place

    slope = np.stack([(moved(axis, step) - moved(axis, -step)) / (2 * step) for axis, step in enumerate(_STEPS)], -1)
    spread: Floats = slope @ covariance @ slope.T
    if pixel_sigma_px > 0:
        ahead = ground_points(pose, optics, pixels + 0.05 * np.eye(2), plane_z_m)[0]
        behind = ground_points(pose, optics, pixels - 0.05 * np.eye(2), plane_z_m)[0]
        by_pixel = ((ahead - behind) / 0.1).T
        spread = spread + pixel_sigma_px**2 * by_pixel @ by_pixel.T
    return spread


def diagonal_covariance(sigmas: dict[str, float]) -> Floats:
    """The covariance of independent standard deviations by name; what is not named is taken as exact."""
    return np.diag([float(sigmas.get(name, 0.0)) ** 2 for name in PARAMETERS])
