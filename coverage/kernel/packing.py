"""A site, its scenes and its cameras as arrays for the kernel, and back again.

What depends on shapes alone (rows, convex parts, rows less the bases of buildings) is remembered between calls, because cameras
are moved far more often than scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from coverage.catalogue.values import Catalogue, Element
from coverage.kernel import values as of
from coverage.kernel.cameras import border_of, camera_row
from coverage.kernel.cutting import less_bases
from coverage.kernel.rows import ROW_M, segments_of, sides_of_areas
from coverage.kernel.values import Bytes, Floats, Ints, PackedSite
from coverage.shapes import measured_shape
from coverage.states import Measure
from coverage.watched import WatchedScene, Watcher, demand_of
from sites.cameras.states import Level
from sites.cameras.surroundings import Standing, Surroundings
from spatial.cameras.shadows import convex_parts
from spatial.cameras.views import HIDING_OPACITY, ExactView

LEVELS = {level: number for number, level in enumerate(Level)}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question to the kernel."""

    scene: WatchedScene
    element: Element
    mandatory: bool


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A site for the kernel, and what its requests stand for, in the order of the requests."""

    site: PackedSite
    asked: tuple[Asked, ...]
    #: Position of each request in the order of scenes and requirements.
    order: tuple[int, ...]


@dataclass(kw_only=True)
class _Targets:
    """Targets on their way into arrays."""

    origin: Floats
    row_m: float
    number: dict[tuple[int, Measure, tuple[Polygon, ...]], int] = field(default_factory=dict)
    segments: list[Floats] = field(default_factory=list)


def pack(
    surroundings: Surroundings,
    scenes: Sequence[WatchedScene],
    watchers: Sequence[Watcher],
    catalogue: Catalogue,
    *,
    live: bool,
    row_m: float = ROW_M,
) -> Packed:
    """Everything the kernel needs to measure a site once."""
    asked = [
        Asked(scene=scene, element=catalogue.element[required.element], mandatory=required.mandatory)
        for scene in scenes
        if scene.scene_type in catalogue.scene_type
        for required in catalogue.scene_type[scene.scene_type].requires
    ]
    origin, keys = _origin(scenes), _Keys()
    laid = _laid_out(surroundings, scenes, asked, _Targets(origin=origin, row_m=row_m))
    placed = tuple(asked[position] for position in laid.order)
    corners, sizes, heights, part_of = _parts(surroundings.standing, origin, keys)
    cameras, borders, border_from = _cameras(watchers, origin)
    rims, rim_from = _rims(scenes, origin)
    site = PackedSite(
        cameras=cameras,
        borders=borders,
        border_from=border_from,
        part_corners=corners,
        part_size=sizes,
        part_heights=heights,
        part_of=part_of,
        segments=np.vstack(laid.segments) if laid.segments else np.empty((0, of.SEGMENT_COLUMNS)),
        target_from=_starts([len(one) for one in laid.segments]),
        planes=laid.planes,
        groups=laid.groups,
        request_from=laid.request_from,
        demands=np.array([_demand(one.element) for one in placed], dtype=np.float64).reshape(-1, 3),
        needed=np.array([one.element.cameras_needed for one in placed], dtype=np.int64),
        ranks=ranks_of(placed, watchers, catalogue, live=live),
        joined=_joined(scenes, watchers),
        scene_of=np.array([(LEVELS[one.level], keys.known(one.plan_key)) for one in scenes], dtype=np.int64).reshape(-1, 2),
        rims=rims,
        rim_from=rim_from,
    )
    return Packed(site=site, asked=placed, order=laid.order)


@dataclass(frozen=True, kw_only=True)
class _LaidOut:
    """Requests grouped by plane, scene and target."""

    order: tuple[int, ...]
    planes: Floats
    groups: Ints
    request_from: Ints
    segments: Sequence[Floats]


def _laid_out(surroundings: Surroundings, scenes: Sequence[WatchedScene], asked: Sequence[Asked], targets: _Targets) -> _LaidOut:
    number_of = {id(scene): number for number, scene in enumerate(scenes)}
    planes = sorted({demand_of(one.element, one.scene).plane_z_m for one in asked})
    plane_of = {plane: number for number, plane in enumerate(planes)}
    keyed = []
    for position, one in enumerate(asked):
        scene, plane_m = number_of[id(one.scene)], demand_of(one.element, one.scene).plane_z_m
        keyed.append((plane_of[plane_m], scene, _target(targets, surroundings, one, scene, plane_m), position))
    keyed.sort()
    heads = [number for number in range(len(keyed)) if number == 0 or keyed[number][:3] != keyed[number - 1][:3]]
    groups = [
        (target, plane, scene, asked[position].element.measure is not Measure.AREA)
        for plane, scene, target, position in (keyed[number] for number in heads)
    ]
    return _LaidOut(
        order=tuple(position for _, _, _, position in keyed),
        planes=np.array(planes, dtype=np.float64),
        groups=np.array(groups, dtype=np.int64).reshape(-1, 4),
        request_from=np.array([*heads, len(keyed)], dtype=np.int64),
        segments=targets.segments,
    )


def ranks_of(asked: Sequence[Asked], watchers: Sequence[Watcher], catalogue: Catalogue, *, live: bool) -> Bytes:
    """(R, C): does a camera count for a request, or what keeps it from counting."""
    counts = np.array([one.view is not None and one.continuous for one in watchers], dtype=bool)
    lost = np.array([live and not one.online for one in watchers], dtype=bool)
    by_element: dict[str, Bytes] = {}
    for one in asked:
        if one.element.code not in by_element:
            tagged = np.array([catalogue.watches(watcher.tags, one.element.code) for watcher in watchers], dtype=bool)
            rank = np.where(lost, of.OFFLINE, np.where(tagged, of.COUNTS, of.UNTAGGED))
            by_element[one.element.code] = np.where(counts, rank, of.IGNORED).astype(np.uint8)
    rows = [by_element[one.element.code] for one in asked]
    return np.array(rows, dtype=np.uint8).reshape(len(asked), len(watchers))


def asked_twice(packed: Packed, ranks: Bytes) -> tuple[PackedSite, Ints, Ints]:
    """The site with every request asked again under other ranks, and the numbers of the first and of the second of each.

    Pictures and shadows are the same for both, and they are what measuring costs.
    """
    site, first = packed.site, np.zeros(len(packed.asked), dtype=np.int64)
    twice: list[Ints] = []
    for begin, end in pairwise(site.request_from):
        own = np.arange(begin, end)
        first[own] = own + begin
        twice += [own, own + len(packed.asked)]
    taken = np.concatenate(twice) if twice else np.zeros(0, dtype=np.int64)
    second = first + np.repeat(np.diff(site.request_from), np.diff(site.request_from))
    old = taken % max(len(packed.asked), 1)
    return (
        site._replace(
            request_from=site.request_from * 2,
            demands=site.demands[old],
            needed=site.needed[old],
            ranks=np.concatenate([site.ranks, ranks])[taken],
        ),
        first,
        second,
    )


@dataclass
class _Keys:
    """Plan features as numbers."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, key: str) -> int:
        """The number of a feature that stands there."""
        return self.numbers.setdefault(key, len(self.numbers))

    def known(self, key: str | None) -> int:
        """The number of the feature a scene was made from; −1 when nothing stands there for it."""
        return -1 if key is None else self.numbers.get(key, -1)


def _origin(scenes: Sequence[WatchedScene]) -> Floats:
    """Somewhere on the site: coordinates near zero keep their last digits."""
    if not scenes:
        return np.zeros(2)
    west, south, east, north = scenes[0].shape.bounds
    return np.round(np.array([(west + east) / 2, (south + north) / 2]))


def _target(targets: _Targets, surroundings: Surroundings, one: Asked, scene: int, plane_m: float) -> int:
    """What is counted of the scene; ground under solid obstacles is not there to be watched, unless they are the scene."""
    measure = one.element.measure
    bases = solid_bases(surroundings, one.scene, plane_m) if measure is Measure.AREA else ()
    key = (scene, measure, bases)
    if key not in targets.number:
        shape = _measured(one.scene.shape, measure, surroundings.boundary)
        segments = _segments(shape, bases, targets.row_m)
        moved = segments.copy()
        moved[:, :2] -= targets.origin
        targets.number[key] = len(targets.segments)
        targets.segments.append(moved)
    return targets.number[key]


def solid_bases(surroundings: Surroundings, scene: WatchedScene, plane_m: float) -> tuple[Polygon, ...]:
    """Bases of solid things that stand near a scene and reach through the plane that is looked at."""
    west, south, east, north = scene.shape.bounds
    # strips and discs around lines and places are wider than their shape
    margin = 0.0 if scene.shape.geom_type.endswith("Polygon") else 10.0
    left, below, right, above, bottom, top = surroundings.solids.extents
    apart = (left > east + margin) | (right < west - margin) | (below > north + margin) | (above < south - margin)
    near = np.flatnonzero(~apart & (bottom <= plane_m) & (plane_m < top))
    things = [surroundings.solids.things[number] for number in near]
    return tuple(one.obstacle.base for one in things if one.level is scene.level and one.plan_key != scene.plan_key)


_measured = lru_cache(maxsize=4096)(measured_shape)


@lru_cache(maxsize=4096)
def _segments(shape: BaseGeometry, bases: tuple[Polygon, ...], row_m: float) -> Floats:
    parts = [[shapely.get_coordinates(part)[:-1] for part in convex_parts(base)] for base in bases]
    return less_bases(segments_of(shape, row_m, bases), parts)


def _demand(element: Element) -> tuple[float, float, float]:
    steepest = 0.0 if element.depression_max_deg >= 90 else float(np.tan(np.radians(element.depression_max_deg)))
    return element.across_px_per_m, element.along_px_per_m, steepest


def _cameras(watchers: Sequence[Watcher], origin: Floats) -> tuple[Floats, Floats, Ints]:
    rows = np.zeros((len(watchers), of.CAMERA_COLUMNS))
    borders: list[Floats] = []
    for number, one in enumerate(watchers):
        if one.view is not None:
            rows[number] = camera_row(one.view)
            borders.append(border_of(one.view))
        else:
            borders.append(np.empty((0, 2)))
    rows[:, [of.X, of.Y]] -= origin
    return rows, np.vstack(borders) if borders else np.empty((0, 2)), _starts([len(one) for one in borders])


def _parts(standing: Sequence[Standing], origin: Floats, keys: _Keys) -> tuple[Floats, Ints, Floats, Ints]:
    """Convex parts of what hides: corners anticlockwise and padded, how many, heights, level and feature."""
    found = []
    for one in standing:
        if one.obstacle.opacity >= HIDING_OPACITY:
            heights = (one.obstacle.bottom_m, one.obstacle.top_m)
            of_what = (LEVELS[one.level], keys.number(one.plan_key))
            found += [(corners, heights, of_what) for corners in _corners(one.obstacle.base)]
    most = max((len(corners) for corners, _, _ in found), default=3)
    padded = np.empty((len(found), most, 2))
    for number, (corners, _, _) in enumerate(found):
        padded[number, : len(corners)] = corners
        padded[number, len(corners) :] = corners[-1]
    padded -= origin
    return (
        padded,
        np.array([len(corners) for corners, _, _ in found], dtype=np.int64),
        np.array([heights for _, heights, _ in found], dtype=np.float64).reshape(-1, 2),
        np.array([of_what for _, _, of_what in found], dtype=np.int64).reshape(-1, 2),
    )


@lru_cache(maxsize=8192)
def _corners(base: Polygon) -> tuple[Floats, ...]:
    """Anticlockwise corners of a base's convex parts."""
    return tuple(shapely.get_coordinates(shapely.orient_polygons(part))[:-1] for part in convex_parts(base))


def _rims(scenes: Sequence[WatchedScene], origin: Floats) -> tuple[Floats, Ints]:
    sides = [
        sides_of_areas([one.shape]) - np.tile(origin, 2)
        if one.level is Level.PIT and one.shape.geom_type == "Polygon"
        else np.empty((0, 4))
        for one in scenes
    ]
    return np.vstack(sides) if sides else np.empty((0, 4)), _starts([len(one) for one in sides])


def _joined(scenes: Sequence[WatchedScene], watchers: Sequence[Watcher]) -> Bytes:
    joined = np.zeros((len(scenes), len(watchers)), dtype=np.uint8)
    for row, scene in enumerate(scenes):
        for column, one in enumerate(watchers):
            joined[row, column] = join_of(scene, one)
    return joined


def join_of(scene: WatchedScene, one: Watcher) -> int:
    """Different levels never join, save over the rim of a pit; what is incomplete or on patrol joins nothing."""
    if one.view is None or not one.continuous:
        return of.APART
    if one.level is scene.level:
        return of.SAME_LEVEL
    if scene.level is not Level.PIT or one.level is not Level.SURFACE:
        return of.APART
    return of.OVER_THE_RIM if isinstance(one.view, ExactView) and scene.shape.geom_type == "Polygon" else of.BLIND


def _starts(sizes: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
