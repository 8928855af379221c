"""Bodies at known places, as a camera with a known pose would box them: what benches, tests and synthetic cameras play with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.locating import CameraView
from vision.looks import Box, Detection

Floats = NDArray[np.float64]
#: Length along its heading, width and height of a kind, metres.
SIZES_M = {
    "person": (0.35, 0.5, 1.72),
    "ebike": (1.7, 0.6, 1.1),
    "handcart": (1.5, 0.7, 0.95),
    "large_material": (3.0, 0.4, 0.4),
    "large_equipment": (1.5, 1.2, 1.5),
    "car": (4.5, 1.8, 1.5),
    "police_car": (4.5, 1.8, 1.7),
    "van": (5.0, 2.0, 2.2),
    "ambulance": (5.4, 2.0, 2.4),
    "fire_truck": (7.2, 2.4, 3.1),
    "truck": (7.2, 2.4, 3.0),
    "dump_truck": (7.2, 2.4, 2.8),
    "mixer_truck": (7.2, 2.4, 3.3),
    "excavator": (6.0, 2.8, 3.0),
    "loader": (6.0, 2.4, 3.2),
    "crane_truck": (9.0, 2.5, 3.4),
}


@dataclass(frozen=True, kw_only=True)
class Body:
    """A box that stands, or hangs, at a place of the site frame."""

    kind: str
    x_m: float
    y_m: float
    yaw_rad: float = 0.0
    bottom_m: float = 0.0
    size_m: tuple[float, float, float] | None = None
    score: float = 0.9


def corners_m(body: Body) -> Floats:
    """The eight corners (8, 3)."""
    length, width, height = body.size_m or SIZES_M[body.kind]
    x, y, z = np.meshgrid([-length / 2, length / 2], [-width / 2, width / 2], [0, height])
    cos, sin = np.cos(body.yaw_rad), np.sin(body.yaw_rad)
    east, north = x.ravel() * cos - y.ravel() * sin, x.ravel() * sin + y.ravel() * cos
    return np.stack([east + body.x_m, north + body.y_m, z.ravel() + body.bottom_m], -1)


def box_of(view: CameraView, body: Body) -> Box | None:
    """The box in the picture; None when less than half of it is inside."""
    pixels = view.project(corners_m(body))
    if not np.isfinite(pixels).all():
        return None
    (x1, y1), (x2, y2) = pixels.min(0), pixels.max(0)
    whole = Box(x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2))
    width, height = view.optics.width_px, view.optics.height_px
    cut = Box(x1=max(0.0, whole.x1), y1=max(0.0, whole.y1), x2=min(float(width), whole.x2), y2=min(float(height), whole.y2))
    return cut if cut.area_px > 0.5 * whole.area_px else None


def seen(view: CameraView, bodies: list[Body]) -> list[Detection]:
    """What a perfect detector finds."""
    boxes = [(body, box_of(view, body)) for body in bodies]
    return [Detection(kind=body.kind, score=body.score, box=box) for body, box in boxes if box is not None]


def jittered(rng: np.random.Generator, detections: list[Detection], *, missed_share: float, off_px: float) -> list[Detection]:
    """What a real detector makes of it: some are missed, and every edge is off by some pixels."""
    found = []
    for one in detections:
        if rng.random() < missed_share:
            continue
        x1, y1, x2, y2 = np.array([one.box.x1, one.box.y1, one.box.x2, one.box.y2]) + rng.normal(0, off_px, 4)
        box = Box(x1=float(x1), y1=float(y1), x2=float(max(x2, x1 + 1)), y2=float(max(y2, y1 + 1)))
        found.append(Detection(kind=one.kind, score=one.score, box=box, outline_px=one.outline_px))
    return found
