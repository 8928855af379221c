"""What the kernel is given: one site as arrays. Metres, in the site frame less ``origin``; both twins read the same.

Everything is flat and typed so that machine code and NumPy can walk it: ``*_from`` arrays hold where the n-th thing begins, with
one more entry for where the last one ends.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
#: x, y, unit direction, length, weight.
Segment = tuple[float, float, float, float, float, float]

#: Kinds of pictures.
PINHOLE: Final = 0
DISTORTED: Final = 1
EQUIDISTANT: Final = 2
SECTOR: Final = 3

#: Columns of a camera: kind, lens (m), forward, right and up (unit vectors), half picture in normalised coordinates, focal length
#: (px), range (m), sine and cosine of half the angle, distortion, and the radius at which the distortion model turns back.
KIND: Final = 0
X: Final = 1
Y: Final = 2
Z: Final = 3
FORWARD: Final = 4
RIGHT: Final = 7
UP: Final = 10
WIDE: Final = 13
HIGH: Final = 14
FOCAL: Final = 15
RANGE: Final = 16
SIN_HALF: Final = 17
COS_HALF: Final = 18
K1: Final = 19
K2: Final = 20
TURNING: Final = 21
#: How far the border of a distorted picture reaches in undistorted coordinates.
BORDER_WIDE: Final = 22
BORDER_HIGH: Final = 23
#: Plan distance within which all of a picture lies, whichever way the camera is turned, metres.
REACH: Final = 24
CAMERA_COLUMNS: Final = 25

#: Columns of a segment: start (m), unit direction, length (m), weight (row height in m; 1 on lines; 1 / length for a place).
SEGMENT_COLUMNS: Final = 6

#: How a camera is joined to a scene.
APART: Final = 0
SAME_LEVEL: Final = 1
#: From the surface into a pit: what is seen through the rim.
OVER_THE_RIM: Final = 2
#: It may be the cause of a gap but can cover nothing: a nominal view has no height to look over a rim from.
BLIND: Final = 3

#: What keeps a camera's sight of a place from counting, in the order of ``GapCause``; 0 = it counts.
COUNTS: Final = 0
UNTAGGED: Final = 1
OFFLINE: Final = 2
#: Not asked at all.
IGNORED: Final = 9
#: Stages of being watched, each wider than the last: counted, if tagged, if on line, at any density, without obstacles, if
#: turned there.
STAGES: Final = 6

#: Lines and places so near to a picture's edge are in it, metres: a hoarding often is the edge, and rounding must not decide.
EDGE_MARGIN_M: Final = 0.01
#: Half-planes that bound a picture; unused ones hold everywhere.
PICTURE_SIDES: Final = 5
EVERYWHERE: Final = 1e300


class PackedSite(NamedTuple):
    """One site for the kernel. C cameras, K convex obstacle parts, N segments, T targets, G groups, R requests, S scenes."""

    #: (C, CAMERA_COLUMNS)
    cameras: Floats
    #: (B, 2) normalised coordinates: borders of distorted pictures, one after the other.
    borders: Floats
    #: (C + 1,)
    border_from: Ints
    #: (K, V, 2) corners, anticlockwise; the last one is repeated.
    part_corners: Floats
    #: (K,) how many corners count.
    part_size: Ints
    #: (K, 2) bottom and top, metres.
    part_heights: Floats
    #: (K, 2) level, and number of the plan feature it comes from.
    part_of: Ints
    #: (N, SEGMENT_COLUMNS)
    segments: Floats
    #: (T + 1,) a target is what is measured of a scene.
    target_from: Ints
    #: (P,) heights of the planes that are looked at, metres.
    planes: Floats
    #: (G, 4) target, plane, scene, and 1 for lines and places, which have no width; sorted by plane.
    groups: Ints
    #: (G + 1,) requests of a group stand together.
    request_from: Ints
    #: (R, 3) px/m across, px/m along, tangent of the steepest depression (0 = any).
    demands: Floats
    #: (R,) how many cameras must see a place.
    needed: Ints
    #: (R, C) COUNTS, UNTAGGED, OFFLINE or IGNORED.
    ranks: Bytes
    #: (S, C) APART, SAME_LEVEL, OVER_THE_RIM or BLIND.
    joined: Bytes
    #: (S, 2) level whose obstacles count for cameras of the same level, and the plan feature that is the scene (-1 = none).
    scene_of: Ints
    #: (Q, 4) sides of pit rims, and (S + 1,) where a scene's begin.
    rims: Floats
    rim_from: Ints


class Measured(NamedTuple):
    """What comes out, per request."""

    #: (R,) square metres, metres or number.
    total: Floats
    #: (R, STAGES) size of what at least the needed number of cameras reach at each stage; column 0 is what is covered.
    stages: Floats
    #: (R, C) does the camera add to what is covered?
    adds: Bytes
    #: (R,) a number that changes when something is seen elsewhere, even if no size does; each twin has its own.
    marks: Floats

    def of_requests(self, numbers: Ints) -> Measured:
        """What came out of some of the requests."""
        return Measured(self.total[numbers], self.stages[numbers], self.adds[numbers], self.marks[numbers])
