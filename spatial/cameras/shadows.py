"""What stands in the way, exactly (spatial-maths.md §2).

The shadow of a convex prism on a plane is the hull of two images of its base under homotheties about the camera's foot; any other
base is split into triangles first. A thing as high as the camera or higher throws its shadow to the end of the range.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from spatial.cameras.values import Obstacle, Pose

Floats = NDArray[np.float64]
#: Metres by which a camera must be above a top for the shadow to end.
LEVEL_WITH_M = 1e-6
#: Endless shadows are drawn to so many ranges away, so that they cover every footprint.
BEYOND = 3.0
NEAREST_M = 0.05
#: A piece whose hull is larger by no more than this share is convex.
CONVEX_WITHIN = 1e-9


def shadow(pose: Pose, obstacle: Obstacle, plane_z_m: float, range_m: float) -> BaseGeometry:
    """The part of the plane that the obstacle hides from the camera, out to the range. Empty when it hides nothing."""
    low_m, high_m = max(obstacle.bottom_m, plane_z_m), obstacle.top_m
    if high_m <= plane_z_m or pose.z_m <= plane_z_m or low_m >= pose.z_m:
        return Polygon()
    foot = Point(pose.x_m, pose.y_m)
    ends = pose.z_m - high_m > LEVEL_WITH_M
    if obstacle.base.contains(foot) and not ends:
        return foot.buffer(BEYOND * range_m)
    near_m = max(obstacle.base.exterior.distance(foot), NEAREST_M)
    endless = max(BEYOND * range_m / near_m, 1.0)
    above_m = pose.z_m - plane_z_m
    scale_low = min(above_m / (pose.z_m - low_m), endless)
    scale_high = min(above_m / (pose.z_m - high_m), endless) if ends else endless
    centre = np.array([pose.x_m, pose.y_m])
    parts = [_hull(np.asarray(part.exterior.coords)[:-1], centre, scale_low, scale_high) for part in convex_parts(obstacle.base)]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


@lru_cache(maxsize=8192)
def convex_parts(base: Polygon) -> tuple[Polygon, ...]:
    """The base itself when it is convex, else convex pieces that make it up: triangles, joined while they stay convex."""
    if not base.interiors and base.area >= base.convex_hull.area * (1 - CONVEX_WITHIN):
        return (base,)
    left = [part for part in shapely.constrained_delaunay_triangles(base).geoms if part.area > 0]
    made: list[Polygon] = []
    while left:
        piece = left.pop()
        grown = True
        while grown:
            grown = False
            for number, other in enumerate(left):
                joined = _joined(piece, other)
                if joined is not None:
                    piece, grown = joined, True
                    del left[number]
                    break
        made.append(piece)
    return tuple(made)


def _joined(one: Polygon, other: Polygon) -> Polygon | None:
    """Both as one polygon, if they share a side and the whole is convex."""
    hull = shapely.union(one, other).convex_hull
    together = one.area + other.area
    return hull if hull.area <= together * (1 + CONVEX_WITHIN) else None


def _hull(corners: Floats, centre: Floats, scale_low: float, scale_high: float) -> BaseGeometry:
    away = corners - centre
    hull: BaseGeometry = shapely.convex_hull(
        shapely.multipoints(np.vstack([centre + away * scale_low, centre + away * scale_high]))
    )
    return hull
