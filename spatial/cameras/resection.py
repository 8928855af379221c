"""The full fit of a camera to control points: rotation, place, focal length and radial distortion (spatial-maths.md §2).

Every point is weighted by what is known of it: a click is off by pixels, a map by decimetres, and decimetres close to the lens
are many pixels. The device record holds the fit where the points say little; it starts from the record's own pose and from the
homography of the points, and keeps the best that has every point in front of the lens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from spatial.cameras.footprints import axes_of
from spatial.cameras.homography import homography
from spatial.cameras.values import Optics, Pose

Floats = NDArray[np.float64]
#: What is fitted, in this order; so are the rows of every covariance. Degrees, metres, share of the focal length.
PARAMETERS = ("azimuth_deg", "tilt_deg", "roll_deg", "x_m", "y_m", "z_m", "focal_share", "k1", "k2")
#: A hand's click on a picture, and a point read off the map; standard deviations.
CLICK_PX = 2.0
MAP_M = 0.1
#: Standard deviations of the distortion of lenses as they are built.
USUAL_K1, USUAL_K2 = 0.3, 0.15
#: Pixels a point behind the lens counts as off.
BEHIND_PX = 1e4
#: Directions tried when neither the record nor a homography gives a start.
BEARINGS_TRIED = 12
_STEPS = np.array([5.0, 5.0, 5.0, 1.0, 1.0, 1.0, 0.05, 0.1, 0.1])


@dataclass(frozen=True, kw_only=True)
class ControlPoint:
    """A thing seen in the picture whose place is known: pixels from the top-left corner, metres in the site frame."""

    u_px: float
    v_px: float
    x_m: float
    y_m: float
    z_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class DeviceRecord:
    """What the register says of the camera before the fit, and how far it is believed (standard deviations)."""

    pose: Pose
    optics: Optics
    place_sigma_m: float = 2.0
    height_sigma_m: float = 0.5
    focal_sigma_share: float = 0.05
    #: Are the record's azimuth and tilt somebody's, or only filled in?
    aimed: bool = True


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A camera fitted to control points."""

    pose: Pose
    optics: Optics
    #: (9, 9), in the order and units of ``PARAMETERS``.
    covariance: Floats
    #: (n,) distance between each point as clicked and as projected, pixels.
    residuals_px: Floats
    #: Weighted sum of squares; about 2n − 3 when the points are as good as believed.
    chi_square: float


def projected(parameters: Floats, width_px: int, height_px: int, places: Floats) -> tuple[Floats, Floats]:
    """Pixels (n, 2) of places (n, 3), and their depth along the optical axis; square pixels, centre in the middle."""
    pose = Pose(**dict(zip(("azimuth_deg", "tilt_deg", "roll_deg", "x_m", "y_m", "z_m"), parameters[:6], strict=True)))
    axes = axes_of(pose)
    away = places - parameters[3:6]
    depth: Floats = away @ axes.forward
    safe = np.where(depth > 1e-6, depth, 1e-6)
    x, y = (away @ axes.right) / safe, -(away @ axes.up) / safe
    square = x**2 + y**2
    bend = np.exp(parameters[6]) * (1 + parameters[7] * square + parameters[8] * square**2)
    return np.column_stack([x * bend + width_px / 2, y * bend + height_px / 2]), depth


def parameters_of(pose: Pose, optics: Optics) -> Floats:
    """A pose and a lens as the vector that is fitted; the focal length by its logarithm."""
    focal_px = optics.width_px / (2 * np.tan(np.radians(optics.hfov_deg) / 2))
    angles = [pose.azimuth_deg, pose.tilt_deg, pose.roll_deg]
    return np.array([*angles, pose.x_m, pose.y_m, pose.z_m, np.log(focal_px), optics.k1, optics.k2])


def camera_of(parameters: Floats, like: Optics) -> tuple[Pose, Optics]:
    """The pose and lens of a fitted vector; angles brought back to where people expect them."""
    azimuth, tilt, roll, x, y, z, log_focal, k1, k2 = (float(one) for one in parameters)
    tilt = (tilt + 180) % 360 - 180
    if abs(tilt) > 90:
        azimuth, tilt, roll = azimuth + 180, float(np.sign(tilt)) * 180 - tilt, roll + 180
    roll = (roll + 180) % 360 - 180
    pose = Pose(x_m=x, y_m=y, z_m=z, azimuth_deg=azimuth % 360, tilt_deg=tilt, roll_deg=roll)
    focal_px = np.exp(log_focal)
    hfov, vfov = (float(2 * np.degrees(np.arctan(size / 2 / focal_px))) for size in (like.width_px, like.height_px))
    return pose, replace(like, hfov_deg=hfov, vfov_deg=vfov, k1=k1, k2=k2)


def fit_camera(points: Sequence[ControlPoint], record: DeviceRecord, *, start: Fit | None = None) -> Fit | None:
    """The camera that fits the points best; None when no start leads to one with every point in front of the lens.

    ``start``: a fit to nearly the same points, which saves looking for one.
    """
    problem = _Problem(points, record)
    starts = [parameters_of(start.pose, start.optics)] if start else problem.starts()
    best: Floats | None = None
    best_cost = np.inf
    for given in starts:
        try:
            fitted = problem.solved(given)
            cost = problem.cost(fitted)
        except (np.linalg.LinAlgError, ValueError):
            continue  # a start from which the numbers run away leads nowhere
        if cost < best_cost and problem.all_in_front(fitted):
            best, best_cost = fitted, cost
    return problem.fit(best) if best is not None else None


class _Problem:
    """Residuals of one set of points and one record."""

    def __init__(self, points: Sequence[ControlPoint], record: DeviceRecord) -> None:
        self.record = record
        self.pixels = np.array([(one.u_px, one.v_px) for one in points])
        self.places = np.array([(one.x_m, one.y_m, one.z_m) for one in points])
        self.prior = parameters_of(record.pose, record.optics)
        sigmas = [record.place_sigma_m, record.place_sigma_m, record.height_sigma_m, record.focal_sigma_share, USUAL_K1, USUAL_K2]
        self.prior_sigmas = np.array(sigmas)

    def projected(self, parameters: Floats, places: Floats) -> tuple[Floats, Floats]:
        return projected(parameters, self.record.optics.width_px, self.record.optics.height_px, places)

    def all_in_front(self, parameters: Floats) -> bool:
        return bool((self.projected(parameters, self.places)[1] > 0.1).all())

    def whiteners(self, parameters: Floats) -> Floats:
        """(n, 2, 2): what turns a miss in pixels into standard deviations, clicks and map together."""
        step = 1e-3
        pixels = self.projected(parameters, self.places)[0]
        slopes = [(self.projected(parameters, self.places + step * np.eye(3)[axis])[0] - pixels) / step for axis in range(2)]
        slope = np.clip(np.stack(slopes, -1), -1e5, 1e5)
        covariance = CLICK_PX**2 * np.eye(2) + MAP_M**2 * slope @ slope.transpose(0, 2, 1)
        found: Floats = np.linalg.inv(np.linalg.cholesky(covariance))
        return found

    def misses(self, parameters: Floats, whiteners: Floats) -> Floats:
        pixels, depth = self.projected(parameters, self.places)
        off = np.where((depth > 0)[:, None], np.clip(pixels - self.pixels, -BEHIND_PX, BEHIND_PX), BEHIND_PX)
        prior = (parameters[3:] - self.prior[3:]) / self.prior_sigmas
        return np.concatenate([np.einsum("nij,nj->ni", whiteners, off).ravel(), prior])

    def cost(self, parameters: Floats) -> float:
        return float((self.misses(parameters, self.whiteners(parameters)) ** 2).sum())

    def solved(self, start: Floats) -> Floats:
        """Weights follow the pose, so it is fitted twice; the first time clicks alone would let near points rule."""
        found = start
        for _ in range(2):
            whiteners = self.whiteners(found)
            fitted = least_squares(self.misses, found, args=(whiteners,), x_scale=_STEPS, max_nfev=200, ftol=1e-10, xtol=1e-10)
            found = np.asarray(fitted.x)
        return found

    def fit(self, parameters: Floats) -> Fit:
        whiteners = self.whiteners(parameters)
        slopes = []
        for axis, step in enumerate(_STEPS * 1e-4):
            ahead, behind = parameters.copy(), parameters.copy()
            ahead[axis], behind[axis] = ahead[axis] + step, behind[axis] - step
            slopes.append((self.misses(ahead, whiteners) - self.misses(behind, whiteners)) / (2 * step))
        jacobian = np.stack(slopes, -1)
        misses = self.misses(parameters, whiteners)
        chi_square = float((misses**2).sum())
        # six of the rows are priors: as many rows more as parameters that have one
        spread = max(1.0, chi_square / max(1, len(misses) - len(PARAMETERS)))
        pose, optics = camera_of(parameters, self.record.optics)
        off = self.projected(parameters, self.places)[0] - self.pixels
        return Fit(
            pose=pose,
            optics=optics,
            covariance=np.linalg.pinv(jacobian.T @ jacobian, hermitian=True) * spread,
            residuals_px=np.linalg.norm(off, axis=1),
            chi_square=chi_square,
        )

    def starts(self) -> list[Floats]:
        """Where to begin: the record's own aim, the homography's, and else a look around."""
        found = [self.prior] if self.record.aimed else []
        by_plane = self.from_homography()
        if by_plane is not None:
            found.append(by_plane)
        around = []
        for bearing in np.linspace(0, 360, BEARINGS_TRIED, endpoint=False):
            turned = self.prior.copy()
            turned[:3] = bearing, 20.0, 0.0
            around.append(turned)
        around.sort(key=self.cost)
        return [*found, around[0]]

    def from_homography(self) -> Floats | None:
        """The pose that the map of the points' mean plane to the picture implies, with the record's focal length."""
        plane_z = self.places[:, 2].mean()
        focal_px, optics = np.exp(self.prior[6]), self.record.optics
        centred = (self.pixels - np.array([optics.width_px, optics.height_px]) / 2) / focal_px
        try:
            matrix = homography(self.places[:, :2], centred)
        except np.linalg.LinAlgError:
            return None
        scale = (np.linalg.norm(matrix[:, 0]) + np.linalg.norm(matrix[:, 1])) / 2
        if not np.isfinite(matrix).all() or scale < 1e-12:
            return None
        matrix = matrix / scale
        depth = np.column_stack([self.places[:, :2], np.ones(len(self.places))]) @ matrix[2]
        matrix = matrix * (1.0 if np.median(depth) > 0 else -1.0)
        left, _, right = np.linalg.svd(np.column_stack([matrix[:, 0], matrix[:, 1], np.cross(matrix[:, 0], matrix[:, 1])]))
        turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
        place = -turn.T @ matrix[:, 2] + np.array([0, 0, plane_z])
        return np.array([*_angles_deg(turn), *place, self.prior[6], 0.0, 0.0])


def _angles_deg(turn: Floats) -> tuple[float, float, float]:
    """Azimuth, tilt and roll of a rotation whose rows are right, down and forward."""
    right, up, forward = turn[0], -turn[1], turn[2]
    azimuth = np.arctan2(forward[0], forward[1])
    level_right = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    roll = np.arctan2(up @ level_right, right @ level_right)
    azimuth_deg, tilt_deg, roll_deg = np.degrees([azimuth, np.arcsin(np.clip(-forward[2], -1, 1)), roll])
    return float(azimuth_deg), float(tilt_deg), float(roll_deg)
