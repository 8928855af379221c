"""What a camera is known to see: a nominal sector when height and tilt are missing, else the exact picture of its pose.

The two are never mixed up: a nominal view has no shadow lengths and no blind zone, cannot look into a pit, and counts every
obstacle as endlessly high, because a place nobody is known to watch must not look watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from spatial.cameras.footprints import picture_border, seen_ground
from spatial.cameras.pits import floor_through_rim
from spatial.cameras.shadows import shadow
from spatial.cameras.values import Demand, Obstacle, Optics, Pose, Projection

#: Corners of an arc: 64 to a right angle keep a sector's area within 0.005 %.
ARC_STEP_DEG = 90 / 64
#: A share of the view this large or larger hides what is behind.
HIDING_OPACITY = 0.5
#: Height given to a nominal camera for shadows: lower than anything, so that every obstacle counts as endlessly high.
NO_HEIGHT_M = 0.01


@dataclass(frozen=True, kw_only=True)
class NominalView:
    """A camera of which only place, azimuth, angle and range are known. Metres and degrees in the site frame."""

    x_m: float
    y_m: float
    azimuth_deg: float
    hfov_deg: float
    range_m: float
    #: Width of the analysed picture.
    width_px: int

    @property
    def fx_px(self) -> float:
        """Focal length in pixels; for 180° and more, that of an equidistant lens."""
        half = np.radians(self.hfov_deg) / 2
        return float(self.width_px / (2 * np.tan(half))) if self.hfov_deg < 150 else float(self.width_px / (2 * half))


@dataclass(frozen=True, kw_only=True)
class ExactView:
    """A camera with its full pose."""

    pose: Pose
    optics: Optics


View = NominalView | ExactView


def foot(view: View) -> Point:
    """The point of the ground plane under the lens."""
    return Point(view.x_m, view.y_m) if isinstance(view, NominalView) else Point(view.pose.x_m, view.pose.y_m)


def range_m(view: View) -> float:
    """Metres beyond which nothing counts as seen."""
    return view.range_m if isinstance(view, NominalView) else view.optics.range_max_m


def reach_m(view: View) -> float:
    """Plan distance within which all of the picture lies, whichever way the camera is turned: corners are farther than depth."""
    if isinstance(view, NominalView) or view.optics.projection is Projection.EQUIDISTANT:
        return range_m(view)
    u, v = picture_border(view.optics)
    return range_m(view) * float(np.sqrt(1 + np.abs(u).max() ** 2 + np.abs(v).max() ** 2))


@lru_cache(maxsize=4096)
def reach(view: View) -> Polygon:
    """Everything near enough, whichever way the camera looks."""
    disc: Polygon = foot(view).buffer(reach_m(view), quad_segs=64)
    return disc


def in_view(view: View, demand: Demand) -> Polygon:
    """Ground in the picture at the demanded density, as if nothing stood in the way."""
    if isinstance(view, ExactView):
        return seen_ground(view.pose, view.optics, demand)
    radius_m = view.range_m
    if demand.across_px_per_m > 0:
        radius_m = min(radius_m, view.fx_px / demand.across_px_per_m)
    return _sector(view, radius_m)


def visible(view: View, demand: Demand, obstacles: Sequence[Obstacle]) -> BaseGeometry:
    """The same, less the shadows of what stands in the way."""
    ground = in_view(view, demand)
    if ground.is_empty:
        return ground
    hidden = [shadow_of(view, obstacle, demand.plane_z_m) for obstacle in _between(view, ground, obstacles)]
    hidden = [one for one in hidden if not one.is_empty]
    return ground.difference(shapely.union_all(hidden)) if hidden else ground


def _between(view: View, ground: BaseGeometry, obstacles: Sequence[Obstacle]) -> list[Obstacle]:
    """The obstacles that can stand between a lens and some ground: sight lines, seen from above, stay in the hull of both."""
    hiding = [one for one in obstacles if one.opacity >= HIDING_OPACITY]
    wedge = shapely.union(foot(view), ground).convex_hull
    shapely.prepare(wedge)
    met = shapely.intersects(wedge, [one.base for one in hiding]) if hiding else []
    return [one for one, meets in zip(hiding, met, strict=True) if meets]


def visible_floor(view: View, demand: Demand, obstacles: Sequence[Obstacle], rim: Polygon, rim_z_m: float) -> BaseGeometry:
    """What is seen of the floor of a pit, over its rim. Nothing is known of a nominal view: it has no height."""
    if isinstance(view, NominalView):
        return Polygon()
    return visible(view, demand, obstacles).intersection(floor_through_rim(view.pose, rim, rim_z_m, demand.plane_z_m))


def shadow_of(view: View, obstacle: Obstacle, plane_z_m: float) -> BaseGeometry:
    """Ground that an obstacle hides from a view."""
    if isinstance(view, ExactView):
        return shadow(view.pose, obstacle, plane_z_m, range_m(view))
    low = Pose(x_m=view.x_m, y_m=view.y_m, z_m=NO_HEIGHT_M, azimuth_deg=view.azimuth_deg, tilt_deg=0.0)
    return shadow(low, replace(obstacle, bottom_m=-1.0, top_m=1e3), 0.0, range_m(view))


def without_density(demand: Demand) -> Demand:
    """The same plane, at any density and any steepness."""
    return Demand(plane_z_m=demand.plane_z_m, across_px_per_m=0.0)


def _sector(view: NominalView, radius_m: float) -> Polygon:
    if radius_m <= 0:
        return Polygon()
    if view.hfov_deg >= 360:
        return Point(view.x_m, view.y_m).buffer(radius_m, quad_segs=64)
    steps = max(2, int(np.ceil(view.hfov_deg / ARC_STEP_DEG)) + 1)
    angles = np.radians(view.azimuth_deg + np.linspace(-view.hfov_deg / 2, view.hfov_deg / 2, steps))
    arc = np.column_stack([view.x_m + radius_m * np.sin(angles), view.y_m + radius_m * np.cos(angles)])
    return Polygon([(view.x_m, view.y_m), *arc])
