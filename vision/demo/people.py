"""People and the things they move by hand."""

from __future__ import annotations

import numpy as np

from vision.demo.catalogue import NUMBER_OF
from vision.demo.solids import WHOLE, Colour, Floats, Solid, one_of, varied

TROUSERS = ((60, 50, 40), (90, 70, 60), (40, 40, 45), (110, 100, 90))
TOPS = ((30, 120, 240), (40, 220, 220), (150, 90, 50), (90, 90, 90), (60, 60, 160), (200, 200, 200))
HELMETS = ((30, 30, 210), (20, 210, 240), (240, 240, 240), (200, 90, 20), (20, 140, 250))
EBIKES = ((40, 40, 200), (200, 120, 40), (60, 160, 60), (200, 200, 200), (40, 40, 40))
CARTS = ((60, 60, 60), (40, 110, 40), (30, 60, 180))
MATERIALS = ((70, 120, 170), (140, 140, 145), (90, 150, 190))
#: Part names: the head with what is on it, and a life jacket.
HEAD, JACKET = "head", "jacket"
HELMETS_SHARE, JACKETS_SHARE, VESTS_SHARE = 0.62, 0.22, 0.5


def person(
    rng: np.random.Generator,
    place_m: Floats,
    yaw_rad: float,
    *,
    lifted_m: float = 0.0,
    sitting: bool = False,
    helmet: bool | None = None,
    jacket: bool | None = None,
) -> Solid:
    """Somebody, standing or sitting, with or without a helmet and a life jacket; left to chance where not said."""
    made = Solid(float(place_m[0]), float(place_m[1]), yaw_rad)
    tall = rng.uniform(0.92, 1.08)
    trousers = one_of(rng, TROUSERS)
    jacket = rng.random() < JACKETS_SHARE if jacket is None else jacket
    skin = varied(rng, (120, 150, 200), 12)
    top = one_of(rng, TOPS)
    legs_m = 0.5 * tall if sitting else 0.85 * tall
    stride = rng.uniform(-0.18, 0.18)
    for side in (-1, 1):
        made.box((side * stride, side * 0.1, lifted_m + legs_m / 2), (0.17, 0.15, legs_m), trousers)
    hip_m, torso_m = lifted_m + legs_m, 0.6 * tall
    _torso(rng, made, hip_m, torso_m, top, jacket=jacket)
    for side in (-1, 1):
        made.box((rng.uniform(-0.1, 0.15), side * 0.29, hip_m + torso_m * 0.55), (0.13, 0.12, torso_m * 0.9), top)
    _head(rng, made, hip_m + torso_m + 0.14, skin, helmet=helmet)
    made.labels[WHOLE] = NUMBER_OF["person"]
    return made


def _torso(rng: np.random.Generator, made: Solid, hip_m: float, torso_m: float, top: Colour, *, jacket: bool) -> None:
    if jacket:
        orange = varied(rng, (20, 90, 250), 14)
        made.box((0, 0, hip_m + torso_m / 2), (0.4, 0.5, torso_m), orange, JACKET)
        for share in (0.3, 0.62):
            made.box((0, 0, hip_m + share * torso_m), (0.42, 0.52, 0.06), (235, 235, 235), JACKET)
        made.box((0, 0, hip_m + torso_m + 0.03), (0.3, 0.36, 0.09), orange, JACKET)
        made.labels[JACKET] = NUMBER_OF["life_jacket"]
        return
    made.box((0, 0, hip_m + torso_m / 2), (0.26, 0.44, torso_m), top)
    if rng.random() < VESTS_SHARE:
        made.box((0, 0, hip_m + 0.45 * torso_m), (0.28, 0.46, 0.07), (210, 225, 225))


def _head(rng: np.random.Generator, made: Solid, chin_m: float, skin: Colour, *, helmet: bool | None) -> None:
    helmet = rng.random() < HELMETS_SHARE if helmet is None else helmet
    made.labels[HEAD] = NUMBER_OF["helmet" if helmet else "head"]
    made.tube((0, 0, chin_m - 0.13), (0, 0, chin_m + 0.04), 0.1, 0.115, skin, HEAD)
    if helmet:
        shell = one_of(rng, HELMETS)
        made.tube((0, 0, chin_m + 0.02), (0, 0, chin_m + 0.12), 0.165, 0.13, shell, HEAD)
        made.tube((0, 0, chin_m + 0.12), (0, 0, chin_m + 0.18), 0.13, 0.05, shell, HEAD)
    else:
        hair = varied(rng, (25, 25, 30), 12)
        made.tube((0, 0, chin_m + 0.03), (0, 0, chin_m + 0.11), 0.122, 0.1, hair, HEAD)
        made.tube((0, 0, chin_m + 0.11), (0, 0, chin_m + 0.14), 0.1, 0.04, hair, HEAD)


def ebike(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """A two-wheeler with a step and a box."""
    made = Solid(float(place_m[0]), float(place_m[1]), yaw_rad)
    colour = one_of(rng, EBIKES)
    for end in (-1, 1):
        made.wheel((end * 0.6, 0, 0.26), 0.26, 0.1)
    made.box((0, 0, 0.42), (0.8, 0.26, 0.14), colour)
    made.box((-0.3, 0, 0.68), (0.6, 0.28, 0.14), (30, 30, 30))
    made.box((0.48, 0, 0.65), (0.12, 0.3, 0.6), colour)
    made.box((0.45, 0, 1.0), (0.08, 0.62, 0.07), (50, 50, 50))
    made.box((-0.62, 0, 0.8), (0.28, 0.3, 0.26), colour)
    made.labels[WHOLE] = NUMBER_OF["ebike"]
    return made


def handcart(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """A cart with two handles, often loaded."""
    made = Solid(float(place_m[0]), float(place_m[1]), yaw_rad)
    made.box((0.1, 0, 0.5), (1.0, 0.65, 0.3), one_of(rng, CARTS))
    for side in (-1, 1):
        made.wheel((0.25, side * 0.36, 0.2), 0.2, 0.08)
    for side in (-1, 1):
        made.box((-0.75, side * 0.28, 0.75), (0.8, 0.05, 0.05), (60, 60, 60), pitch_rad=-0.4)
    if rng.random() < 0.7:
        made.box((0.1, 0, 0.75), (0.8, 0.5, 0.25), varied(rng, (110, 130, 150)))
    made.labels[WHOLE] = NUMBER_OF["handcart"]
    return made


def material(rng: np.random.Generator, place_m: Floats, yaw_rad: float) -> Solid:
    """A board, a tube or a beam on somebody's shoulder."""
    made = Solid(float(place_m[0]), float(place_m[1]), yaw_rad)
    height_m, long_m = 1.35, rng.uniform(2.2, 4.5)
    kind = int(rng.integers(3))
    colour = varied(rng, MATERIALS[kind])
    if kind == 1:
        made.tube((-long_m / 2, 0.3, height_m), (long_m / 2, 0.3, height_m + rng.uniform(-0.3, 0.3)), 0.07, 0.07, colour)
    else:
        thick_m, high_m = (0.06, 0.32) if kind == 0 else (0.2, 0.14)
        made.box((0, 0.3, height_m), (long_m, thick_m, high_m), colour, pitch_rad=rng.uniform(-0.08, 0.08))
    made.labels[WHOLE] = NUMBER_OF["large_material"]
    return made
