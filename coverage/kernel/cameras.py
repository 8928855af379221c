"""Cameras as rows of numbers (``values.CAMERA_COLUMNS``)."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from coverage.kernel import values as of
from coverage.kernel.values import Floats
from spatial.cameras.footprints import axes_of, focal_px, picture_border, turning_radius
from spatial.cameras.values import Projection
from spatial.cameras.views import ExactView, NominalView, View, reach_m

NO_BORDER: Floats = np.empty((0, 2))


@lru_cache(maxsize=4096)
def camera_row(view: View) -> Floats:
    """(CAMERA_COLUMNS,) of a view. Do not change it: it is shared."""
    row = np.zeros(of.CAMERA_COLUMNS)
    if isinstance(view, NominalView):
        _sector(view, row)
    else:
        _exact(view, row)
    row[of.REACH] = reach_m(view)
    row.setflags(write=False)
    return row


@lru_cache(maxsize=4096)
def border_of(view: View) -> Floats:
    """(n, 2) border of a distorted picture in undistorted normalised coordinates, u right and v up; none for straight ones."""
    if isinstance(view, NominalView) or camera_row(view)[of.KIND] != of.DISTORTED:
        return NO_BORDER
    u, v = picture_border(view.optics)
    return np.column_stack([u, -v])


def _sector(view: NominalView, row: Floats) -> None:
    azimuth, half = math.radians(view.azimuth_deg), math.radians(min(view.hfov_deg, 360.0)) / 2
    row[of.KIND], row[of.X], row[of.Y] = of.SECTOR, view.x_m, view.y_m
    row[of.FORWARD], row[of.FORWARD + 1] = math.sin(azimuth), math.cos(azimuth)
    row[of.RIGHT], row[of.RIGHT + 1] = math.cos(azimuth), -math.sin(azimuth)
    row[of.UP + 2] = 1.0
    row[of.FOCAL], row[of.RANGE] = view.fx_px, view.range_m
    row[of.SIN_HALF], row[of.COS_HALF] = math.sin(half), math.cos(half)
    if view.hfov_deg >= 360:
        row[of.COS_HALF] = -1.0 - 1e-12


def _exact(view: ExactView, row: Floats) -> None:
    pose, optics, axes = view.pose, view.optics, axes_of(view.pose)
    row[of.X], row[of.Y], row[of.Z] = pose.x_m, pose.y_m, pose.z_m
    row[of.FORWARD : of.FORWARD + 3], row[of.RIGHT : of.RIGHT + 3], row[of.UP : of.UP + 3] = axes.forward, axes.right, axes.up
    row[of.FOCAL], row[of.RANGE] = focal_px(optics), optics.range_max_m
    half = math.radians(optics.hfov_deg) / 2
    row[of.SIN_HALF], row[of.COS_HALF] = math.sin(half), math.cos(half)
    if optics.projection is Projection.EQUIDISTANT:
        row[of.KIND] = of.EQUIDISTANT
        return
    row[of.WIDE], row[of.HIGH] = math.tan(half), math.tan(math.radians(optics.vfov_deg) / 2)
    row[of.BORDER_WIDE], row[of.BORDER_HIGH] = row[of.WIDE], row[of.HIGH]
    if optics.k1 or optics.k2:
        u, v = picture_border(optics)
        row[of.KIND], row[of.K1], row[of.K2] = of.DISTORTED, optics.k1, optics.k2
        row[of.BORDER_WIDE], row[of.BORDER_HIGH] = np.abs(u).max(), np.abs(v).max()
        row[of.TURNING] = turning_radius(optics.k1, optics.k2)
