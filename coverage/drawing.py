"""What was measured as exact shapes, for the map; drawn only where somebody looks.

A gap is drawn stage by stage as it is counted (``kernel.machine``): what at least the needed number of cameras reach at one stage
and not at the one before. Footprints are remembered between edits by camera, demand and obstacles, for an edit moves one camera
and leaves the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import shapely
from shapely import GeometryCollection, Polygon
from shapely.geometry.base import BaseGeometry

from coverage.catalogue.values import Catalogue
from coverage.kernel.cutting import IS_THE_SCENE
from coverage.kernel.packing import join_of, solid_bases
from coverage.kernel.values import APART, BLIND, EDGE_MARGIN_M, OVER_THE_RIM
from coverage.shapes import measured_shape, only
from coverage.states import GapCause, Measure
from coverage.watched import SMALLEST_GAP, Gap, Watched, WatchedScene, Watcher, demand_of
from sites.cameras.states import Level
from sites.cameras.surroundings import Surroundings
from spatial.cameras.values import Demand, Obstacle
from spatial.cameras.views import View, in_view, reach, visible, visible_floor, without_density

NOTHING = Polygon()
#: West, south, east and north, metres.
Extent = tuple[float, float, float, float]
#: Of a gap's size, a cause smaller than this is not cut out of the next one.
SLIVER = 1e-4


class Standing:
    """Obstacles as one thing that is cheap to compare: equal obstacles are the same ``Standing``."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        self.obstacles = obstacles


_standing = lru_cache(maxsize=512)(Standing)


@lru_cache(maxsize=16384)
def _visible(view: View, demand: Demand, standing: Standing) -> BaseGeometry:
    return visible(view, demand, standing.obstacles)


@lru_cache(maxsize=16384)
def _widened(view: View, demand: Demand, standing: Standing) -> BaseGeometry:
    """The same for lines and places: one that lies on an edge is seen."""
    return _with_edges(_visible(view, demand, standing))


def _with_edges(ground: BaseGeometry) -> BaseGeometry:
    return ground.buffer(EDGE_MARGIN_M, join_style="mitre")


@lru_cache(maxsize=16384)
def _pictured(view: View, demand: Demand) -> BaseGeometry:
    return in_view(view, demand)


@lru_cache(maxsize=16384)
def _extent(view: View, demand: Demand) -> Extent:
    return _bounds(_pictured(view, demand))


def _bounds(shape: BaseGeometry) -> Extent:
    west, south, east, north = shape.bounds
    return west, south, east, north


def _apart(one: Extent, other: Extent) -> bool:
    """Are two extents further from one another than rounding? Not a number, of something empty, is apart from everything."""
    margin = EDGE_MARGIN_M
    return not (
        one[0] <= other[2] + margin
        and one[2] >= other[0] - margin
        and one[1] <= other[3] + margin
        and one[3] >= other[1] - margin
    )


class SiteShapes:
    """Draws what was measured of one site under one view."""

    def __init__(self, surroundings: Surroundings, watchers: Sequence[Watcher], catalogue: Catalogue, *, live: bool) -> None:
        self.surroundings = surroundings
        self.watchers = tuple(watchers)
        self.catalogue = catalogue
        self.live = live
        self.targets: dict[tuple[int, Measure, float], tuple[BaseGeometry, Extent]] = {}
        self.grounds: dict[tuple[str, str | None], Standing] = {}
        self.stages: dict[tuple[object, ...], BaseGeometry] = {}

    def as_live(self) -> SiteShapes:
        """The same site with only what is on line; what does not depend on that is drawn once for both."""
        other = SiteShapes(self.surroundings, self.watchers, self.catalogue, live=True)
        other.targets, other.grounds, other.stages = self.targets, self.grounds, self.stages
        return other

    def covered(self, one: Watched) -> BaseGeometry:
        """The part of a scene that is watched."""
        target, extent = self._target(one)
        seen = seen_by(_near(self._counted(one), extent), one.element.cameras_needed)
        return only(target.intersection(seen), one.element.measure)

    def gaps(self, one: Watched) -> tuple[Gap, ...]:
        """The parts of a scene that are not watched, by cause; those that are too small to be told are left out."""
        measure, gap = one.element.measure, one.total - one.covered
        told = [cause for cause in GapCause if one.causes.get(cause, 0.0) >= SMALLEST_GAP[measure]]
        if not told:
            return ()
        target, extent = self._target(one)
        left = only(target.difference(seen_by(_near(self._counted(one), extent), one.element.cameras_needed)), measure)
        found: list[Gap] = []
        for cause in GapCause:
            size = one.causes.get(cause, 0.0)
            if size <= SLIVER * gap or left.is_empty:
                continue
            part = left
            if size < (1 - SLIVER) * gap and cause is not GapCause.OUT_OF_RANGE:
                stage = self._stage(one, cause)
                part, left = only(left.intersection(stage), measure), only(left.difference(stage), measure)
            if cause in told and not part.is_empty:
                found.append(Gap(cause=cause, shape=part, size=size))
        return tuple(found)

    def _counted(self, one: Watched) -> list[BaseGeometry]:
        named, demand = frozenset(one.camera_ids), demand_of(one.element, one.scene)
        return [self._seen(watcher, one, demand) for watcher in self.watchers if watcher.camera_id in named]

    def _stage(self, one: Watched, cause: GapCause) -> BaseGeometry:
        """Ground near a scene that enough cameras reach but for this cause or a cheaper one; elements share the wider stages."""
        demand, loose = demand_of(one.element, one.scene), without_density(demand_of(one.element, one.scene))
        asked = demand if cause in {GapCause.TAG_MISSING, GapCause.OFFLINE} else loose
        # only what is missing a tag is asked of cameras on line
        live = self.live and cause is GapCause.TAG_MISSING
        key = (id(one.scene), one.element.measure, asked, cause, one.element.cameras_needed, live)
        if key not in self.stages:
            grounds = _near(self._grounds(one, cause, asked), self._target(one)[1])
            self.stages[key] = seen_by(grounds, one.element.cameras_needed)
        return self.stages[key]

    def _grounds(self, one: Watched, cause: GapCause, demand: Demand) -> list[BaseGeometry]:
        joined = [watcher for watcher in self.watchers if join_of(one.scene, watcher) != APART]
        if cause is GapCause.TAG_MISSING:
            joined = [watcher for watcher in joined if watcher.online or not self.live]
        if cause in {GapCause.TAG_MISSING, GapCause.OFFLINE, GapCause.DENSITY_LOW}:
            return [self._seen(watcher, one, demand) for watcher in joined]
        views = [watcher.view for watcher in joined if watcher.view is not None]
        return [_pictured(view, demand) if cause is GapCause.OCCLUDED else reach(view) for view in views]

    def _seen(self, watcher: Watcher, one: Watched, demand: Demand) -> BaseGeometry:
        """The part of a scene's plane that a camera sees as demanded; nothing across levels."""
        scene, join = one.scene, join_of(one.scene, watcher)
        if watcher.view is None or join in {APART, BLIND}:
            return NOTHING
        if _apart(_extent(watcher.view, demand), self._target(one)[1]):
            return NOTHING
        wide = one.element.measure is not Measure.AREA
        if join == OVER_THE_RIM:
            assert isinstance(scene.shape, Polygon)
            ground = visible_floor(watcher.view, demand, self._ground(Level.SURFACE, scene).obstacles, scene.shape, 0.0)
            return _with_edges(ground) if wide else ground
        return (_widened if wide else _visible)(watcher.view, demand, self._ground(scene.level, scene))

    def _ground(self, level: Level, scene: WatchedScene) -> Standing:
        key = (level.value, scene.plan_key)
        if key not in self.grounds:
            obstacles = self.surroundings.obstacles(level, without=(scene.plan_key,) if scene.plan_key else ())
            self.grounds[key] = _standing(obstacles)
        return self.grounds[key]

    def _target(self, one: Watched) -> tuple[BaseGeometry, Extent]:
        """What is counted of a scene, as in ``kernel.packing``, and its extent."""
        scene, measure, plane_m = one.scene, one.element.measure, demand_of(one.element, one.scene).plane_z_m
        key = (id(scene), measure, plane_m)
        if key not in self.targets:
            shape = measured_shape(scene.shape, measure, self.surroundings.boundary)
            bases = solid_bases(self.surroundings, scene, plane_m) if measure is Measure.AREA else ()
            taken = [base for base in bases if base.intersection(shape).area < IS_THE_SCENE * shape.area]
            left = shape.difference(shapely.union_all(taken)) if taken else shape
            self.targets[key] = (left, _bounds(left))
        return self.targets[key]


def seen_by(parts: Iterable[BaseGeometry], needed: int) -> BaseGeometry:
    """Where at least ``needed`` of the parts lie over one another."""
    real = [part for part in parts if not part.is_empty]
    if needed == 1:
        return shapely.union_all(real) if real else GeometryCollection()
    depth: list[BaseGeometry] = [GeometryCollection()] * needed
    for part in real:
        for level in range(needed - 1, 0, -1):
            depth[level] = shapely.union(depth[level], depth[level - 1].intersection(part))
        depth[0] = shapely.union(depth[0], part)
    return depth[-1]


def _near(grounds: Iterable[BaseGeometry], extent: Extent) -> list[BaseGeometry]:
    """Grounds cut to the surroundings of a target: what comes after is cheap."""
    west, south, east, north = extent
    near = shapely.clip_by_rect(np.array(list(grounds), dtype=object), west - 1, south - 1, east + 1, north + 1)
    return list(near[~shapely.is_empty(near)])
