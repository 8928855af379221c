"""Who watches what: scenes and elements on one side, cameras on the other, compared in space. Pure functions in the site frame.

C = μ(scene ∩ ⋃ views) / μ(scene) with only the cameras whose tags, level, state and picture allow it (spatial-maths.md §2). What
is left is split by what stops the best camera, so that the causes add up to the gap. The numbers are the kernel's; shapes are
drawn when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from coverage.catalogue.values import Catalogue
from coverage.drawing import SiteShapes
from coverage.kernel.measuring import measure_packed
from coverage.kernel.packing import Packed, asked_twice, pack, ranks_of
from coverage.kernel.values import Measured
from coverage.states import GapCause, Measure
from coverage.watched import SMALLEST_GAP, Gap, Watched, WatchedScene, Watcher, demand_of
from sites.cameras.surroundings import Surroundings

__all__ = ("SMALLEST_GAP", "Gap", "Watched", "WatchedScene", "Watcher", "demand_of", "measure_site", "measure_views")
#: Stage of the kernel that a cause fills.
STAGE_OF = {cause: number for number, cause in enumerate(GapCause, start=1)}
#: Shares of a target below this are rounding.
ROUNDING = 1e-9


def measure_site(
    surroundings: Surroundings, scenes: Sequence[WatchedScene], watchers: Sequence[Watcher], catalogue: Catalogue, *, live: bool
) -> list[Watched]:
    """Every required element of every scene. ``live`` leaves out what is off line now."""
    packed = pack(surroundings, scenes, watchers, catalogue, live=live)
    shapes = SiteShapes(surroundings, watchers, catalogue, live=live)
    return read(packed, measure_packed(packed.site), watchers, shapes)


def measure_views(
    surroundings: Surroundings, scenes: Sequence[WatchedScene], watchers: Sequence[Watcher], catalogue: Catalogue
) -> tuple[list[Watched], list[Watched]]:
    """The same under both views, nominal and live, for little more than one; they are one list when everything is on line."""
    packed = pack(surroundings, scenes, watchers, catalogue, live=False)
    shapes = SiteShapes(surroundings, watchers, catalogue, live=False)
    if all(one.online for one in watchers):
        nominal = read(packed, measure_packed(packed.site), watchers, shapes)
        return nominal, nominal
    site, first, second = asked_twice(packed, ranks_of(packed.asked, watchers, catalogue, live=True))
    measured = measure_packed(site)
    nominal = read(packed, measured.of_requests(first), watchers, shapes)
    return nominal, read(packed, measured.of_requests(second), watchers, shapes.as_live())


def read(packed: Packed, measured: Measured, watchers: Sequence[Watcher], shapes: SiteShapes) -> list[Watched]:
    """What the kernel found, in the order of scenes and requirements."""
    found: list[Watched | None] = [None] * len(packed.asked)
    for request, position in enumerate(packed.order):
        found[position] = _read_one(packed, measured, request, watchers, shapes)
    return [one for one in found if one is not None]


def _read_one(packed: Packed, measured: Measured, request: int, watchers: Sequence[Watcher], shapes: SiteShapes) -> Watched:
    asked, total = packed.asked[request], float(measured.total[request])
    stages = [min(float(size), total) for size in measured.stages[request]]
    if asked.element.measure is Measure.COUNT:
        # a place is seen or not; its very short row may be cut by an edge
        total, stages = float(round(total)), [float(round(size)) for size in stages]
    elif total - stages[0] <= ROUNDING * total:
        stages = [total] * len(stages)
    ends = [*stages, total]
    sizes = {cause: ends[number] - ends[number - 1] for cause, number in STAGE_OF.items()}
    return Watched(
        scene=asked.scene,
        element=asked.element,
        mandatory=asked.mandatory,
        total=total,
        covered=stages[0],
        share=stages[0] / total if total > 0 else None,
        camera_ids=tuple(watchers[number].camera_id for number in measured.adds[request].nonzero()[0]),
        causes={cause: size for cause, size in sizes.items() if size > ROUNDING * total},
        mark=float(measured.marks[request]),
        shapes=shapes,
    )
