"""Solids of flat faces in the ground frame, from which the things of a scene are put together. Metres, z up, colours are BGR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Colour = tuple[float, float, float]
#: The label of a part that stands for the whole solid.
WHOLE = "whole"
#: Corners of each side of a box, and how bright it is.
_SIDES = (
    ((0, 1, 3, 2), 0.75),
    ((4, 5, 7, 6), 0.8),
    ((0, 1, 5, 4), 0.9),
    ((2, 3, 7, 6), 0.85),
    ((0, 2, 6, 4), 0.5),
    ((1, 3, 7, 5), 1.1),
)


@dataclass(frozen=True, kw_only=True)
class Face:
    """One flat polygon of a part."""

    corners_m: Floats
    colour: Colour
    part: str


@dataclass(frozen=True)
class Solid:
    """Faces at a place, turned by a yaw; ``labels`` names the class of a part, or of the whole."""

    x_m: float
    y_m: float
    yaw_rad: float
    faces: list[Face] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    @property
    def place_m(self) -> Floats:
        """Where it stands."""
        return np.array([self.x_m, self.y_m, 0.0])

    def box(
        self,
        centre: Sequence[float],
        size: Sequence[float],
        colour: Sequence[float],
        part: str = "body",
        *,
        pitch_rad: float = 0.0,
    ) -> None:
        """A box, tipped forward by a pitch."""
        x, y, z = np.array(size) / 2
        corners = np.array([[a, b, c] for a in (-x, x) for b in (-y, y) for c in (-z, z)])
        if pitch_rad:
            cos, sin = np.cos(pitch_rad), np.sin(pitch_rad)
            turned = [corners[:, 0] * cos - corners[:, 2] * sin, corners[:, 1], corners[:, 0] * sin + corners[:, 2] * cos]
            corners = np.stack(turned, 1)
        corners = corners + np.array(centre)
        for indices, brightness in _SIDES:
            self._face(corners[list(indices)], shaded(colour, brightness), part)

    def disc(self, centre: Sequence[float], radius_m: float, colour: Colour, part: str = "body") -> None:
        """An upright disc whose axis lies across."""
        turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        rim = np.stack([np.cos(turn) * radius_m, np.zeros(12), np.sin(turn) * radius_m], 1)
        self._face(rim + np.array(centre), colour, part)

    def wheel(self, centre: Sequence[float], radius_m: float, width_m: float = 0.25) -> None:
        """A tyre with two hubs."""
        x, y, z = centre
        self.box(centre, (radius_m * 1.2, width_m, radius_m * 1.6), (25, 25, 25))
        for side in (-1, 1):
            self.disc((x, y + side * width_m / 2, z), radius_m, (30, 30, 30))
            self.disc((x, y + side * (width_m / 2 + 0.01), z), radius_m * 0.5, (130, 130, 130))

    def tube(
        self,
        start: Sequence[float],
        end: Sequence[float],
        start_radius_m: float,
        end_radius_m: float,
        colour: Colour,
        part: str = "body",
        *,
        sides: int = 8,
    ) -> None:
        """A cone's trunk between two points, with its ends."""
        a, b = np.array(start, float), np.array(end, float)
        along = (b - a) / np.linalg.norm(b - a)
        across = np.cross(along, [0, 0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0, 0])
        across /= np.linalg.norm(across)
        third = np.cross(along, across)
        turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
        ring = np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * third
        near, far = a + start_radius_m * ring, b + end_radius_m * ring
        for i in range(sides):
            j = (i + 1) % sides
            self._face([near[i], near[j], far[j], far[i]], shaded(colour, 0.75 + 0.3 * float(np.cos(turn[i]))), part)
        self._face(near, tuple(value * 0.8 for value in colour), part)
        self._face(far, tuple(value * 0.9 for value in colour), part)

    def _face(self, corners: ArrayLike, colour: tuple[float, ...], part: str) -> None:
        local = np.asarray(corners, float)
        cos, sin = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        x, y = local[:, 0] * cos - local[:, 1] * sin, local[:, 0] * sin + local[:, 1] * cos
        blue, green, red = colour
        placed = np.stack([x, y, local[:, 2]], 1) + self.place_m
        self.faces.append(Face(corners_m=placed, colour=(blue, green, red), part=part))


def shaded(colour: Sequence[float], brightness: float) -> Colour:
    """The colour of a side, no brighter than white."""
    blue, green, red = (min(255.0, value * brightness) for value in colour)
    return blue, green, red


def varied(rng: np.random.Generator, colour: Sequence[float], spread: float = 18) -> Colour:
    """A colour near the given one."""
    blue, green, red = (float(np.clip(value + rng.normal(0, spread), 0, 255)) for value in colour)
    return blue, green, red


def one_of(rng: np.random.Generator, colours: Sequence[Sequence[float]], spread: float = 18) -> Colour:
    """A colour near one of the given ones."""
    return varied(rng, colours[int(rng.integers(len(colours)))], spread)
