"""Who watches what: scenes and elements on one side, cameras on the other, compared in space. Pure functions in the site frame.

C = μ(scene ∩ ⋃ views) / μ(scene) with only the cameras whose tags, level, state and picture allow it (spatial-maths.md §2). What
is left is split by the first thing every camera fails at, so that the causes add up to the gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import shapely
from shapely import GeometryCollection, Polygon
from shapely.geometry.base import BaseGeometry

from coverage.catalogue.values import Catalogue, Element
from coverage.shapes import measured_shape, only, size_of
from coverage.states import GapCause, Measure
from sites.cameras.states import Level
from sites.cameras.surroundings import Surroundings
from spatial.cameras.values import Demand, Obstacle
from spatial.cameras.views import View, in_view, reach, visible, visible_floor, without_density

#: Gaps smaller than this are not told one by one, but they count: square metres, metres, number.
SMALLEST_GAP = {Measure.AREA: 4.0, Measure.LENGTH: 0.5, Measure.COUNT: 0.5}
#: Lines and points so near to a picture's edge are in it, metres: a hoarding often is the edge, and rounding must not decide.
EDGE_MARGIN_M = 0.01
#: An obstacle that fills so much of a scene is the scene.
IS_THE_SCENE = 0.9


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """A camera as coverage sees it. ``view`` is empty for one that is registered but incomplete: it covers nothing."""

    camera_id: int
    level: Level
    tags: frozenset[str]
    online: bool
    #: A PTZ on patrol is somewhere else most of the time and never counts as continuous.
    continuous: bool
    view: View | None


@dataclass(frozen=True, kw_only=True)
class WatchedScene:
    """A scene in the site frame."""

    scene_id: int
    scene_type: str
    name: str
    level: Level
    ground_z_m: float
    shape: BaseGeometry
    plan_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A part of a scene that nobody watches, and why. The shape is in the site frame."""

    cause: GapCause
    shape: BaseGeometry
    size: float


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How an element in a scene is watched. ``share`` is None where there is nothing to measure."""

    scene: WatchedScene
    element: Element
    mandatory: bool
    total: float
    covered: float
    share: float | None
    camera_ids: tuple[int, ...]
    gaps: tuple[Gap, ...]
    covered_shape: BaseGeometry = field(repr=False)

    @property
    def met(self) -> bool | None:
        """Is the requirement met? None where nothing can be said."""
        return None if self.share is None else self.share >= self.element.required_share - 1e-9


class WatchedSite:
    """One site's cameras among what stands around them; footprints are computed once per plane and density."""

    def __init__(self, surroundings: Surroundings, watchers: Sequence[Watcher]) -> None:
        self.surroundings = surroundings
        self.watchers = tuple(watchers)
        self.seen = lru_cache(maxsize=None)(self._seen)
        self.obstacles = lru_cache(maxsize=None)(self._obstacles)

    def _obstacles(self, level: Level, plan_key: str | None) -> tuple[Obstacle, ...]:
        return self.surroundings.obstacles(level, without=(plan_key,) if plan_key else ())

    def _seen(self, position: int, demand: Demand, scene: WatchedScene) -> BaseGeometry:
        """The part of the scene's plane that a watcher sees as demanded, or nothing across levels."""
        watcher = self.watchers[position]
        assert watcher.view is not None
        if watcher.level is scene.level:
            return visible(watcher.view, demand, self.obstacles(scene.level, scene.plan_key))
        if scene.level is Level.PIT and watcher.level is Level.SURFACE and scene.shape.geom_type == "Polygon":
            return visible_floor(watcher.view, demand, self.obstacles(Level.SURFACE, scene.plan_key), scene.shape, 0.0)
        return Polygon()


def measure_site(
    surroundings: Surroundings, scenes: Sequence[WatchedScene], watchers: Sequence[Watcher], catalogue: Catalogue, *, live: bool
) -> list[Watched]:
    """Every required element of every scene. ``live`` leaves out what is off line now."""
    site = WatchedSite(surroundings, watchers)
    return [
        measure_element(site, scene, catalogue.element[required.element], catalogue, mandatory=required.mandatory, live=live)
        for scene in scenes
        if scene.scene_type in catalogue.scene_type
        for required in catalogue.scene_type[scene.scene_type].requires
    ]


def measure_element(
    site: WatchedSite, scene: WatchedScene, element: Element, catalogue: Catalogue, *, mandatory: bool, live: bool
) -> Watched:
    """One element in one scene."""
    target = _target(site, scene, element)
    total = size_of(target, element.measure)
    demand = demand_of(element, scene)
    posed = [number for number, one in enumerate(site.watchers) if one.view is not None and one.continuous]
    able = [number for number in posed if catalogue.watches(site.watchers[number].tags, element.code)]
    counted = [number for number in able if site.watchers[number].online or not live]
    margin_m = 0.0 if element.measure is Measure.AREA else EDGE_MARGIN_M
    parts = {number: site.seen(number, demand, scene).buffer(margin_m).intersection(target) for number in counted}
    parts = {number: only(part, element.measure) for number, part in parts.items() if not part.is_empty}
    parts = {number: part for number, part in parts.items() if not part.is_empty}
    covered = only(_seen_by(parts.values(), element.cameras_needed), element.measure)
    size = size_of(covered, element.measure)
    gap = only(target.difference(covered), element.measure) if total > 0 else GeometryCollection()
    return Watched(
        scene=scene,
        element=element,
        mandatory=mandatory,
        total=total,
        covered=min(size, total),
        share=min(1.0, size / total) if total > 0 else None,
        camera_ids=tuple(site.watchers[number].camera_id for number in parts),
        gaps=tuple(_causes(site, scene, element, gap, posed=posed, able=able, live=live)),
        covered_shape=covered,
    )


def demand_of(element: Element, scene: WatchedScene) -> Demand:
    """What the element asks of a picture, on the scene's ground."""
    return Demand(
        plane_z_m=scene.ground_z_m + element.plane_z_m,
        across_px_per_m=element.across_px_per_m,
        along_px_per_m=element.along_px_per_m,
        depression_max_deg=element.depression_max_deg,
    )


def _target(site: WatchedSite, scene: WatchedScene, element: Element) -> BaseGeometry:
    """What is counted of the scene; ground under solid obstacles is not there to be watched, unless they are the scene."""
    shape = measured_shape(scene.shape, element.measure, site.surroundings.boundary)
    if element.measure is not Measure.AREA or shape.is_empty:
        return shape
    plane_m = scene.ground_z_m + element.plane_z_m
    solid = [
        one.base
        for one in site.obstacles(scene.level, scene.plan_key)
        if one.opacity >= 1 and one.bottom_m <= plane_m < one.top_m and one.base.area > 1.0
    ]
    bases = [base for base in solid if base.intersection(shape).area < IS_THE_SCENE * shape.area]
    return shape.difference(shapely.union_all(bases)) if bases else shape


def _seen_by(parts: Iterable[BaseGeometry], needed: int) -> BaseGeometry:
    """Where at least ``needed`` of the parts lie over one another."""
    depth: list[BaseGeometry] = [GeometryCollection()] * needed
    for part in parts:
        for level in range(needed - 1, 0, -1):
            depth[level] = shapely.union(depth[level], depth[level - 1].intersection(part))
        depth[0] = shapely.union(depth[0], part)
    return depth[-1]


def _causes(
    site: WatchedSite,
    scene: WatchedScene,
    element: Element,
    gap: BaseGeometry,
    *,
    posed: Sequence[int],
    able: Sequence[int],
    live: bool,
) -> Iterable[Gap]:
    """The gap split by how far the best camera gets: the parts are disjoint and add up."""
    if gap.is_empty:
        return
    demand, loose = demand_of(element, scene), without_density(demand_of(element, scene))
    offline = [number for number in able if live and not site.watchers[number].online]
    same = [number for number in posed if site.watchers[number].level is scene.level or scene.level is Level.PIT]
    untagged = [number for number in posed if number not in able]
    views = [view for view in (site.watchers[number].view for number in same) if view is not None]
    stages: tuple[tuple[GapCause, list[BaseGeometry]], ...] = (
        (GapCause.OFFLINE, [site.seen(number, demand, scene) for number in offline]),
        (GapCause.TAG_MISSING, [site.seen(number, demand, scene) for number in untagged]),
        (GapCause.DENSITY_LOW, [site.seen(number, loose, scene) for number in posed]),
        (GapCause.OCCLUDED, [in_view(view, loose) for view in views]),
        (GapCause.OUT_OF_VIEW, [reach(view) for view in views]),
    )
    left = gap
    for cause, grounds in stages:
        here = [ground for ground in grounds if not ground.is_empty]
        if not here or left.is_empty:
            continue
        union = shapely.union_all(here)
        part = only(left.intersection(union), element.measure)
        if not part.is_empty:
            yield Gap(cause=cause, shape=part, size=size_of(part, element.measure))
            left = only(left.difference(union), element.measure)
    if not left.is_empty:
        yield Gap(cause=GapCause.OUT_OF_RANGE, shape=left, size=size_of(left, element.measure))
