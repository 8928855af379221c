"""How sure a share is: 64 draws of every pose within its standard deviations, and p05, p50, p95 of the shares that come out.

The shares of the draws are taken on sample points and anchored on the exact share of the pose as it stands, so that the band is
about the pose and not about the sampling. Shadows are those of the pose as it stands: an error of a metre moves them by less than
an error of five degrees moves the picture (spatial-maths.md §1.5, §2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from coverage.catalogue.values import Catalogue
from coverage.shapes import measured_shape
from coverage.states import Measure
from coverage.watching import Watched, WatchedScene, WatchedSite, Watcher, demand_of
from sites.cameras.aiming import INSTALLER_SIGMAS
from sites.cameras.surroundings import Surroundings
from spatial.cameras.footprints import focal_px
from spatial.cameras.values import Demand, Projection
from spatial.cameras.views import HIDING_OPACITY, ExactView, NominalView, View, foot, range_m, shadow_of

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
DRAWS = 64
#: About so many points stand for an area or a line.
POINTS = 120
KEYS = ("azimuth_deg", "tilt_deg", "roll_deg", "x_m", "y_m", "z_m", "focal_share")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """5th, 50th and 95th percentile of a share."""

    p05: float
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A camera's poses: row 0 is the one that stands, the rest are drawn. Columns as ``KEYS``, as differences."""

    view: View
    errors: Floats


def share_intervals(
    surroundings: Surroundings,
    watchers: Sequence[Watcher],
    sigmas: Mapping[int, Mapping[str, float]],
    catalogue: Catalogue,
    found: Sequence[Watched],
) -> dict[tuple[int, str], Interval]:
    """(scene id, element) → interval, for everything that has a share."""
    site = WatchedSite(surroundings, watchers)
    drawn = {
        number: draw_errors(one, sigmas.get(one.camera_id, INSTALLER_SIGMAS))
        for number, one in enumerate(watchers)
        if one.view is not None and one.continuous
    }
    hidden = lru_cache(maxsize=None)(lambda number, demand, scene: _hidden_ground(site, number, demand, scene))
    bands: dict[tuple[int, str], Interval] = {}
    for one in found:
        if one.share is None:
            continue
        target = measured_shape(one.scene.shape, one.element.measure, surroundings.boundary)
        points = sample_points(target, one.element.measure)
        demand = demand_of(one.element, one.scene)
        seen = np.zeros((DRAWS + 1, len(points)), np.int16)
        for number, camera in drawn.items():
            watcher = watchers[number]
            near = foot(camera.view).distance(target) <= range_m(camera.view)
            if near and watcher.level is one.scene.level and catalogue.watches(watcher.tags, one.element.code):
                open_to_it = ~shapely.contains_xy(hidden(number, demand.plane_z_m, one.scene), points[:, 0], points[:, 1])
                seen[:, open_to_it] += in_picture(camera, points[open_to_it], demand)
        bands[one.scene.scene_id, one.element.code] = _anchored(seen >= one.element.cameras_needed, one.share)
    return bands


def draw_errors(watcher: Watcher, sigmas: Mapping[str, float]) -> Drawn:
    """The pose that stands and 64 others, the same ones every time."""
    assert watcher.view is not None
    spread = np.array([float(sigmas.get(key, INSTALLER_SIGMAS[key])) for key in KEYS])
    draws = np.random.default_rng(watcher.camera_id).standard_normal((DRAWS, len(KEYS))) * spread
    return Drawn(view=watcher.view, errors=np.vstack([np.zeros(len(KEYS)), draws]))


def in_picture(camera: Drawn, points: Floats, demand: Demand) -> Booleans:
    """(draws + 1, points): is the point in the picture as demanded, with nothing in the way?"""
    if isinstance(camera.view, NominalView):
        return _in_sector(camera.view, camera.errors, points, demand)
    return _in_exact(camera.view, camera.errors, points, demand)


def sample_points(target: BaseGeometry, measure: Measure) -> Floats:
    """Points (n, 2) that stand for a target evenly."""
    if measure is Measure.COUNT:
        return np.asarray(shapely.get_coordinates(target))
    if measure is Measure.LENGTH:
        lines = [part for part in shapely.get_parts(target) if part.length > 0]
        whole = sum(line.length for line in lines) or 1.0
        found = [
            shapely.get_coordinates(shapely.line_interpolate_point(line, (np.arange(count) + 0.5) / count, normalized=True))
            for line in lines
            for count in [max(1, round(POINTS * line.length / whole))]
        ]
        return np.vstack(found) if found else np.empty((0, 2))
    west, south, east, north = target.bounds
    step = np.sqrt(max(target.area, 1e-9) / POINTS)
    x, y = np.meshgrid(np.arange(west + step / 2, east, step), np.arange(south + step / 2, north, step))
    inside = shapely.contains_xy(target, x.ravel(), y.ravel())
    points = np.column_stack([x.ravel()[inside], y.ravel()[inside]])
    return points if len(points) else np.asarray(shapely.get_coordinates(target.representative_point()))


def _hidden_ground(site: WatchedSite, number: int, plane_z_m: float, scene: WatchedScene) -> BaseGeometry:
    view = site.watchers[number].view
    assert view is not None
    obstacles = site.obstacles(scene.level, scene.plan_key)
    shadows = [shadow_of(view, one, plane_z_m) for one in obstacles if one.opacity >= HIDING_OPACITY]
    ground = shapely.union_all(shadows)
    shapely.prepare(ground)
    return ground


def _in_sector(view: NominalView, errors: Floats, points: Floats, demand: Demand) -> Booleans:
    east = points[None, :, 0] - (view.x_m + errors[:, 3, None])
    north = points[None, :, 1] - (view.y_m + errors[:, 4, None])
    distance = np.hypot(east, north)
    off = np.degrees(np.arctan2(east, north)) - (view.azimuth_deg + errors[:, 0, None])
    off = np.abs((off + 180) % 360 - 180)
    far = np.full(len(errors), view.range_m)
    if demand.across_px_per_m > 0:
        far = np.minimum(far, view.fx_px * (1 + errors[:, 6]) / demand.across_px_per_m)
    inside: Booleans = (off <= view.hfov_deg / 2) & (distance <= far[:, None])
    return inside


def _in_exact(view: ExactView, errors: Floats, points: Floats, demand: Demand) -> Booleans:
    pose, optics = view.pose, view.optics
    azimuth, tilt, roll = (
        np.radians(angle + errors[:, column]) for column, angle in enumerate((pose.azimuth_deg, pose.tilt_deg, pose.roll_deg))
    )
    sa, ca, st, ct = np.sin(azimuth), np.cos(azimuth), np.sin(tilt), np.cos(tilt)
    sr, cr, zero = np.sin(roll)[:, None], np.cos(roll)[:, None], np.zeros(len(errors))
    forward = np.stack([sa * ct, ca * ct, -st], 1)
    level_right, level_up = np.stack([ca, -sa, zero], 1), np.stack([sa * st, ca * st, ct], 1)
    right, up = level_right * cr - level_up * sr, level_right * sr + level_up * cr
    below = (demand.plane_z_m - (pose.z_m + errors[:, 5]))[:, None]
    east = points[None, :, 0] - (pose.x_m + errors[:, 3, None])
    north = points[None, :, 1] - (pose.y_m + errors[:, 4, None])

    def along(axis: Floats) -> Floats:
        return east * axis[:, 0, None] + north * axis[:, 1, None] + below * axis[:, 2, None]

    depth, flat = along(forward), np.hypot(east, north)
    focal = focal_px(optics) * (1 + errors[:, 6, None])
    seen = (below < 0) & (depth > 0)
    distance = np.hypot(flat, below)
    if optics.projection is Projection.EQUIDISTANT:
        seen = (below < 0) & (depth >= np.cos(np.radians(optics.hfov_deg / 2)) * distance)
        depth = distance
    else:
        wide, high = np.tan(np.radians(optics.hfov_deg) / 2), np.tan(np.radians(optics.vfov_deg) / 2)
        grown = 1 / (1 + errors[:, 6, None])
        seen &= (np.abs(along(right)) <= depth * wide * grown) & (np.abs(along(up)) <= depth * high * grown)
    seen &= depth <= optics.range_max_m
    if demand.across_px_per_m > 0:
        seen &= focal >= demand.across_px_per_m * depth
    if demand.depression_max_deg < 90:
        seen &= -below <= flat * np.tan(np.radians(demand.depression_max_deg))
    if demand.along_px_per_m > 0:
        seen &= focal * -below >= demand.along_px_per_m * depth * distance
    return np.asarray(seen)


def _anchored(seen: Booleans, exact: float) -> Interval:
    if seen.shape[1] == 0:
        return Interval(p05=exact, p50=exact, p95=exact)
    shares = seen.mean(axis=1)
    low, middle, high = np.clip(np.percentile(shares[1:], (5, 50, 95)) + exact - shares[0], 0.0, 1.0)
    return Interval(p05=float(low), p50=float(middle), p95=float(high))
