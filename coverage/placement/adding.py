"""New poles, after tags and turns: chosen on points, measured exactly, chosen again for what the points had flattered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import shapely
from shapely import Point

from coverage.placement.aims import Aim, Stage, bindable, share_of, tags_for
from coverage.placement.choosing import Problem, choose
from coverage.placement.gaining import gains_in_turn
from coverage.placement.places import Drawn, Place, places_for
from coverage.placement.seeing import Ground, Rows, Stand, feature_keys, ground_of, in_row, pose_columns, row_of, rows_from
from coverage.placement.targets import Booleans, Integers, gap_shape, sample_targets
from coverage.placement.values import LONGEST_S, Lens, Unreachable
from coverage.states import UnreachableReason
from coverage.watching import Watched, Watcher
from coverage.what_if import FIRST_IMAGINED
from spatial.cameras.values import Optics, Pose
from spatial.cameras.views import ExactView

#: Rounds of choosing and measuring; the second mends what sampling missed, more are for places that two cameras must see.
MOST_ROUNDS = 4
#: So many cameras are tried to be done without after several rounds.
MOST_SPARED = 3
#: Points are asked for so much more than is required, the first time and each time after.
MARGIN = 0.006
#: Candidate poses that are weighed; with more, places are taken farther apart.
MOST_POSES = 45_000
WIDER = 1.25
#: Worth of a whole requirement, in whole numbers.
WHOLE = 1_000_000
#: Nothing smaller is called unreachable.
SMALLEST_SHARE = 0.005


@dataclass(frozen=True, kw_only=True)
class Added:
    """A camera to put up."""

    place: Place
    pose: Pose
    lens: Lens
    tags: frozenset[str]
    watcher: Watcher


@dataclass(frozen=True, kw_only=True)
class Additions:
    """All of them, and what even they leave."""

    stage: Stage
    cameras: tuple[Added, ...]
    unreachable: tuple[Unreachable, ...]
    places: int
    poses: int
    cut_short: bool


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Everything that could be put up: each stand with each of the poses."""

    places: tuple[Place, ...]
    stands: tuple[Stand, ...]
    poses: tuple[tuple[float, float, Lens], ...]

    def camera(self, row: int, camera_id: int, tags: frozenset[str]) -> Added:
        """A row as the camera it means."""
        stand, (azimuth, tilt, lens) = self.stands[row // len(self.poses)], self.poses[row % len(self.poses)]
        pose = Pose(x_m=stand.x_m, y_m=stand.y_m, z_m=stand.z_m, azimuth_deg=azimuth, tilt_deg=tilt)
        view = ExactView(pose=pose, optics=optics_of(lens))
        watcher = Watcher(camera_id=camera_id, level=stand.level, tags=tags, online=True, continuous=True, view=view)
        place = self.places[row // len(self.poses) // (len(self.stands) // len(self.places))]
        return Added(place=place, pose=pose, lens=lens, tags=tags, watcher=watcher)


def optics_of(lens: Lens) -> Optics:
    """A lens as geometry knows it: square pixels, no distortion."""
    half = np.tan(np.radians(lens.hfov_deg) / 2) * lens.height_px / lens.width_px
    vfov_deg = float(2 * np.degrees(np.arctan(half)))
    return Optics(
        hfov_deg=lens.hfov_deg,
        vfov_deg=vfov_deg,
        width_px=lens.width_px,
        height_px=lens.height_px,
        range_max_m=lens.range_m,
    )


def add_cameras(stage: Stage, aim: Aim, drawn: Sequence[Drawn], began_s: float) -> Additions:
    """Put up cameras until it is enough, the number is used up, or nothing more can be reached."""
    catalogue = stage.picture.catalogue.catalogue
    hopeless = [one for one in aim.unmet(stage) if not bindable(catalogue, one)]
    out = [_unbound(stage, one) for one in hopeless]
    candidates = _candidates(stage, aim, drawn)
    cameras: list[Added] = []
    sight: list[Unreachable] = []
    before, cut, turn = stage, False, 0
    for turn in range(MOST_ROUNDS):
        unmet = [one for one in aim.unmet(stage) if bindable(catalogue, one)]
        if not unmet or not candidates.stands or len(cameras) >= aim.request.most_cameras:
            break
        if turn and time.perf_counter() - began_s > LONGEST_S * 0.6:
            cut = True
            break
        picked, unseen = _round(stage, aim, unmet, candidates, margin=MARGIN * (turn + 1), already=len(cameras))
        if turn == 0:
            sight = unseen
        if not picked:
            break
        cameras += picked
        stage = stage.with_watchers(*(one.watcher for one in picked))
    if turn > 1 and not cut:
        stage, cameras = _spare(before, stage, aim, cameras)
    still = {(one.scene.scene_id, one.element.code) for one in aim.unmet(stage)}
    out += [one for one in sight if (one.scene_id, one.element) in still]
    return Additions(
        stage=stage,
        cameras=tuple(cameras),
        unreachable=tuple(out),
        places=len(candidates.places),
        poses=len(candidates.stands) * len(candidates.poses),
        cut_short=cut,
    )


def _candidates(stage: Stage, aim: Aim, drawn: Sequence[Drawn]) -> Candidates:
    request = aim.request
    levels = frozenset(one.scene.level for one in aim.unmet(stage))
    azimuths = [float(one) for one in np.arange(0, 360, request.azimuth_step_deg)]
    poses = tuple((azimuth, tilt, lens) for lens, tilt, azimuth in product(request.lenses, request.tilts_deg, azimuths))
    per_place = len(poses) * len(request.heights_m)
    places = places_for(stage.picture, drawn, request, levels)
    while len(places) * per_place > MOST_POSES and request.spacing_m < 1_000:
        request = replace(request, spacing_m=request.spacing_m * WIDER)
        places = places_for(stage.picture, drawn, request, levels)
    stands = tuple(
        Stand(x_m=one.x_m, y_m=one.y_m, z_m=one.ground_z_m + height_m, level=one.level)
        for one in places
        for height_m in request.heights_m
    )
    return Candidates(places=tuple(places), stands=stands, poses=poses)


def _round(
    stage: Stage, aim: Aim, unmet: Sequence[Watched], candidates: Candidates, *, margin: float, already: int
) -> tuple[list[Added], list[Unreachable]]:
    keys = feature_keys(stage.picture.surroundings)
    ground = ground_of(stage.picture.surroundings, sample_targets(unmet, keys))
    columns = pose_columns(
        np.array([azimuth for azimuth, _, _ in candidates.poses]),
        np.array([tilt for _, tilt, _ in candidates.poses]),
        [optics_of(lens) for _, _, lens in candidates.poses],
    )
    rows = rows_from(ground, candidates.stands, columns)
    reachable = np.zeros(ground.width, np.uint64)
    np.bitwise_or.at(reachable, rows.index, rows.words)
    problem = _problem(stage, aim, ground, rows, in_row(ground, reachable), margin, already)
    chosen = choose(problem)
    catalogue = stage.picture.catalogue.catalogue
    added = []
    for number, row in enumerate(chosen.picks):
        part = slice(rows.starts[row], rows.starts[row + 1])
        index = rows.index[part][(rows.words[part] & problem.open_words[rows.index[part]]) != 0]
        seen = np.unique(ground.word_requirement[index])
        tags = tags_for(catalogue, {unmet[one].element.code for one in seen})
        added.append(candidates.camera(row, FIRST_IMAGINED - already - number, tags))
    return added, _out_of_sight(stage, ground, in_row(ground, reachable), aim)


def _problem(stage: Stage, aim: Aim, ground: Ground, rows: Rows, reachable: Booleans, margin: float, already: int) -> Problem:
    targets = ground.targets
    counts = targets.counts()
    covered = np.bincount(targets.requirement, targets.covered, len(counts)).astype(np.int64)
    at_all = np.bincount(targets.requirement, ~targets.covered & reachable, len(counts)).astype(np.int64)
    weight = WHOLE // np.maximum(counts, 1)
    if aim.request.goal_share is None:
        goals = np.array([min(1.0, one.element.required_share + margin) for one in targets.requirements])
        left = np.minimum(np.maximum(np.ceil(goals * counts).astype(np.int64) - covered, 1), at_all)
        enough = int(left @ weight)
    else:
        left = at_all
        short = aim.request.goal_share * len(aim.wanted(stage)) - aim.worth(stage)
        enough = min(int(np.ceil((short * (1 + margin) + margin) * WHOLE)), int(left @ weight))
    return Problem(
        rows=rows,
        requirement=ground.word_requirement,
        open_words=row_of(ground, ~targets.covered),
        left=left,
        weight=weight.astype(np.int64),
        enough=enough,
        most=aim.request.most_cameras - already,
    )


def _spare(before: Stage, stage: Stage, aim: Aim, cameras: list[Added]) -> tuple[Stage, list[Added]]:
    """Take away what later rounds have made needless: those that add least are tried, by the exact measure."""
    gains = gains_in_turn(before, [one.watcher for one in cameras])
    added = {
        one.watcher.camera_id: sum(gain.after - gain.before for gain in told) for one, told in zip(cameras, gains, strict=True)
    }
    kept = list(cameras)
    for one in sorted(cameras, key=lambda camera: (added[camera.watcher.camera_id], camera.watcher.camera_id))[:MOST_SPARED]:
        without = stage.without(one.watcher.camera_id)
        as_good = aim.reached(without) if aim.reached(stage) else aim.worth(without) >= aim.worth(stage) - SMALLEST_SHARE / 5
        if as_good:
            stage, kept = without, [other for other in kept if other is not one]
    return stage, kept


def _out_of_sight(stage: Stage, ground: Ground, reachable: Booleans, aim: Aim) -> list[Unreachable]:
    """What keeps requirements from being met however many cameras are put up."""
    targets, counts = ground.targets, ground.targets.counts()
    out: Integers = np.bincount(targets.requirement, ~targets.covered & ~reachable, len(counts)).astype(np.int64)
    found = []
    for number, one in enumerate(targets.requirements):
        share = out[number] / counts[number] if counts[number] else 0.0
        if share < SMALLEST_SHARE or 1 - share >= aim.goal(one):
            continue
        mine = (targets.requirement == number) & ~targets.covered & ~reachable
        half = targets.step_m[number] / 2 * (1 + 1e-9)
        x, y = targets.x_m[mine], targets.y_m[mine]
        cells = shapely.union_all(shapely.box(x - half, y - half, x + half, y + half))
        found.append(_unreachable(stage, one, UnreachableReason.OUT_OF_SIGHT, float(share), gap_shape(one).intersection(cells)))
    return found


def _unbound(stage: Stage, one: Watched) -> Unreachable:
    return _unreachable(stage, one, UnreachableReason.NOTHING_BINDS, 1 - share_of(one), gap_shape(one))


def _unreachable(stage: Stage, one: Watched, reason: UnreachableReason, share: float, shape: object) -> Unreachable:
    return Unreachable(
        scene_id=one.scene.scene_id,
        scene_name=one.scene.name,
        element=one.element.code,
        reason=reason,
        about_share=round(share, 4),
        shape=stage.picture.surroundings.frame.to_storage(shape),
    )


def location_of(stage: Stage, added: Added) -> Point:
    """Where it stands, EPSG:4490."""
    place: Point = stage.picture.surroundings.frame.to_storage(Point(added.pose.x_m, added.pose.y_m))
    return place
