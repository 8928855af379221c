"""What must be watched, as sample points: each stands for an equal part of its requirement.

Points choose cameras; they never make a number that is told. Every share in an answer is measured exactly afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from coverage.states import Measure
from coverage.watching import Watched, demand_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
#: Points of all requirements together, about; of one at least and at most.
MOST_POINTS, FEWEST_OF_ONE, MOST_OF_ONE = 10_000, 48, 12_000
#: Points beside one another share a word of 64, so that a picture touches few words.
BLOCK = 8


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Sample points of several requirements, requirement by requirement. Metres in the site frame."""

    requirements: tuple[Watched, ...]
    x_m: Floats
    y_m: Floats
    #: Height of the plane looked at.
    plane_z_m: Floats
    across_px_per_m: Floats
    along_px_per_m: Floats
    #: Tangent of the steepest depression; infinite where any will do.
    steepest: Floats
    #: Position in ``requirements``.
    requirement: Integers
    #: Number of the plan feature that the scene was made from, and whose obstacles do not hide it; -1 for none.
    own_feature: Integers
    #: Is it watched already?
    covered: Booleans
    #: Side of the square, or length, that a point stands for, by requirement.
    step_m: Floats

    def __len__(self) -> int:
        return len(self.x_m)

    def counts(self) -> Integers:
        """Points of each requirement."""
        return np.bincount(self.requirement, minlength=len(self.requirements)).astype(np.int64)


def sample_targets(requirements: Sequence[Watched], features: Sequence[str]) -> Targets:
    """Points for each requirement; ``features`` are the keys of plan features in the order of their numbers."""
    steps = _steps(requirements)
    sampled = [_sample(one, step) for one, step in zip(requirements, steps, strict=True)]
    points = np.vstack([part for part, _ in sampled]) if sampled else np.empty((0, 2))
    number = np.repeat(np.arange(len(sampled)), [len(part) for part, _ in sampled])
    demands = [demand_of(one.element, one.scene) for one in requirements]
    known = {key: position for position, key in enumerate(features)}
    own = np.array([known.get(one.scene.plan_key or "", -1) for one in requirements], np.int64)
    steepest = [np.inf if one.depression_max_deg >= 90 else np.tan(np.radians(one.depression_max_deg)) for one in demands]
    return Targets(
        requirements=tuple(requirements),
        x_m=np.ascontiguousarray(points[:, 0]),
        y_m=np.ascontiguousarray(points[:, 1]),
        plane_z_m=np.array([one.plane_z_m for one in demands])[number],
        across_px_per_m=np.array([one.across_px_per_m for one in demands])[number],
        along_px_per_m=np.array([one.along_px_per_m for one in demands])[number],
        steepest=np.array(steepest)[number],
        requirement=number.astype(np.int64),
        own_feature=own[number],
        covered=np.concatenate([seen for _, seen in sampled]) if sampled else np.empty(0, bool),
        step_m=np.array(steps),
    )


def gap_shape(one: Watched) -> BaseGeometry:
    """All that is not watched of a requirement."""
    return shapely.union_all([gap.shape for gap in one.gaps])


def _steps(requirements: Sequence[Watched]) -> list[float]:
    """Distance of neighbouring points by requirement, so that all together are about ``MOST_POINTS``."""
    area = sum(one.total for one in requirements if one.element.measure is Measure.AREA)
    length = sum(one.total for one in requirements if one.element.measure is Measure.LENGTH)
    side_m = max(1.0, float(np.sqrt(area / (0.85 * MOST_POINTS))))
    along_m = max(0.5, length / (0.15 * MOST_POINTS))
    steps = []
    for one in requirements:
        if one.element.measure is Measure.AREA:
            steps.append(min(side_m, float(np.sqrt(max(one.total, 1e-6) / FEWEST_OF_ONE))))
        else:
            steps.append(min(along_m, max(one.total, 1e-6) / FEWEST_OF_ONE))
    return steps


def _sample(one: Watched, step_m: float) -> tuple[Floats, Booleans]:
    gap, seen = gap_shape(one), one.covered_shape
    if one.element.measure is Measure.COUNT:
        parts = [_corners(gap), _corners(seen)]
    elif one.element.measure is Measure.LENGTH:
        parts = [_along(gap, step_m), _along(seen, step_m)]
    else:
        return _grid(gap, seen, step_m)
    covered = np.repeat([False, True], [len(part) for part in parts])
    return np.vstack(parts)[:MOST_OF_ONE], covered[:MOST_OF_ONE]


def _corners(shape: BaseGeometry) -> Floats:
    return np.asarray(shapely.get_coordinates(shape)).reshape(-1, 2)


def _along(shape: BaseGeometry, step_m: float) -> Floats:
    found = []
    for line in shapely.get_parts(shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape):
        if line.geom_type == "LineString" and line.length > 0:
            count = max(1, round(line.length / step_m))
            at_m = (np.arange(count) + 0.5) * line.length / count
            found.append(shapely.get_coordinates(shapely.line_interpolate_point(line, at_m)))
    return np.vstack(found) if found else np.empty((0, 2))


def _grid(gap: BaseGeometry, seen: BaseGeometry, step_m: float) -> tuple[Floats, Booleans]:
    """Centres of squares, those of a block of 8 × 8 one after the other."""
    whole = shapely.union_all([gap, seen])
    if whole.is_empty:
        return np.empty((0, 2)), np.empty(0, bool)
    west, south, east, north = whole.bounds
    columns, rows = max(1, int(np.ceil((east - west) / step_m))), max(1, int(np.ceil((north - south) / step_m)))
    column, row = (one.ravel() for one in np.meshgrid(np.arange(columns), np.arange(rows)))
    order = np.lexsort((column, row, column // BLOCK, row // BLOCK))
    x, y = west + (column[order] + 0.5) * step_m, south + (row[order] + 0.5) * step_m
    shapely.prepare(gap)
    shapely.prepare(seen)
    covered, open_ = shapely.contains_xy(seen, x, y), shapely.contains_xy(gap, x, y)
    inside = covered | open_
    return np.column_stack([x[inside], y[inside]])[:MOST_OF_ONE], covered[inside][:MOST_OF_ONE]
