"""Drawing solids into a picture, and how much of each part is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vision.demo.people import HEAD
from vision.demo.solids import WHOLE, Floats, Solid

#: A part seen less than this, or smaller, is ignored.
SEEN_SHARE, SMALLEST_PX = 0.35, 6
#: Nearer than this to the lens nothing is drawn, metres.
NEAREST_M = 0.6
Row = tuple[int, float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class SceneCamera:
    """A pinhole camera above the origin of the ground, looking along +y."""

    size_px: int
    height_m: float
    tilt_rad: float
    focal_px: float
    #: World to camera: x right, y down, z forward.
    turn: Floats

    @classmethod
    def drawn(cls, rng: np.random.Generator, size_px: int) -> Self:
        """A camera as they hang on sites."""
        height_m, tilt_rad = rng.uniform(3, 9), float(np.radians(rng.uniform(12, 38)))
        focal_px, roll_rad = size_px * rng.uniform(0.75, 1.25), rng.normal(0, 0.02)
        cos, sin = np.cos(tilt_rad), np.sin(tilt_rad)
        level = np.array([[1, 0, 0], [0, -sin, -cos], [0, cos, -sin]])
        cos, sin = np.cos(roll_rad), np.sin(roll_rad)
        rolled = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ level
        return cls(size_px=size_px, height_m=height_m, tilt_rad=tilt_rad, focal_px=focal_px, turn=rolled)

    @property
    def lens_m(self) -> Floats:
        """Where the lens is."""
        return np.array([0, 0, self.height_m])

    @property
    def horizon_px(self) -> float:
        """The row of the horizon."""
        return float(self.size_px / 2 - np.tan(self.tilt_rad) * self.focal_px)

    def project(self, points_m: ArrayLike) -> tuple[Floats, Floats]:
        """Pixels (n, 2) and depths (n,)."""
        local = (np.atleast_2d(points_m) - self.lens_m) @ self.turn.T
        depth = np.maximum(local[:, 2], 0.05)
        half = self.size_px / 2
        u, v = local[:, 0] / depth * self.focal_px + half, local[:, 1] / depth * self.focal_px + half
        return np.stack([u, v], 1), local[:, 2]

    def ground(self, u: float, v: float) -> Floats | None:
        """The place on the ground a pixel shows; none above the horizon."""
        half = self.size_px / 2
        ray = self.turn.T @ np.array([(u - half) / self.focal_px, (v - half) / self.focal_px, 1.0])
        if ray[2] > -1e-3:
            return None
        place: Floats = self.lens_m[:2] - ray[:2] * self.height_m / ray[2]
        return place


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The labels of a picture as they are found."""

    size_px: int
    boxes: list[Row] = field(default_factory=list)
    ignored: list[Row] = field(default_factory=list)

    def add(self, number: int, box: tuple[float, float, float, float], seen: float) -> None:
        """One thing, cut at the picture's edge; nothing when it lies outside."""
        x1, y1 = max(0, box[0]), max(0, box[1])
        x2, y2 = min(self.size_px, box[2]), min(self.size_px, box[3])
        if x2 - x1 < 2 or y2 - y1 < 2:
            return
        clear = seen > SEEN_SHARE and min(x2 - x1, y2 - y1) >= SMALLEST_PX
        (self.boxes if clear else self.ignored).append((number, x1, y1, x2, y2))

    def found(self) -> NDArray[np.float32]:
        """What must be found."""
        return np.array(self.boxes, np.float32).reshape(-1, 5)

    def left_out(self) -> NDArray[np.float32]:
        """What may be found."""
        return np.array(self.ignored, np.float32).reshape(-1, 5)


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    solid: Solid
    numbers: dict[str, int]
    #: Pixels of each part when it was drawn, before anything nearer.
    areas: dict[str, int]
    corners: dict[str, Floats]
    box: tuple[float, float, float, float]


def draw(camera: SceneCamera, image: NDArray[np.uint8], solids: list[Solid], labels: Labels) -> None:
    """Draw from far to near and label what is seen at the end."""
    numbers = np.zeros(image.shape[:2], np.int32)

    def order(one: Solid) -> float:
        # Somebody who carries something stands at its place and is drawn after it.
        return -float(np.linalg.norm(one.place_m - camera.lens_m)) + (0.02 if HEAD in one.labels else 0)

    drawn: dict[int, _Drawn] = {}
    next_number = 1
    for solid in sorted(solids, key=order):
        one = _draw_one(camera, image, numbers, solid, next_number)
        if one is not None:
            drawn[id(solid)] = one
            next_number += len(one.numbers)
    seen_px = np.bincount(numbers.ravel(), minlength=next_number + 1)
    for solid in solids:
        if id(solid) in drawn:
            _label(drawn[id(solid)], seen_px, labels)


def _draw_one(
    camera: SceneCamera, image: NDArray[np.uint8], numbers: NDArray[np.int32], solid: Solid, first: int
) -> _Drawn | None:
    faces = [(*camera.project(face.corners_m), face) for face in solid.faces]
    if not faces or min(depth.min() for _, depth, _ in faces) < NEAREST_M:
        return None
    pixels = np.concatenate([corners for corners, _, _ in faces])
    size = camera.size_px
    if pixels[:, 0].max() < 0 or pixels[:, 0].min() > size or pixels[:, 1].max() < 0 or pixels[:, 1].min() > size:
        return None
    _shadow(camera, image, solid)
    parts = sorted({face.part for _, _, face in faces})
    part_numbers = {part: first + i for i, part in enumerate(parts)}
    away = [np.linalg.norm(face.corners_m.mean(0) - camera.lens_m) for _, _, face in faces]
    for i in np.argsort(away)[::-1]:
        corners, _, face = faces[i]
        outline = cv2.convexHull(np.int32(np.round(corners)))  # type: ignore[call-overload]
        cv2.fillConvexPoly(image, outline, face.colour, cv2.LINE_AA)
        cv2.fillConvexPoly(numbers, outline, (part_numbers[face.part],))
    return _Drawn(
        solid=solid,
        numbers=part_numbers,
        areas={part: int((numbers == number).sum()) for part, number in part_numbers.items()},
        corners={part: np.concatenate([c for c, _, face in faces if face.part == part]) for part in parts},
        box=_bounds(pixels),
    )


def _shadow(camera: SceneCamera, image: NDArray[np.uint8], solid: Solid) -> None:
    corners = np.concatenate([face.corners_m for face in solid.faces]) * [1, 1, 0] + [0.25, 0.25, 0]
    hull = cv2.convexHull(np.int32(camera.project(corners)[0]))  # type: ignore[call-overload]
    x, y, width, height = cv2.boundingRect(hull)
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + width, camera.size_px), min(y + height, camera.size_px)
    if right > left and bottom > top:
        part = image[top:bottom, left:right]
        mask = np.zeros(part.shape[:2], np.uint8)
        cv2.fillConvexPoly(mask, hull - [left, top], (1,))
        part[mask > 0] = (part[mask > 0] * 0.72).astype(np.uint8)


def _label(drawn: _Drawn, seen_px: NDArray[np.intp], labels: Labels) -> None:
    size = labels.size_px
    for part, number in drawn.solid.labels.items():
        if part == WHOLE:
            whole_px, seen = sum(drawn.areas.values()), sum(int(seen_px[i]) for i in drawn.numbers.values())
            box = drawn.box
        else:
            whole_px, seen = drawn.areas[part], int(seen_px[drawn.numbers[part]])
            box = _bounds(drawn.corners[part])
        width, height = min(box[2], size) - max(box[0], 0), min(box[3], size) - max(box[1], 0)
        inside = max(0, width) * max(0, height) / max(1e-6, (box[2] - box[0]) * (box[3] - box[1]))
        labels.add(number, box, seen / max(whole_px, 1) * min(1, inside * 1.4) if whole_px else 0)


def _bounds(pixels: Floats) -> tuple[float, float, float, float]:
    return pixels[:, 0].min(), pixels[:, 1].min(), pixels[:, 0].max(), pixels[:, 1].max()
