"""Excavations: the floor is seen through the rim, which is the dual of a shadow (spatial-maths.md §1.3)."""

from __future__ import annotations

from shapely import Polygon
from shapely.affinity import scale

from spatial.cameras.values import Pose


def floor_through_rim(pose: Pose, rim: Polygon, rim_z_m: float, floor_z_m: float) -> Polygon:
    """The floor whose line of sight passes inside the rim.

    The rim is enlarged about the camera's foot by (z − floor) / (z − rim), and cut by the rim, for the walls are upright.
    Exact for a convex rim. Empty for a camera that is not above the rim: it looks at a wall.
    """
    if pose.z_m <= rim_z_m:
        return Polygon()
    factor = (pose.z_m - floor_z_m) / (pose.z_m - rim_z_m)
    window: Polygon = scale(rim, xfact=factor, yfact=factor, origin=(pose.x_m, pose.y_m))
    return window.intersection(rim)
