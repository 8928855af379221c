"""Exact ground footprints (spatial-maths.md §2).

Pixels per metre across the view are fx / Z with Z the depth along the optical axis, so "seen with at least q px/m" is one
half-plane of the picture and, on level ground, a convex polygon of at most five corners: the picture's rectangle, clipped once,
mapped to the plane. Distortion bends the border, fisheyes are circles, and demands on steepness or on density along the ground
are intersected afterwards. Everything is in the site frame; metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, Polygon

from spatial.cameras.values import Demand, Optics, Pose, Projection

Floats = NDArray[np.float64]
#: Points along the picture's border when distortion bends it.
BORDER_POINTS = 256
#: Directions in which curved limits are solved.
DIRECTIONS = 720
QUAD_SEGMENTS = 32
NOTHING = Polygon()


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Unit vectors of a camera in the site frame: forward, right, up in the picture."""

    forward: Floats
    right: Floats
    up: Floats


def axes_of(pose: Pose) -> Axes:
    """The camera's axes from azimuth, tilt and roll."""
    azimuth, tilt, roll = np.radians([pose.azimuth_deg, pose.tilt_deg, pose.roll_deg])
    sa, ca, st, ct, sr, cr = np.sin(azimuth), np.cos(azimuth), np.sin(tilt), np.cos(tilt), np.sin(roll), np.cos(roll)
    level_right, level_up = np.array([ca, -sa, 0.0]), np.array([sa * st, ca * st, ct])
    return Axes(
        forward=np.array([sa * ct, ca * ct, -st]),
        right=level_right * cr - level_up * sr,
        up=level_right * sr + level_up * cr,
    )


def focal_px(optics: Optics) -> float:
    """Fx in pixels; of an equidistant lens, pixels per radian."""
    half = np.radians(optics.hfov_deg) / 2
    if optics.projection is Projection.EQUIDISTANT:
        return float(optics.width_px / (2 * half))
    return float(optics.width_px / (2 * np.tan(half)))


def seen_ground(pose: Pose, optics: Optics, demand: Demand) -> Polygon:
    """Ground on the demand's plane that is in the picture as demanded, with nothing in the way. Empty if there is none.

    Exact for a pinhole on level ground; curved limits (distortion, steepness, density along the ground, fisheye) are polygons
    whose area is within 0.1 % of the curve's.
    """
    above_m = pose.z_m - demand.plane_z_m
    if above_m <= 0:
        return NOTHING
    if optics.projection is Projection.EQUIDISTANT:
        ground = _fisheye_ground(pose, optics, demand, above_m)
    else:
        ground = _pinhole_ground(pose, optics, demand, above_m)
    if demand.depression_max_deg < 90 and not ground.is_empty:
        blunt_m = above_m / np.tan(np.radians(demand.depression_max_deg))
        ground = ground.difference(Point(pose.x_m, pose.y_m).buffer(blunt_m, quad_segs=QUAD_SEGMENTS))
    if demand.along_px_per_m > 0 and not ground.is_empty:
        ground = ground.intersection(_dense_along_ground(pose, optics, demand, above_m))
    return ground if ground.area > 0 else NOTHING


def density_rings(pose: Pose, optics: Optics, plane_z_m: float, densities_px_per_m: tuple[float, ...]) -> tuple[Polygon, ...]:
    """Nested footprints at several densities, in the order given."""
    return tuple(
        seen_ground(pose, optics, Demand(plane_z_m=plane_z_m, across_px_per_m=density)) for density in densities_px_per_m
    )


def near_blind_zone(pose: Pose, optics: Optics, plane_z_m: float) -> Polygon:
    """Ground between the camera's foot and the near edge of its picture. Empty when the foot itself is seen."""
    ground = seen_ground(pose, optics, Demand(plane_z_m=plane_z_m, across_px_per_m=0.0))
    if ground.is_empty:
        return NOTHING
    return shapely.union_all([Point(pose.x_m, pose.y_m), ground]).convex_hull.difference(ground)


@dataclass(frozen=True, kw_only=True)
class PanLimits:
    """How far a PTZ camera turns, and how narrow it zooms. Degrees; the pan sector runs clockwise."""

    pan_from_deg: float
    pan_to_deg: float
    tilt_max_deg: float
    hfov_narrowest_deg: float


def pan_reach(pose: Pose, optics: Optics, limits: PanLimits, demand: Demand) -> Polygon:
    """Everything a PTZ camera can bring into its picture at full zoom: an annular sector, which it does not watch all at once."""
    above_m = pose.z_m - demand.plane_z_m
    if above_m <= 0:
        return NOTHING
    focal = optics.width_px / (2 * np.tan(np.radians(limits.hfov_narrowest_deg) / 2))
    depth_m = optics.range_max_m if demand.across_px_per_m <= 0 else min(focal / demand.across_px_per_m, optics.range_max_m)
    steepest = min(90.0, limits.tilt_max_deg + optics.vfov_deg / 2)
    inner_m = above_m / np.tan(np.radians(steepest)) if steepest < 90 else 0.0
    outer_m = float(np.sqrt(max(depth_m**2 - above_m**2, 0.0)))
    if outer_m <= inner_m:
        return NOTHING
    span = (limits.pan_to_deg - limits.pan_from_deg) % 360 or 360.0
    bearings = np.radians(limits.pan_from_deg + np.linspace(0, span, max(4, int(span) * 2)))
    rim = np.column_stack([np.sin(bearings), np.cos(bearings)])
    centre = np.array([pose.x_m, pose.y_m])
    if span == 360.0:
        hole = [centre + inner_m * rim] if inner_m > 0 else []
        return Polygon(centre + outer_m * rim, hole)
    near = centre + inner_m * rim[::-1] if inner_m > 0 else centre[None, :]
    return Polygon(np.vstack([centre + outer_m * rim, near]))


def footprint_rings(poses: Floats, plane_z_m: float, depth_max_m: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Many undistorted footprints at once.

    ``poses`` is (n, 8): x, y, z, azimuth, tilt, roll, hfov, vfov; ``depth_max_m`` (n,) is min(fx / q, range). Returns the corners
    (n, 5, 2), padded, and how many of them count (n,): 0 or 3–5.
    """
    x, y, z, azimuth, tilt, roll, hfov, vfov = poses.T
    forward, right, up = _many_axes(azimuth, tilt, roll)
    wide, high = np.tan(np.radians(hfov) / 2), np.tan(np.radians(vfov) / 2)
    u, v = np.stack([-wide, wide, wide, -wide], 1), np.stack([-high, -high, high, high], 1)
    above = z - plane_z_m
    inside_by = -(forward[:, 2, None] + u * right[:, 2, None] - v * up[:, 2, None]) - (above / depth_max_m)[:, None]
    next_u, next_v, next_by = np.roll(u, -1, 1), np.roll(v, -1, 1), np.roll(inside_by, -1, 1)
    step = inside_by - next_by
    part = np.divide(inside_by, step, out=np.zeros_like(step), where=(inside_by >= 0) != (next_by >= 0))
    corners_u = np.stack([u, u + part * (next_u - u)], 2).reshape(len(x), 8)
    corners_v = np.stack([v, v + part * (next_v - v)], 2).reshape(len(x), 8)
    kept = np.stack([inside_by >= 0, (inside_by >= 0) != (next_by >= 0)], 2).reshape(len(x), 8) & (above > 0)[:, None]
    order = np.argsort(~kept, axis=1, kind="stable")[:, :5]
    u, v = np.take_along_axis(corners_u, order, 1), np.take_along_axis(corners_v, order, 1)
    rays = forward[:, None, :] + u[..., None] * right[:, None, :] - v[..., None] * up[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = above[:, None] / -rays[..., 2]
        rings = np.stack([x[:, None] + depth * rays[..., 0], y[:, None] + depth * rays[..., 1]], -1)
    return rings, kept.sum(1)


def _many_axes(azimuth_deg: Floats, tilt_deg: Floats, roll_deg: Floats) -> tuple[Floats, Floats, Floats]:
    azimuth, tilt, roll = np.radians(azimuth_deg), np.radians(tilt_deg), np.radians(roll_deg)
    sa, ca, st, ct = np.sin(azimuth), np.cos(azimuth), np.sin(tilt), np.cos(tilt)
    sr, cr, zero = np.sin(roll)[:, None], np.cos(roll)[:, None], np.zeros_like(sa)
    level_right, level_up = np.stack([ca, -sa, zero], -1), np.stack([sa * st, ca * st, ct], -1)
    return np.stack([sa * ct, ca * ct, -st], -1), level_right * cr - level_up * sr, level_right * sr + level_up * cr


def _depth_max_m(optics: Optics, demand: Demand) -> float:
    if demand.across_px_per_m <= 0:
        return optics.range_max_m
    return min(focal_px(optics) / demand.across_px_per_m, optics.range_max_m)


def _pinhole_ground(pose: Pose, optics: Optics, demand: Demand, above_m: float) -> Polygon:
    axes = axes_of(pose)
    u, v = picture_border(optics)
    rate = above_m / _depth_max_m(optics, demand)
    inside_by = -(axes.forward[2] + u * axes.right[2] - v * axes.up[2]) - rate
    u, v = _clipped(u, v, inside_by)
    if len(u) < 3:
        return NOTHING
    rays = axes.forward + u[:, None] * axes.right - v[:, None] * axes.up
    ring = np.array([pose.x_m, pose.y_m]) + (above_m / -rays[:, 2])[:, None] * rays[:, :2]
    ground = Polygon(ring)
    return ground if ground.is_valid else ground.buffer(0)


@lru_cache(maxsize=1024)
def picture_border(optics: Optics) -> tuple[Floats, Floats]:
    """The picture's border in normalised coordinates without distortion."""
    wide, high = np.tan(np.radians(optics.hfov_deg) / 2), np.tan(np.radians(optics.vfov_deg) / 2)
    u, v = np.array([-wide, wide, wide, -wide]), np.array([-high, -high, high, high])
    if optics.k1 == 0 and optics.k2 == 0:
        return u, v
    steps = np.linspace(0, 1, BORDER_POINTS // 4, endpoint=False)
    along_u = (u[:, None] + steps * (np.roll(u, -1) - u)[:, None]).ravel()
    along_v = (v[:, None] + steps * (np.roll(v, -1) - v)[:, None]).ravel()
    return undistorted(along_u, along_v, optics.k1, optics.k2)


def undistorted(u: Floats, v: Floats, k1: float, k2: float) -> tuple[Floats, Floats]:
    """Normalised picture coordinates with the radial distortion taken away (Newton on r_d = r (1 + k1 r² + k2 r⁴)).

    Beyond the radius where the model turns back there is no ray: the point is held at that radius.
    """
    bent = np.hypot(u, v)
    radius = bent.copy()
    limit = turning_radius(k1, k2)
    for _ in range(20):
        square = radius**2
        error = radius * (1 + k1 * square + k2 * square**2) - bent
        slope = 1 + 3 * k1 * square + 5 * k2 * square**2
        radius = np.clip(radius - error / np.where(np.abs(slope) < 1e-6, 1e-6, slope), 0.0, limit)
    scale = np.divide(radius, bent, out=np.ones_like(bent), where=bent > 0)
    return u * scale, v * scale


def turning_radius(k1: float, k2: float) -> float:
    """The radius at which the distorted radius stops growing; 0.1 % inside it, so that Newton has a slope."""
    roots = np.roots([5 * k2, 3 * k1, 1.0]) if k2 else np.array([-1 / (3 * k1)] if k1 else [])
    turning = [float(root.real) for root in np.atleast_1d(roots) if abs(np.imag(root)) < 1e-12 and np.real(root) > 0]
    return float(np.sqrt(min(turning))) * 0.999 if turning else 10.0


def _clipped(u: Floats, v: Floats, inside_by: Floats) -> tuple[Floats, Floats]:
    """A ring clipped by one line: corners where ``inside_by`` ≥ 0, and the crossings of its sides (Sutherland–Hodgman)."""
    inside, next_by = inside_by >= 0, np.roll(inside_by, -1)
    crossing = inside != (next_by >= 0)
    step = inside_by - next_by
    part = np.divide(inside_by, step, out=np.zeros_like(step), where=crossing)
    cut_u, cut_v = u + part * (np.roll(u, -1) - u), v + part * (np.roll(v, -1) - v)
    kept = np.column_stack([inside, crossing]).ravel()
    return np.column_stack([u, cut_u]).ravel()[kept], np.column_stack([v, cut_v]).ravel()[kept]


def _directions() -> Floats:
    bearings = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    return np.column_stack([np.sin(bearings), np.cos(bearings)])


def _dense_along_ground(pose: Pose, optics: Optics, demand: Demand, above_m: float) -> Polygon:
    """Ground where things lying flat have enough pixels along the view: (f / Z) · sin δ ≥ q, star-shaped about the foot.

    An equidistant lens has as many pixels to a radian everywhere, so its depth is the distance.
    """
    directions, forward = _directions(), axes_of(pose).forward
    limit = focal_px(optics) * above_m / demand.along_px_per_m
    if optics.projection is Projection.EQUIDISTANT:
        return Point(pose.x_m, pose.y_m).buffer(np.sqrt(max(limit - above_m**2, 0.0)), quad_segs=QUAD_SEGMENTS * 2)
    low, high = np.zeros(DIRECTIONS), np.full(DIRECTIONS, optics.range_max_m)
    for _ in range(40):
        middle = (low + high) / 2
        depth = middle * (directions @ forward[:2]) - above_m * forward[2]
        dense = np.maximum(depth, 0) * np.hypot(middle, above_m) <= limit
        low, high = np.where(dense, middle, low), np.where(dense, high, middle)
    return Polygon(np.array([pose.x_m, pose.y_m]) + low[:, None] * directions)


def _fisheye_ground(pose: Pose, optics: Optics, demand: Demand, above_m: float) -> Polygon:
    """An equidistant lens: inside its cone, and near enough that f / distance is the density demanded."""
    far_m = (
        optics.range_max_m if demand.across_px_per_m <= 0 else min(optics.range_max_m, focal_px(optics) / demand.across_px_per_m)
    )
    if far_m <= above_m:
        return NOTHING
    disc = Point(pose.x_m, pose.y_m).buffer(np.sqrt(far_m**2 - above_m**2), quad_segs=QUAD_SEGMENTS * 2)
    half_deg = optics.hfov_deg / 2
    forward = axes_of(pose).forward
    if half_deg < 90 or forward[2] <= 0:
        return disc.intersection(_cone_ground(pose, forward, half_deg, above_m, optics.range_max_m))
    # looking up with more than a half space: all but the cone behind, which is convex
    return disc.difference(_cone_ground(pose, -forward, 180 - half_deg, above_m, optics.range_max_m))


def _cone_ground(pose: Pose, forward: Floats, half_deg: float, above_m: float, range_m: float) -> Polygon:
    """Where a cone about the optical axis meets the plane; star-shaped about the point the axis meets, or near it.

    A cone of a half space or more that looks down contains the foot, and is star-shaped about that.
    """
    cos_half = np.cos(np.radians(half_deg))
    down = max(-forward[2], np.sin(np.radians(2)))
    start = forward[:2] / down * above_m if half_deg < 90 else np.zeros(2)
    reach = np.hypot(*start)
    start = start * min(1.0, range_m / reach) if reach > 0 else start
    directions = _directions()
    low, high = np.zeros(DIRECTIONS), np.full(DIRECTIONS, 2 * range_m)
    for _ in range(40):
        middle = (low + high) / 2
        place = start + middle[:, None] * directions
        away = np.column_stack([place, np.full(DIRECTIONS, -above_m)])
        inside = (away @ forward) >= cos_half * np.linalg.norm(away, axis=1)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    cone = Polygon(np.array([pose.x_m, pose.y_m]) + start + low[:, None] * directions)
    return cone if cone.is_valid else cone.buffer(0)
