"""What a step adds: measured before and after, or, for one camera after another, as exact shapes of what was still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from coverage.placement.aims import NO_CHANGE, Stage, share_of
from coverage.placement.targets import gap_shape
from coverage.placement.values import Gained
from coverage.shapes import only, size_of
from coverage.states import Measure
from coverage.watching import Watched, Watcher, demand_of, measure_site
from sites.cameras.states import Level
from sites.cameras.surroundings import Surroundings
from spatial.cameras.views import visible, visible_floor

#: Lines and points so near to a picture's edge are in it, as in ``coverage.watching``.
EDGE_MARGIN_M = 0.01


def gains_between(before: Stage, after: Stage) -> tuple[Gained, ...]:
    """Every mandatory requirement whose share a step changes, the largest gain first."""
    return _in_order(
        _gained(old, share_of(old), share_of(new))
        for old, new in zip(before.found, after.found, strict=True)
        if old.mandatory and old.share is not None and new.share is not None and abs(new.share - old.share) > NO_CHANGE
    )


def gains_in_turn(stage: Stage, watchers: Sequence[Watcher]) -> list[tuple[Gained, ...]]:
    """What each of several new watchers adds to those before it."""
    catalogue = stage.picture.catalogue.catalogue
    wanted = [one for one in stage.found if one.mandatory and one.share is not None]
    left = {number: gap_shape(one) for number, one in enumerate(wanted)}
    shares = [share_of(one) for one in wanted]
    told: list[tuple[Gained, ...]] = []
    for turn, watcher in enumerate(watchers):
        gains = []
        for number, one in enumerate(wanted):
            if left[number].is_empty or not catalogue.watches(watcher.tags, one.element.code):
                continue
            before = shares[number]
            if one.element.cameras_needed > 1:
                shares[number] = _measured(stage, watchers[: turn + 1], one)
            else:
                seen = seen_by(stage.picture.surroundings, watcher, one)
                size = size_of(only(seen.intersection(left[number]), one.element.measure), one.element.measure)
                shares[number] = min(1.0, before + size / one.total)
                left[number] = only(left[number].difference(seen), one.element.measure)
            if shares[number] - before > NO_CHANGE:
                gains.append(_gained(one, before, shares[number]))
        told.append(_in_order(gains))
    return told


def seen_by(surroundings: Surroundings, watcher: Watcher, one: Watched) -> BaseGeometry:
    """What a camera sees of a scene as its element demands, whatever its tags."""
    if watcher.view is None or not watcher.continuous:
        return Polygon()
    demand, scene = demand_of(one.element, one.scene), one.scene
    without = (scene.plan_key,) if scene.plan_key else ()
    obstacles = surroundings.obstacles(watcher.level, without=without)
    ground: BaseGeometry = Polygon()
    if watcher.level is scene.level:
        ground = visible(watcher.view, demand, obstacles)
    elif scene.level is Level.PIT and watcher.level is Level.SURFACE and isinstance(scene.shape, Polygon):
        ground = visible_floor(watcher.view, demand, obstacles, scene.shape, 0.0)
    return ground if one.element.measure is Measure.AREA else ground.buffer(EDGE_MARGIN_M)


def _measured(stage: Stage, watchers: Sequence[Watcher], one: Watched) -> float:
    """The share of a requirement that several cameras together must meet."""
    picture = stage.picture
    everybody = [*picture.watchers, *watchers]
    found = measure_site(picture.surroundings, [one.scene], everybody, picture.catalogue.catalogue, live=False)
    return next(share_of(two) for two in found if two.element.code == one.element.code)


def _gained(one: Watched, before: float, after: float) -> Gained:
    return Gained(scene_id=one.scene.scene_id, scene_name=one.scene.name, element=one.element.code, before=before, after=after)


def _in_order(gains: Iterable[Gained]) -> tuple[Gained, ...]:
    return tuple(sorted(gains, key=lambda one: (one.before - one.after, one.scene_id, one.element)))
