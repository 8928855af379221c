"""Faults of a picture, told from the camera's own healthy pictures (vision.md, result 7).

Absolute limits find one blurred picture in four; limits beside what this camera shows on healthy days find nineteen of twenty.
A camera's baseline is the median of its healthy measures at this hour of the day, by day and by infrared night apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vision.quality.measuring import Measures
from vision.quality.values import Fault

#: Healthy pictures from which a baseline can be taken.
FEWEST_HEALTHY = 5


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What a camera shows when it is well."""

    mean: float
    noise: float
    sharpness: float
    colour: tuple[float, float, float]
    blown_share: float = 0.0
    flat_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class QualityLimits:
    """Where a picture stops being healthy."""

    darker_factor: float = 0.25
    dark_end_mean: float = 90.0
    no_texture_deviation: float = 1.2
    flat_share: float = 0.93
    blown_share: float = 0.35
    #: Nothing in the picture is darker than this: overexposed even before it is blown out.
    lifted_dark_end: float = 140.0
    noisier_by: float = 3.0
    blunter_factor: float = 0.45
    cast_by: float = 0.45
    cast_least_mean: float = 20.0
    frozen_share: float = 0.0005
    kept_share: float = 0.45
    #: Less alike in the large: another view.
    likeness: float = 0.85


def baseline_of(healthy: Sequence[Measures]) -> Baseline | None:
    """The medians of healthy pictures; None while there are too few to say what healthy is."""
    if len(healthy) < FEWEST_HEALTHY:
        return None

    def middle(values: list[float]) -> float:
        return float(np.median(values))

    return Baseline(
        mean=middle([one.mean for one in healthy]),
        noise=middle([one.noise for one in healthy]),
        sharpness=middle([one.sharpness for one in healthy]),
        colour=(
            middle([one.colour[0] for one in healthy]),
            middle([one.colour[1] for one in healthy]),
            middle([one.colour[2] for one in healthy]),
        ),
        blown_share=middle([one.blown_share for one in healthy]),
        flat_share=middle([one.flat_share for one in healthy]),
    )


def faults_of(measures: Measures, baseline: Baseline, limits: QualityLimits | None = None) -> frozenset[Fault]:
    """What is wrong with a picture; empty: nothing."""
    given = limits or QualityLimits()
    found: set[Fault] = set()
    shading = _shading(measures, baseline, given)
    if shading is not None:
        found.add(shading)
    if measures.noise >= baseline.noise + given.noisier_by:
        found.add(Fault.NOISY)
    lost = measures.kept_share is not None and measures.kept_share < given.kept_share
    other_view = lost and measures.likeness is not None and measures.likeness < given.likeness
    blunt = measures.sharpness < given.blunter_factor * baseline.sharpness
    # Of another view nobody knows how sharp it should be; and what is covered or blown out has no edges.
    if blunt and not other_view and shading not in {Fault.COVERED, Fault.OVEREXPOSED}:
        found.add(Fault.BLURRED)
    cast = max(abs(now - usual) for now, usual in zip(measures.colour, baseline.colour, strict=True))
    if cast > given.cast_by and measures.mean > given.cast_least_mean:
        found.add(Fault.COLOUR_CAST)
    if measures.changed_share is not None and measures.changed_share < given.frozen_share:
        found.add(Fault.FROZEN)
    # Edges are also lost to darkness, light and covers: those are told by their own names.
    if other_view and shading is None:
        found.add(Fault.SCENE_MOVED)
    return frozenset(found)


def _shading(measures: Measures, baseline: Baseline, limits: QualityLimits) -> Fault | None:
    """Covered, dark, overexposed, or none of them."""
    flat = measures.flat_share > max(limits.flat_share, baseline.flat_share + 0.05)
    if measures.deviation < limits.no_texture_deviation:
        return Fault.OVEREXPOSED if measures.mean > 250 else Fault.COVERED
    if flat and measures.mean >= limits.darker_factor * baseline.mean and measures.blown_share < limits.blown_share:
        return Fault.COVERED
    if measures.mean < limits.darker_factor * baseline.mean and measures.bright_end < limits.dark_end_mean:
        return Fault.DARK
    blown = measures.blown_share > max(limits.blown_share, baseline.blown_share + 0.25)
    if blown or measures.dark_end > limits.lifted_dark_end:
        return Fault.OVEREXPOSED
    return None
