"""Room to work in for the compiled twin, made once per call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coverage.kernel.values import PICTURE_SIDES, Bytes, Floats, Ints, PackedSite
from spatial.compiled import compiled

#: Spans of one camera on one segment: what obstacles leave of a picture with a curved border or a steep middle.
MORE_SPANS = 80
#: Edges along rows of one scene; more than these are not looked at.
BREAKS = 1024


class Desk(NamedTuple):
    """C cameras, K parts of obstacles with up to V corners, M spans of one camera, R requests."""

    #: (C, 1, PICTURE_SIDES, 3) and (C,): pictures on the plane at hand; largest plan distance squared.
    sides: Floats
    radius2: Floats
    #: (C, K, V + 2, 3) and (C, K): shadows on the plane at hand; −1 = none.
    shadows: Floats
    shadow_size: Ints
    #: The same as limits along the direction at hand, and how many of them are lower limits.
    limits: Floats
    lower: Ints
    shadow_limits: Floats
    shadow_lower: Ints
    #: (C,) cameras of the group, (C, K + 1) their shadows: how many, then which.
    active: Ints
    near: Ints
    #: (C, M, 3) and (C,): spans in the picture, and what is left of them behind obstacles.
    pictured: Floats
    pictured_count: Ints
    visible: Floats
    visible_count: Ints
    #: (1, M, 3) scratch, (K + 1, 2) hidden spans, and (C · M,) begins and ends of spans to be added up.
    scratch: Floats
    hidden: Floats
    begins: Floats
    ends: Floats
    #: (BREAKS,) where rows of the group must end, and (5,) what ``breaking.extent_of`` found.
    breaks: Floats
    extent: Floats
    #: (4,) what ``counting.count_wide`` found.
    wide: Floats
    #: (R, 3) does a request have cameras of this rank?
    ranked: Bytes


@compiled
def make_desk(site: PackedSite) -> Desk:
    """Room for the site."""
    cameras, parts, corners = site.cameras.shape[0], site.part_corners.shape[0], site.part_corners.shape[1]
    spans, requests = parts + MORE_SPANS, site.ranks.shape[0]
    ranked = np.zeros((requests, 3), np.uint8)
    for r in range(requests):
        for c in range(cameras):
            if site.ranks[r, c] < 3:
                ranked[r, site.ranks[r, c]] = 1
    return Desk(
        np.empty((cameras, 1, PICTURE_SIDES, 3)),
        np.empty(cameras),
        np.empty((cameras, parts, corners + 2, 3)),
        np.empty((cameras, parts), np.int64),
        np.empty((cameras, 1, PICTURE_SIDES, 3)),
        np.empty(cameras, np.int64),
        np.empty((cameras, parts, corners + 2, 3)),
        np.empty((cameras, parts), np.int64),
        np.empty(cameras, np.int64),
        np.empty((cameras, parts + 1), np.int64),
        np.empty((cameras, spans, 3)),
        np.empty(cameras, np.int64),
        np.empty((cameras, spans, 3)),
        np.empty(cameras, np.int64),
        np.empty((1, spans, 3)),
        np.empty((parts + 1, 2)),
        np.empty(cameras * spans + 1),
        np.empty(cameras * spans + 1),
        np.empty(BREAKS),
        np.empty(5),
        np.empty(4),
        ranked,
    )
