"""Is a calibration good enough? Judged by points left out, never by the points it was fitted to (spatial-maths.md §2, §6).

Verified: at least five points, the median leave-one-out error within max(0.5 m, 1 % of the range), and points spread over at
least 40 % of the part of the picture that shows ground. Four points fit themselves and prove nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.cameras.homography import FEWEST_PAIRS, apply, homography
from spatial.cameras.locating import ground_points
from spatial.cameras.resection import ControlPoint, DeviceRecord, Fit, fit_camera

Floats = NDArray[np.float64]
#: Fewest points that can verify each other.
FEWEST_VERIFYING = 5
LOO_LIMIT_M, LOO_LIMIT_SHARE = 0.5, 0.01
#: Points must span this share of the ground shown.
SPREAD_SHARE = 0.4
#: Beyond so many limits a fit is not rough but wrong.
WRONG_LIMITS = 4.0
#: Points this close to a line, or on so little of the picture, hold nothing: share of length, share of area.
LINE_SHARE, CLUSTER_SHARE = 0.04, 0.02
#: Two points this close are one.
SAME_PX, SAME_M = 1.0, 0.02
#: A swap explains a bad fit if undoing it takes away this share of the misfit.
SWAP_EXPLAINS = 0.8
SWAPS_TRIED = 6
#: Typical misfit, as a share of the picture's width, beyond which no pose explains the points.
HOPELESS_SHARE = 0.1
#: A point is suspect if the others fit so much better without it: share of what is left without the usual one.
CULPRIT_SHARE = 0.6


class Grade(StrEnum):
    """What a calibration is worth."""

    VERIFIED = "verified"
    ROUGH = "rough"
    REFUSED = "refused"


class GradeReason(StrEnum):
    """Why a calibration is not verified."""

    FOUR_POINTS = "four_points"
    LOO_ABOVE_LIMIT = "loo_above_limit"
    SPREAD_TOO_SMALL = "spread_too_small"
    COLLINEAR = "collinear"
    CLUSTERED = "clustered"
    REPEATED = "repeated"
    NO_FIT = "no_fit"
    LOO_FAR_ABOVE_LIMIT = "loo_far_above_limit"
    SWAPPED = "swapped"


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """A fit and what it is worth. Positions count the points from 0, in the order given."""

    grade: Grade
    reasons: tuple[GradeReason, ...]
    fit: Fit | None
    #: Each point's distance on the ground from where a fit without it puts it, metres; infinite where it puts it nowhere.
    left_out_m: tuple[float, ...] = ()
    left_out_median_m: float | None = None
    limit_m: float | None = None
    #: Share of the ground-showing part of the picture that the points span.
    spread_share: float | None = None
    #: Points that do not agree with the others, the worst first.
    suspects: tuple[int, ...] = ()
    #: Two points that were probably taken for each other.
    swapped: tuple[int, int] | None = None


def assess(points: Sequence[ControlPoint], record: DeviceRecord) -> Assessment:
    """Fit a camera to at least four control points and judge the fit."""
    if len(points) < FEWEST_PAIRS:
        raise ValueError(f"{len(points)} control points: at least {FEWEST_PAIRS} are needed")
    bad = unusable(points, record)
    if bad:
        return Assessment(grade=Grade.REFUSED, reasons=bad, fit=None)
    fit = fit_camera(points, record)
    if fit is None:
        return Assessment(grade=Grade.REFUSED, reasons=(GradeReason.NO_FIT,), fit=None)
    if np.median(fit.residuals_px) > HOPELESS_SHARE * record.optics.width_px:
        return _hopeless(points, record, fit)
    errors, misfits = left_out(points, record, fit) if len(points) >= FEWEST_VERIFYING else ((), ())
    median = float(np.median(errors)) if errors else None
    limit = max(LOO_LIMIT_M, LOO_LIMIT_SHARE * _range_m(points, fit))
    spread = spread_share(points, fit)
    disagree = median is not None and median > limit
    suspects = _suspects(errors, misfits, limit)
    swapped = find_swapped(points, record, fit) if (disagree or suspects) and len(points) > FEWEST_VERIFYING else None
    reasons = _reasons(median, limit, spread, swapped)
    wrong = {GradeReason.LOO_FAR_ABOVE_LIMIT, GradeReason.SWAPPED} & set(reasons)
    grade = Grade.REFUSED if wrong else Grade.ROUGH if reasons else Grade.VERIFIED
    return Assessment(
        grade=grade,
        reasons=reasons,
        fit=fit,
        left_out_m=errors,
        left_out_median_m=median,
        limit_m=limit,
        spread_share=spread,
        suspects=suspects,
        swapped=swapped,
    )


def unusable(points: Sequence[ControlPoint], record: DeviceRecord) -> tuple[GradeReason, ...]:
    """Why no camera can be fitted to the points, whatever their errors."""
    pixels = np.array([(one.u_px, one.v_px) for one in points])
    places = np.array([(one.x_m, one.y_m, one.z_m) for one in points])
    found = []
    if any(np.linalg.norm(pixels[i] - pixels[j]) < SAME_PX or np.linalg.norm(places[i] - places[j]) < SAME_M
           for i, j in combinations(range(len(points)), 2)):  # fmt: skip
        found.append(GradeReason.REPEATED)
    if _on_a_line(pixels) or _on_a_line(places):
        found.append(GradeReason.COLLINEAR)
    elif shapely.MultiPoint(pixels).convex_hull.area < CLUSTER_SHARE * record.optics.width_px * record.optics.height_px:
        found.append(GradeReason.CLUSTERED)
    return tuple(found)


def left_out(points: Sequence[ControlPoint], record: DeviceRecord, fit: Fit) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """For each point: how far from its place a fit to all others puts it, metres, and the misfit of the others among them."""
    errors, misfits = [], []
    for position, point in enumerate(points):
        others = [one for place, one in enumerate(points) if place != position]
        without = fit_camera(others, record, start=fit)
        errors.append(_miss_m(without, point) if without is not None else np.inf)
        misfits.append(without.chi_square if without is not None else np.inf)
    return tuple(errors), tuple(misfits)


def spread_share(points: Sequence[ControlPoint], fit: Fit) -> float:
    """Share of the ground-showing part of the picture inside the hull of the points."""
    optics = fit.optics
    columns, rows = np.meshgrid((np.arange(48) + 0.5) / 48 * optics.width_px, (np.arange(27) + 0.5) / 27 * optics.height_px)
    pixels = np.column_stack([columns.ravel(), rows.ravel()])
    plane_z_m = float(np.median([one.z_m for one in points]))
    depth = ground_points(fit.pose, optics, pixels, plane_z_m)[1]
    working = (depth > 0) & (depth <= optics.range_max_m)
    hull = shapely.MultiPoint([(one.u_px, one.v_px) for one in points]).convex_hull
    area = working.mean() * optics.width_px * optics.height_px
    return float(min(1.0, hull.area / area)) if area > 0 else 0.0


def find_swapped(points: Sequence[ControlPoint], record: DeviceRecord, fit: Fit) -> tuple[int, int] | None:
    """The pair whose exchange makes the misfit nearly vanish. Candidates by homography, the verdict by the full fit."""
    pixels = np.array([(one.u_px, one.v_px) for one in points])
    places = np.array([(one.x_m, one.y_m) for one in points])

    def misfit(pair: tuple[int, int]) -> float:
        order = np.arange(len(points))
        order[list(pair)] = order[list(pair[::-1])]
        off = apply(homography(places[order], pixels, refined=False), places[order]) - pixels
        return float(np.nan_to_num((off**2).sum(), nan=np.inf))

    candidates = sorted(combinations(range(len(points)), 2), key=misfit)[:SWAPS_TRIED]
    best, best_misfit = None, (1 - SWAP_EXPLAINS) * fit.chi_square
    for one, other in candidates:
        exchanged = list(points)
        exchanged[one], exchanged[other] = _at_place_of(points[one], points[other]), _at_place_of(points[other], points[one])
        undone = fit_camera(exchanged, record)
        if undone is not None and undone.chi_square < best_misfit:
            best, best_misfit = (one, other), undone.chi_square
    return best


def _hopeless(points: Sequence[ControlPoint], record: DeviceRecord, fit: Fit) -> Assessment:
    """No pose explains the points. Leaving out one at a time would not help, exchanging two may."""
    swapped = find_swapped(points, record, fit) if len(points) > FEWEST_VERIFYING else None
    if swapped is None:
        return Assessment(grade=Grade.REFUSED, reasons=(GradeReason.NO_FIT,), fit=None)
    return Assessment(grade=Grade.REFUSED, reasons=(GradeReason.SWAPPED,), fit=None, suspects=swapped, swapped=swapped)


def _at_place_of(seen: ControlPoint, place: ControlPoint) -> ControlPoint:
    return ControlPoint(u_px=seen.u_px, v_px=seen.v_px, x_m=place.x_m, y_m=place.y_m, z_m=place.z_m)


def _reasons(median: float | None, limit: float, spread: float, swapped: tuple[int, int] | None) -> tuple[GradeReason, ...]:
    found = []
    if median is None:
        found.append(GradeReason.FOUR_POINTS)
    elif median > WRONG_LIMITS * limit:
        found.append(GradeReason.LOO_FAR_ABOVE_LIMIT)
    elif median > limit:
        found.append(GradeReason.LOO_ABOVE_LIMIT)
    if swapped is not None:
        found.append(GradeReason.SWAPPED)
    if spread < SPREAD_SHARE:
        found.append(GradeReason.SPREAD_TOO_SMALL)
    return tuple(found)


def _suspects(errors: Sequence[float], misfits: Sequence[float], limit_m: float) -> tuple[int, ...]:
    """Points whose going makes the others agree. Their own error says less: a wrong point bends the fit."""
    if not errors or (max(errors) <= max(2 * limit_m, 3 * float(np.median(errors))) and np.median(errors) <= limit_m):
        return ()
    order = sorted(range(len(errors)), key=lambda position: misfits[position])
    named = [position for position in order if misfits[position] < CULPRIT_SHARE * np.median(misfits)]
    # when everything is off, this is still where to look first
    return tuple(named) or (order[0],)


def _miss_m(fit: Fit, point: ControlPoint) -> float:
    found, depth = ground_points(fit.pose, fit.optics, np.array([[point.u_px, point.v_px]]), point.z_m)
    if not depth[0] > 0:
        return float("inf")
    return float(np.hypot(found[0, 0] - point.x_m, found[0, 1] - point.y_m))


def _range_m(points: Sequence[ControlPoint], fit: Fit) -> float:
    away = [np.hypot(one.x_m - fit.pose.x_m, one.y_m - fit.pose.y_m) for one in points]
    return float(np.median(away))


def _on_a_line(points: Floats) -> bool:
    sizes = np.linalg.svd(points - points.mean(0), compute_uv=False)
    return bool(sizes[1] < LINE_SHARE * sizes[0])
