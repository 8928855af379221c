"""Synthetic site pictures with exact labels: ``render(seed, size_px)``. Deterministic in the seed.

A pinhole camera looks over level ground; things are drawn from far to near, and a second picture of part numbers tells how much
of each part is seen at the end. What is hidden too much, or too small, is *ignored*: neither to be found nor a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.demo.backdrop import Picture, backdrop, finished, flames, puddle
from vision.demo.drawing import Labels, SceneCamera, draw
from vision.demo.people import ebike, handcart, material, person
from vision.demo.solids import Floats, Solid
from vision.demo.vehicles import (
    dump_truck,
    excavator,
    guardrail,
    mixer_truck,
    segment_stack,
    shed,
    special_vehicle,
)

#: Things keep this far apart, metres; a place is looked for this often.
APART_M, TRIES = 1.6, 40
WATER_SHARE = 0.22
SPECIAL = ("police_car", "fire_truck", "ambulance")
Maker = Callable[[np.random.Generator, Floats, float], Solid]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A picture, what must be found in it and what may be; rows are class, x1, y1, x2, y2."""

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    ignored: NDArray[np.float32]
    height_m: float
    tilt_rad: float
    focal_px: float


def render(seed: int, size_px: int = 416) -> Scene:
    """The scene of a seed."""
    rng = np.random.default_rng(seed)
    camera = SceneCamera.drawn(rng, size_px)
    picture = backdrop(rng, camera)
    solids = _Placing(rng, camera).everything()
    labels = Labels(size_px=size_px)
    if rng.random() < WATER_SHARE:
        place = free_place(rng, camera, solids, 4, 18)
        if place is not None:
            picture = puddle(rng, camera, picture, place, labels)
    drawn = np.clip(picture, 0, 255).astype(np.uint8)
    draw(camera, drawn, solids, labels)
    picture = drawn.astype(np.float32)
    for kind in ("smoke", "fire"):
        if rng.random() < 0.2:
            place = free_place(rng, camera, solids, 5, 20)
            if place is not None:
                picture = flames(rng, camera, picture, place, kind, labels)
    return Scene(
        image=finished(rng, picture),
        boxes=labels.found(),
        ignored=labels.left_out(),
        height_m=camera.height_m,
        tilt_rad=camera.tilt_rad,
        focal_px=camera.focal_px,
    )


def free_place(
    rng: np.random.Generator, camera: SceneCamera, solids: list[Solid], nearest_m: float, farthest_m: float
) -> Floats | None:
    """A place on the ground in the picture, apart from what stands there already."""
    size = camera.size_px
    for _ in range(TRIES):
        u, v = rng.uniform(0.04, 0.96) * size, rng.uniform(0.2, 0.98) * size
        place = camera.ground(u, v)
        if place is None or not nearest_m < np.hypot(*place) < farthest_m:
            continue
        if all(np.hypot(*(place - one.place_m[:2])) > APART_M for one in solids):
            return place
    return None


class _Placing:
    """Puts people and two to four kinds of things into a scene."""

    def __init__(self, rng: np.random.Generator, camera: SceneCamera) -> None:
        self.rng, self.camera, self.solids = rng, camera, list[Solid]()

    def everything(self) -> list[Solid]:
        for _ in range(int(self.rng.integers(1, 7))):
            self.add(person)
        kinds = list(self.rng.permutation(11))
        for kind in kinds[: int(self.rng.integers(2, 5))]:
            self._kind(int(kind))
        return self.solids

    def add(self, maker: Maker, nearest_m: float = 4, farthest_m: float = 16) -> Solid | None:
        place = free_place(self.rng, self.camera, self.solids, nearest_m, farthest_m)
        if place is None:
            return None
        made = maker(self.rng, place, self.rng.uniform(0, 6.28))
        self.solids.append(made)
        return made

    def _kind(self, kind: int) -> None:
        if kind <= 2:
            (self._bike, self._cart, self._carrier)[kind]()
        elif kind <= 5:
            self.add((dump_truck, mixer_truck, excavator)[kind - 3], 8, 24)
        elif kind <= 7:
            self._special((*SPECIAL, "plain")[: kind - 3])
        elif kind == 8:
            self._counted(segment_stack, int(self.rng.integers(1, 8)), 6)
        elif kind == 9:
            self._counted(guardrail, int(self.rng.integers(1, 5)), 5)
        else:
            self.add(shed)
            self.add(shed)

    def _special(self, kinds: tuple[str, ...]) -> None:
        chosen = kinds[int(self.rng.integers(len(kinds)))]
        self.add(lambda rng, place, yaw: special_vehicle(rng, place, yaw, chosen), 7, 22)

    def _counted(self, maker: Callable[..., Solid], count: int, nearest_m: float) -> None:
        self.add(lambda rng, place, yaw: maker(rng, place, yaw, count), nearest_m, 16)

    def _bike(self) -> None:
        bike = self.add(ebike)
        if bike is not None and self.rng.random() < 0.6:
            rider = person(self.rng, bike.place_m, bike.yaw_rad, lifted_m=0.35, sitting=True)
            self.solids.append(rider)

    def _cart(self) -> None:
        cart = self.add(handcart)
        if cart is not None and self.rng.random() < 0.7:
            behind = cart.place_m[:2] - 1.2 * np.array([np.cos(cart.yaw_rad), np.sin(cart.yaw_rad)])
            self.solids.append(person(self.rng, behind, cart.yaw_rad))

    def _carrier(self) -> None:
        carried = self.add(material)
        if carried is not None:
            self.solids.append(person(self.rng, carried.place_m, carried.yaw_rad))


__all__ = ["Picture", "Scene", "render"]
