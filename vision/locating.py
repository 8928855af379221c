"""From boxes to ground, many at once, with what one pixel and the pose's uncertainty do to each place (spatial-maths.md §2).

The pose is off in the same way for every box of a camera, so two places compared with each other are off by the *difference* of
what the pose does to both: nothing for neighbours, much across the yard. ``slopes`` keeps what is needed to say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spatial.cameras.footprints import axes_of, focal_px, undistorted
from spatial.cameras.locating import ground_points
from spatial.cameras.resection import PARAMETERS, camera_of, parameters_of
from spatial.cameras.values import Optics, Pose
from vision.looks import Box, Place

Floats = NDArray[np.float64]
#: Parameters are moved by so much to see what their error does.
_STEPS = np.array([1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-5, 1e-5, 1e-5])
_PIXEL_STEP = 0.05
#: A detector's box ends this far from the foot, standard deviation, as a share of the box's height and at least a pixel.
FOOT_SHARE, FOOT_LEAST_PX = 0.03, 2.0
#: How far vehicles reach away from the camera, behind the lower edge of their box; metres.
DEPTH_M = {"ebike": 0.7, "motorcycle": 0.7, "tricycle": 1.2, "car": 1.8, "police_car": 1.8, "van": 2.0, "ambulance": 2.0}
USUAL_DEPTH_M = 2.5


@dataclass(frozen=True, kw_only=True)
class Grounded:
    """The places of many pixels; rows that have none are nan."""

    points_m: Floats
    #: (n, 2, 2) by one pixel in any direction.
    per_px_m2: Floats
    #: (n, 2, 9) metres per unit of each parameter of the pose.
    slopes: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which pixels have a place."""
        return np.asarray(np.isfinite(self.points_m).all(-1))


@dataclass(frozen=True, kw_only=True)
class CameraView:
    """A camera whose pose is known, and the level plane people walk on."""

    pose: Pose
    optics: Optics
    #: (9, 9) in the order of ``PARAMETERS``; zero when the pose is taken as exact.
    covariance: Floats = field(default_factory=lambda: np.zeros((len(PARAMETERS),) * 2))
    plane_z_m: float = 0.0

    @cached_property
    def _doubtful(self) -> list[int]:
        """The parameters of the pose that are not exact: only those can move a place."""
        return [int(axis) for axis in np.flatnonzero(np.diag(self.covariance) > 0)]

    @cached_property
    def _moved(self) -> list[tuple[tuple[Pose, Optics], tuple[Pose, Optics], float]]:
        centre = parameters_of(self.pose, self.optics)
        cameras = []
        for axis in self._doubtful:
            step = _STEPS[axis]
            offset = np.zeros(len(PARAMETERS))
            offset[axis] = step
            cameras.append((camera_of(centre + offset, self.optics), camera_of(centre - offset, self.optics), 2 * float(step)))
        return cameras

    def ground(self, pixels: Floats) -> Grounded:
        """Where pixels (n, 2) are on the plane."""
        pixels = np.asarray(pixels, float).reshape(-1, 2)
        points, depth = ground_points(self.pose, self.optics, pixels, self.plane_z_m)
        seen = np.isfinite(depth) & (depth > 0) & (depth <= self.optics.range_max_m) & (self.pose.z_m > self.plane_z_m)
        points = np.where(seen[:, None], points, np.nan)
        slopes = np.zeros((len(pixels), 2, len(PARAMETERS)))
        for axis, (ahead, behind, step) in zip(self._doubtful, self._moved, strict=True):
            slopes[..., axis] = (self._at(ahead, pixels) - self._at(behind, pixels)) / step
        camera = self.pose, self.optics
        by_pixel = np.stack(
            [
                (self._at(camera, pixels + offset) - self._at(camera, pixels - offset)) / (2 * _PIXEL_STEP)
                for offset in _PIXEL_STEP * np.eye(2)
            ],
            -1,
        )
        return Grounded(points_m=points, per_px_m2=by_pixel @ by_pixel.transpose(0, 2, 1), slopes=slopes)

    def _at(self, camera: tuple[Pose, Optics], pixels: Floats) -> Floats:
        return ground_points(*camera, pixels, self.plane_z_m)[0]

    def places(self, grounded: Grounded, foot_px: Floats) -> list[Place | None]:
        """Places with what they are worth; ``foot_px`` (n,) is how far each foot may be off in the picture."""
        found: list[Place | None] = []
        for i, known in enumerate(grounded.known):
            if not known:
                found.append(None)
                continue
            slope = grounded.slopes[i]
            total = grounded.per_px_m2[i] * foot_px[i] ** 2 + slope @ self.covariance @ slope.T
            x, y = grounded.points_m[i]
            covariance = float(total[0, 0]), float(total[0, 1]), float(total[1, 1])
            sigma_m = float(np.sqrt(np.linalg.eigvalsh(grounded.per_px_m2[i])[-1]))
            found.append(Place(x_m=float(x), y_m=float(y), sigma_m=sigma_m, covariance_m2=covariance))
        return found

    def place(self, pixel: tuple[float, float]) -> Place | None:
        """The place of one pixel."""
        return self.places(self.ground(np.array([pixel])), np.ones(1))[0]

    def project(self, points_m: Floats) -> Floats:
        """Pixels (n, 2) of points (n, 3) in the site frame, without the lens's distortion; nan behind the lens."""
        axes = axes_of(self.pose)
        local = np.asarray(points_m, float).reshape(-1, 3) - [self.pose.x_m, self.pose.y_m, self.pose.z_m]
        depth = local @ axes.forward
        with np.errstate(divide="ignore", invalid="ignore"):
            x, y = local @ axes.right / depth, -(local @ axes.up) / depth
        square = x**2 + y**2
        bend = 1 + self.optics.k1 * square + self.optics.k2 * square**2
        focal = focal_px(self.optics)
        pixels = np.stack([x * bend * focal + self.optics.width_px / 2, y * bend * focal + self.optics.height_px / 2], -1)
        return np.where((depth > 0.05)[:, None], pixels, np.nan)

    def on_plane(self, pixel: tuple[float, float], point_m: Floats, normal: Floats) -> Floats | None:
        """Where a pixel's ray meets any plane, in the site frame; None when it does not, in front of the lens."""
        ray = self._ray(pixel)
        lens = np.array([self.pose.x_m, self.pose.y_m, self.pose.z_m])
        towards = float(ray @ normal)
        if abs(towards) < 1e-9:
            return None
        far = float((point_m - lens) @ normal) / towards
        return lens + far * ray if 0 < far <= self.optics.range_max_m else None

    def height_above(self, pixel: tuple[float, float], place: Place) -> float:
        """How high above the ground a pixel is, if it lies straight above a place."""
        foot = np.array([place.x_m, place.y_m, self.plane_z_m])
        away = np.array([self.pose.x_m - place.x_m, self.pose.y_m - place.y_m, 0.0])
        point = self.on_plane(pixel, foot, away / max(float(np.linalg.norm(away)), 1e-9))
        return 0.0 if point is None else float(point[2]) - self.plane_z_m

    def _ray(self, pixel: tuple[float, float]) -> Floats:
        focal, axes = focal_px(self.optics), axes_of(self.pose)
        x = np.array([(pixel[0] - self.optics.width_px / 2) / focal])
        y = np.array([(pixel[1] - self.optics.height_px / 2) / focal])
        if self.optics.k1 or self.optics.k2:
            x, y = undistorted(x, y, self.optics.k1, self.optics.k2)
        ray: Floats = axes.forward + float(x[0]) * axes.right - float(y[0]) * axes.up
        return ray

    def footprint(self, kind: str, box: Box) -> tuple[tuple[float, float], ...]:
        """The ground a vehicle covers: the lower edge of its box, and as far behind as its kind is deep. Empty if unknown."""
        edge = self.ground(np.array([(box.x1, box.y2), (box.x2, box.y2)])).points_m
        if not np.isfinite(edge).all():
            return ()
        away = edge.mean(0) - [self.pose.x_m, self.pose.y_m]
        depth_m = DEPTH_M.get(kind, USUAL_DEPTH_M)
        behind = edge + away / max(float(np.hypot(*away)), 1e-6) * depth_m
        return tuple((float(x), float(y)) for x, y in [edge[0], edge[1], behind[1], behind[0]])


def feet(boxes: Sequence[Box]) -> tuple[Floats, Floats]:
    """The foot points (n, 2) of boxes and how far each may be off in pixels (n,)."""
    points = np.array([box.foot_px for box in boxes], float).reshape(-1, 2)
    heights = np.array([box.height_px for box in boxes], float)
    return points, np.maximum(FOOT_LEAST_PX, FOOT_SHARE * heights)
