"""Zones and lines of the map in a camera's picture: drawn once on the map, seen by every camera that looks there.

What is beyond the picture's edge, behind the lens or above the horizon is cut away on the ground, before anything is projected: a
corner behind the lens has no pixel, and one near the horizon has a wild one.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from spatial.cameras.footprints import seen_ground
from spatial.cameras.values import Demand
from vision.locating import CameraView

Outline = tuple[tuple[float, float], ...]
#: Edges are split so finely that a bent lens shows them bent.
STEP_M = 1.0
#: A zone with more corners than this is simplified first, by less than a person's foot.
MOST_CORNERS, SIMPLIFIED_M = 500, 0.1


def zone_outlines(view: CameraView, area: Polygon) -> tuple[Outline, ...]:
    """The parts of a zone that are in the picture, as polygons of pixels; empty when none is."""
    ground = area if len(area.exterior.coords) <= MOST_CORNERS else area.simplify(SIMPLIFIED_M)
    seen = shapely.make_valid(ground).intersection(_ground_in_picture(view))
    parts = (part for part in shapely.get_parts(seen) if isinstance(part, Polygon) and part.area > 0)
    return tuple(_pixels(view, part.exterior) for part in parts)


def line_outlines(view: CameraView, line: LineString) -> tuple[Outline, ...]:
    """The parts of a line that are in the picture, as chains of pixels."""
    seen = line.intersection(_ground_in_picture(view))
    return tuple(_pixels(view, part) for part in shapely.get_parts(seen) if isinstance(part, LineString))


def share_in_picture(view: CameraView, area: Polygon) -> float:
    """How much of a zone the camera can see at all, obstacles aside."""
    return float(area.intersection(_ground_in_picture(view)).area / area.area) if area.area > 0 else 0.0


def _ground_in_picture(view: CameraView) -> Polygon:
    return seen_ground(view.pose, view.optics, Demand(plane_z_m=view.plane_z_m, across_px_per_m=0.0))


def _pixels(view: CameraView, border: BaseGeometry) -> Outline:
    corners: NDArray[np.float64] = shapely.get_coordinates(shapely.segmentize(border, STEP_M))
    points = np.column_stack([corners, np.full(len(corners), view.plane_z_m)])
    limit = [view.optics.width_px, view.optics.height_px]
    return tuple((float(u), float(v)) for u, v in np.clip(view.project(points), 0, limit) if np.isfinite(u))
