"""The values of camera geometry, all in the site frame: metres, x east, y north, z up from the site datum.

Azimuth is clockwise from true north (the +y axis), tilt is positive *down* from the horizon, roll is clockwise seen from behind.
Images have u to the right, v down and their origin at the top-left corner of the top-left pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely import Polygon


class Projection(StrEnum):
    """How a lens maps rays to pixels."""

    PINHOLE = "pinhole"
    #: r = f·θ, the usual model of a fisheye.
    EQUIDISTANT = "equidistant"


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Where a camera stands and how it is aimed."""

    #: metres east and north of the site frame's origin, and above the site datum, at the lens.
    x_m: float
    y_m: float
    z_m: float
    azimuth_deg: float
    tilt_deg: float
    roll_deg: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Optics:
    """The lens and the *analysed* picture: width and height are of the stream that is looked at, not of the sensor."""

    hfov_deg: float
    vfov_deg: float
    width_px: int
    height_px: int
    #: Brown-Conrady radial terms on normalised coordinates; 0 = no distortion known.
    k1: float = 0.0
    k2: float = 0.0
    #: metres of depth beyond which nothing counts as seen, whatever the density: a horizon is never infinite.
    range_max_m: float = 300.0
    projection: Projection = Projection.PINHOLE


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """A prism that hides what is behind it."""

    base: Polygon
    bottom_m: float
    top_m: float
    #: share of the view it takes: 1 for a wall, less for a net or a scaffold.
    opacity: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What an element needs of a picture: plane, pixel density, and how it is looked at."""

    #: height of the plane above the site datum, metres.
    plane_z_m: float
    #: pixels per metre across the view, fx / depth along the optical axis.
    across_px_per_m: float
    #: pixels per metre along the ground, for things that lie flat; 0 = not asked.
    along_px_per_m: float = 0.0
    #: steepest depression of the ray at which an upright thing is still recognised; 90 = any.
    depression_max_deg: float = 90.0
