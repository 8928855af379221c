"""Faults made on purpose, to see whether they are found: what dirt, light, lenses and cables do to a picture."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.quality.values import Fault

Picture = NDArray[np.uint8]
Maker = Callable[[np.random.Generator, Picture], Picture]


def lively(rng: np.random.Generator, image: Picture, noise: float = 2.5) -> Picture:
    """The same view again: no two pictures of a working camera are equal."""
    return _bytes(image.astype(np.float32) + rng.normal(0, noise, image.shape))


def another_hour(rng: np.random.Generator, image: Picture) -> Picture:
    """The same view in other light, a little warmer or colder, with something large standing in it: nothing is wrong."""
    lit = image.astype(np.float32) * rng.uniform(0.6, 1.3) * rng.uniform(0.92, 1.08, 3)
    high, wide = image.shape[:2]
    x, y = int(rng.uniform(0, 0.7) * wide), int(rng.uniform(0.3, 0.7) * high)
    lit[y : y + high // 4, x : x + wide // 4] = rng.uniform(40, 200, 3)
    return lively(rng, _bytes(lit))


def dark(rng: np.random.Generator, image: Picture) -> Picture:
    """Three to ten percent of the light."""
    return _bytes(image.astype(np.float32) * rng.uniform(0.03, 0.1) + rng.normal(0, 2, image.shape))


def overexposed(rng: np.random.Generator, image: Picture) -> Picture:
    """Much too much of it."""
    return _bytes(image.astype(np.float32) * 1.6 + rng.uniform(110, 160))


def blurred(rng: np.random.Generator, image: Picture) -> Picture:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(4, 8)), np.uint8)


def colour_cast(rng: np.random.Generator, image: Picture) -> Picture:
    """One colour nearly gone, another halved."""
    tinted = image.astype(np.float32)
    tinted[..., rng.integers(3)] *= 0.15
    tinted[..., rng.integers(3)] *= 0.5
    return _bytes(tinted)


def noisy(rng: np.random.Generator, image: Picture) -> Picture:
    """Snow."""
    return _bytes(image.astype(np.float32) + rng.normal(0, 45, image.shape))


def covered(rng: np.random.Generator, image: Picture) -> Picture:
    """Something lies on the lens."""
    shade = cv2.GaussianBlur(image, (0, 0), 60).astype(np.float32) * 0.15 + 20
    return _bytes(shade + rng.normal(0, 1.5, image.shape))


def card(rng: np.random.Generator, image: Picture) -> Picture:
    """The black or blue card of a recorder that lost its camera."""
    lost = np.zeros_like(image)
    if rng.random() < 0.5:
        lost[:] = (200, 60, 0)
    return lost


#: Every way to a fault that can be made from one picture.
MAKERS: tuple[tuple[Fault, Maker], ...] = (
    (Fault.DARK, dark),
    (Fault.OVEREXPOSED, overexposed),
    (Fault.BLURRED, blurred),
    (Fault.COLOUR_CAST, colour_cast),
    (Fault.NOISY, noisy),
    (Fault.COVERED, covered),
    (Fault.COVERED, card),
)


def _bytes(values: NDArray[np.float32] | NDArray[np.float64]) -> Picture:
    return np.clip(values, 0, 255).astype(np.uint8)
