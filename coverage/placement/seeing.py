"""Which targets each candidate camera would see: what stands in the way is asked once a stand, the picture once a pose.

Whether a target is hidden, too steep or too far depends on the place and height of the lens only, so it is found once for all the
azimuths, tilts and lenses that are tried there. What is left is a test of the picture, in rows of bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from coverage.placement import arrays, machine
from coverage.placement.targets import Booleans, Floats, Integers, Targets
from sites.cameras.states import Level
from sites.cameras.surroundings import Surroundings
from spatial.cameras.shadows import convex_parts
from spatial.cameras.values import Optics, Pose
from spatial.cameras.views import HIDING_OPACITY
from spatial.compiled import COMPILED

Words = NDArray[np.uint64]
#: Stands looked at side by side.
WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class Prisms:
    """What hides something on one level, in convex pieces."""

    corners: Floats
    #: Where the corners of each piece begin, and the end.
    first: Integers
    #: Bottom and top, metres.
    heights: Floats
    #: Number of the plan feature each comes from.
    feature: Integers


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the sight of targets depends on beside the camera."""

    targets: Targets
    #: Word and bit of each target in a row; requirements begin at whole words.
    slot: Integers
    #: Requirement of each word.
    word_requirement: Integers
    prisms: dict[Level, Prisms]

    @property
    def width(self) -> int:
        """Words of a row."""
        return len(self.word_requirement)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """The place of a lens, in the site frame."""

    x_m: float
    y_m: float
    z_m: float
    level: Level


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Bit rows without their empty words: those of row i are ``starts[i]`` to ``starts[i + 1]``."""

    starts: Integers
    index: NDArray[np.int32]
    words: Words

    def __len__(self) -> int:
        return len(self.starts) - 1


def hot_loops(*, compiled: bool = COMPILED) -> ModuleType:
    """The compiled loops, or their twins."""
    return machine if compiled else arrays


def ground_of(surroundings: Surroundings, targets: Targets) -> Ground:
    """Lay out the rows and take what stands in the way apart."""
    counts = targets.counts()
    words = (counts + 63) // 64
    first_word = np.concatenate([[0], np.cumsum(words)])
    within = np.arange(len(targets)) - np.repeat(np.cumsum(counts) - counts, counts)
    features = feature_keys(surroundings)
    return Ground(
        targets=targets,
        slot=(first_word[targets.requirement] * 64 + within).astype(np.int64),
        word_requirement=np.repeat(np.arange(len(counts)), words).astype(np.int64),
        prisms={level: prisms_of(surroundings, level, features) for level in Level},
    )


def feature_keys(surroundings: Surroundings) -> list[str]:
    """Keys of the plan features that hide something, in a fixed order."""
    return list(dict.fromkeys(one.plan_key for one in surroundings.standing))


def row_of(ground: Ground, chosen: Booleans) -> Words:
    """Targets as one full row."""
    row = np.zeros(ground.width, np.uint64)
    slot = ground.slot[chosen]
    np.bitwise_or.at(row, slot >> 6, np.uint64(1) << (slot & 63).astype(np.uint64))
    return row


def in_row(ground: Ground, row: Words) -> Booleans:
    """A full row as targets."""
    bits = (row[ground.slot >> 6] >> (ground.slot & 63).astype(np.uint64)) & np.uint64(1)
    return np.asarray(bits != 0)


def pose_columns(azimuth_deg: Floats, tilt_deg: Floats, optics: Sequence[Optics]) -> Floats:
    """Poses as the loops take them: forward, right, up, tangents of the half angles, fx, range, bearing, half its width."""
    azimuth, tilt = np.radians(azimuth_deg), np.radians(tilt_deg)
    sa, ca, st, ct = np.sin(azimuth), np.cos(azimuth), np.sin(tilt), np.cos(tilt)
    wide = np.array([np.tan(np.radians(one.hfov_deg) / 2) for one in optics])
    high = np.array([np.tan(np.radians(one.vfov_deg) / 2) for one in optics])
    fx = np.array([one.width_px for one in optics]) / (2 * wide)
    bearing = (azimuth + np.pi) % (2 * np.pi) - np.pi
    ahead = np.minimum(ct - high * st, ct + high * st)
    half = np.where(ahead > 1e-6, np.arctan2(wide, np.maximum(ahead, 1e-6)), np.pi)
    columns = (sa * ct, ca * ct, -st, ca, -sa, 0 * sa, sa * st, ca * st, ct, wide, high, fx)
    return np.column_stack([*columns, [one.range_max_m for one in optics], bearing, half])


def rows_from(ground: Ground, stands: Sequence[Stand], poses: Floats, *, compiled: bool = COMPILED) -> Rows:
    """What every pose sees from every stand: row ``stand × poses + pose``."""
    loops = hot_loops(compiled=compiled)
    reach_m = _reach_m(ground.targets, poses)
    # the compiled loops let go of the interpreter; the rows are put together in the order of the stands
    with ThreadPoolExecutor(WORKERS if compiled else 1) as pool:
        parts = list(pool.map(lambda stand: _rows_of_stand(ground, stand, poses, reach_m, loops), stands))
    sizes = np.cumsum([0, *(len(index) for _, index, _ in parts)])
    return Rows(
        starts=np.concatenate([[0], *(ends + size for (ends, _, _), size in zip(parts, sizes, strict=False))]).astype(np.int64),
        index=np.concatenate([np.empty(0, np.int32), *(index for _, index, _ in parts)]),
        words=np.concatenate([np.empty(0, np.uint64), *(words for _, _, words in parts)]),
    )


def _rows_of_stand(
    ground: Ground, stand: Stand, poses: Floats, reach_m: Floats, loops: ModuleType
) -> tuple[Integers, NDArray[np.int32], Words]:
    """Where the words of each pose end, and the words."""
    seen = targets_in_sight(ground, stand, reach_m, loops)
    ends = np.zeros(len(poses), np.int64)
    if not len(seen):
        return ends, np.empty(0, np.int32), np.empty(0, np.uint64)
    touched = len(np.unique(ground.slot[seen] >> 6))
    row = np.zeros(ground.width, np.uint64)
    index, words = np.empty(len(poses) * touched, np.int32), np.empty(len(poses) * touched, np.uint64)
    filled = loops.fill_rows(*_as_seen(ground, stand, seen), poses, row, index, words, ends)
    return ends, index[:filled].copy(), words[:filled].copy()


def targets_in_sight(ground: Ground, stand: Stand, reach_m: Floats, loops: ModuleType) -> Integers:
    """Targets that a lens there could see, whichever way it looks."""
    targets = ground.targets
    above = stand.z_m - targets.plane_z_m
    flat = np.hypot(targets.x_m - stand.x_m, targets.y_m - stand.y_m)
    able = (above > 0) & _joined(ground, stand) & (above <= flat * targets.steepest)
    able &= flat <= reach_m
    chosen = np.flatnonzero(able)
    prisms = ground.prisms[stand.level]
    if len(chosen) and len(prisms.heights):
        places = np.column_stack([targets.x_m, targets.y_m, targets.plane_z_m])[chosen]
        hidden = np.zeros(len(chosen), bool)
        lens = np.array([stand.x_m, stand.y_m, stand.z_m])
        own = np.ascontiguousarray(targets.own_feature[chosen])
        loops.hide_targets(lens, places, own, prisms.corners, prisms.first, prisms.heights, prisms.feature, hidden)
        chosen = chosen[~hidden]
    return chosen


def _reach_m(targets: Targets, poses: Floats) -> Floats:
    """How far each target may be from a lens: what is in the corner of a picture is farther away than it is deep."""
    found = np.zeros(len(targets))
    for wide, high, fx, range_m in np.unique(poses[:, 9:13], axis=0):
        asked = targets.across_px_per_m
        depth = np.minimum(range_m, np.divide(fx, asked, out=np.full(len(asked), range_m), where=asked > 0))
        found = np.maximum(found, depth * np.sqrt(1 + wide**2 + high**2))
    return found


def _as_seen(ground: Ground, stand: Stand, seen: Integers) -> tuple[Floats, Floats, Floats, Integers]:
    """Targets from a lens, by bearing: away, demands, bearing, slot."""
    targets = ground.targets
    east, north = targets.x_m[seen] - stand.x_m, targets.y_m[seen] - stand.y_m
    bearing = np.arctan2(east, north)
    order = np.argsort(bearing, kind="stable")
    away = np.column_stack([east, north, targets.plane_z_m[seen] - stand.z_m])[order]
    demands = np.column_stack([targets.across_px_per_m[seen], targets.along_px_per_m[seen]])[order]
    return away, demands, bearing[order], ground.slot[seen][order]


def _joined(ground: Ground, stand: Stand) -> Booleans:
    """Targets on the stand's level, and pit floors seen from the surface over the rim."""
    targets = ground.targets
    same = np.array([one.scene.level is stand.level for one in targets.requirements], bool)[targets.requirement]
    if stand.level is not Level.SURFACE:
        return np.asarray(same)
    for number, one in enumerate(targets.requirements):
        if one.scene.level is Level.PIT and one.scene.shape.geom_type == "Polygon" and stand.z_m > 0:
            mine = np.flatnonzero(targets.requirement == number)
            same[mine] = _over_rim(stand, one.scene.shape, targets, mine)
    return np.asarray(same)


def _over_rim(stand: Stand, rim: BaseGeometry, targets: Targets, chosen: Integers) -> Booleans:
    """Does the line of sight pass the rim, which is at the site datum, inside it?"""
    above = stand.z_m - targets.plane_z_m[chosen]
    part = np.divide(stand.z_m, above, out=np.zeros(len(above)), where=above > 0)
    x = stand.x_m + part * (targets.x_m[chosen] - stand.x_m)
    y = stand.y_m + part * (targets.y_m[chosen] - stand.y_m)
    shapely.prepare(rim)
    return np.asarray(shapely.contains_xy(rim, x, y))


def prisms_of(surroundings: Surroundings, level: Level, features: Sequence[str]) -> Prisms:
    """What hides something on a level, in convex pieces; ``features`` are the plan features they are numbered by."""
    number = {key: position for position, key in enumerate(features)}
    corners, sizes, heights, feature = [np.empty((0, 2))], [], [], []
    for one in surroundings.standing:
        if one.level is not level or one.obstacle.opacity < HIDING_OPACITY:
            continue
        for part in convex_parts(one.obstacle.base):
            ring = shapely.get_coordinates(shapely.orient_polygons(part).exterior)[:-1]
            corners.append(ring)
            sizes.append(len(ring))
            heights.append((one.obstacle.bottom_m, one.obstacle.top_m))
            feature.append(number[one.plan_key])
    return Prisms(
        corners=np.ascontiguousarray(np.vstack(corners)),
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        heights=np.array(heights).reshape(-1, 2),
        feature=np.array(feature, np.int64),
    )


def pose_on(stand: Stand, azimuth_deg: float, tilt_deg: float) -> Pose:
    """A pose of the stand."""
    return Pose(x_m=stand.x_m, y_m=stand.y_m, z_m=stand.z_m, azimuth_deg=azimuth_deg, tilt_deg=tilt_deg)
