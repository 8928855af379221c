"""The plane-to-plane map of a picture: normalised direct linear transform, then Levenberg–Marquardt (spatial-maths.md §2).

A homography knows no distortion and one plane only. It starts the full fit, finds swapped points, and is what others stop at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Floats = NDArray[np.float64]
#: Fewer pairs leave it undetermined.
FEWEST_PAIRS = 4


def homography(source: Floats, target: Floats, *, refined: bool = True) -> Floats:
    """The 3 × 3 map that takes ``source`` (n, 2) to ``target`` (n, 2), n ≥ 4, by least squares in the target."""
    source_scale, target_scale = _normalising(source), _normalising(target)
    near, far = apply(source_scale, source), apply(target_scale, target)
    start = _direct(near, far)
    if refined and len(source) > FEWEST_PAIRS and abs(start[2, 2]) > 1e-9:
        start = _refined(start / start[2, 2], near, far)
    found: Floats = np.linalg.inv(target_scale) @ start @ source_scale
    return found


def apply(matrix: Floats, points: Floats) -> Floats:
    """Points (n, 2) through a homography; infinite where they map to the horizon."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = mapped[:, :2] / mapped[:, 2:]
    return found


def _normalising(points: Floats) -> Floats:
    """Moves the centroid to 0 and the mean distance to √2: without it the equations are ill-conditioned (Hartley)."""
    centre = points.mean(0)
    away = np.linalg.norm(points - centre, axis=1).mean()
    scale = np.sqrt(2) / away if away > 0 else 1.0
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def _direct(source: Floats, target: Floats) -> Floats:
    x, y, zero, one = source[:, 0], source[:, 1], np.zeros(len(source)), np.ones(len(source))
    u, v = target.T
    first = np.column_stack([x, y, one, zero, zero, zero, -u * x, -u * y, -u])
    second = np.column_stack([zero, zero, zero, x, y, one, -v * x, -v * y, -v])
    found: Floats = np.linalg.svd(np.vstack([first, second]))[2][-1].reshape(3, 3)
    return found


def _refined(start: Floats, source: Floats, target: Floats) -> Floats:
    def misses(entries: Floats) -> Floats:
        mapped = apply(np.append(entries, 1.0).reshape(3, 3), source)
        found: Floats = np.nan_to_num(mapped - target, nan=1e6, posinf=1e6, neginf=-1e6).ravel()
        return found

    fitted = least_squares(misses, start.ravel()[:8], method="lm", max_nfev=400)
    return np.append(fitted.x, 1.0).reshape(3, 3)
