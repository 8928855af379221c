"""Re-aiming: a camera that stands is turned before a new one is put up. It may lose what nobody needs, never what is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from coverage.catalogue.values import Catalogue
from coverage.placement.aims import Aim, Stage, bindable, tags_for, watcher_by_id
from coverage.placement.seeing import Ground, Prisms, Stand, feature_keys, ground_of, hot_loops, in_row, pose_columns, rows_from
from coverage.placement.targets import Booleans, Floats, Targets, sample_targets
from coverage.watching import Watcher
from sites.cameras.states import Level
from spatial.cameras.values import Projection
from spatial.cameras.views import NO_HEIGHT_M, ExactView, NominalView, foot

#: Turning a camera must add so much to the shares together, or nobody climbs the pole.
WORTH_A_TURN = 0.02
#: So many turns that look good on points may fail the exact measure before no more are tried.
MOST_FAILURES = 6
#: Nothing nominal is wider than this and still has an azimuth worth turning.
WIDEST_TURNED_DEG = 170.0


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A camera and its new aim; ``tilt_deg`` is None for a nominal one, which has none."""

    camera_id: int
    azimuth_deg: float
    tilt_deg: float | None
    tags: frozenset[str]
    before: Stage
    after: Stage


@dataclass(frozen=True, kw_only=True)
class Options:
    """A camera that may be turned: what it sees as it stands, and what it would see."""

    watcher: Watcher
    #: (poses, targets)
    rows: Booleans
    aims: tuple[tuple[float, float | None], ...]


def turn_cameras(stage: Stage, aim: Aim) -> tuple[Stage, list[Turn]]:
    """Turn cameras, each at most once, while that brings the requirements nearer to what is asked."""
    turns: list[Turn] = []
    if not aim.request.re_aim or not aim.unmet(stage):
        return stage, turns
    wanted = [one for one in stage.found if one.mandatory and one.share is not None and bindable(_catalogue(stage), one)]
    keys = feature_keys(stage.picture.surroundings)
    ground = ground_of(stage.picture.surroundings, sample_targets(wanted, keys))
    options = [one for watcher in stage.picture.watchers if (one := _options(ground, watcher, aim)) is not None]
    standing = {one.camera_id: _now(ground, one) for one in stage.picture.watchers}
    banned: set[tuple[int, int]] = set()
    while options and len(banned) < MOST_FAILURES and aim.unmet(stage):
        best = _best(stage, aim, ground, options, standing, banned)
        if best is None:
            break
        option, pose = best
        turn = _turned(stage, ground, option, pose)
        if aim.worth(turn.after) - aim.worth(stage) < WORTH_A_TURN or aim.spoils(stage, turn.after):
            banned.add((option.watcher.camera_id, pose))
            continue
        turns.append(turn)
        stage = turn.after
        standing[option.watcher.camera_id] = option.rows[pose]
        options = [one for one in options if one is not option]
    return stage, turns


def aimed(view: ExactView | NominalView, azimuth_deg: float, tilt_deg: float | None) -> ExactView | NominalView:
    """The same camera, looking elsewhere; level, for nobody mounts a camera askew on purpose."""
    if isinstance(view, NominalView):
        return replace(view, azimuth_deg=azimuth_deg)
    assert tilt_deg is not None
    return replace(view, pose=replace(view.pose, azimuth_deg=azimuth_deg, tilt_deg=tilt_deg, roll_deg=0.0))


def _options(ground: Ground, watcher: Watcher, aim: Aim) -> Options | None:
    request, view = aim.request, watcher.view
    if view is None or not watcher.continuous or watcher.camera_id in request.fixed_camera_ids:
        return None
    azimuths = [float(one) for one in np.arange(0, 360, request.azimuth_step_deg)]
    if isinstance(view, NominalView):
        if view.hfov_deg > WIDEST_TURNED_DEG:
            return None
        aims: list[tuple[float, float | None]] = [(azimuth, None) for azimuth in azimuths]
    elif view.optics.projection is Projection.EQUIDISTANT:
        return None
    else:
        tilts = sorted({*request.tilts_deg, round(view.pose.tilt_deg, 3)})
        aims = [(azimuth, tilt) for tilt in tilts for azimuth in azimuths]
    return Options(watcher=watcher, rows=_seen(ground, watcher, aims), aims=tuple(aims))


def _now(ground: Ground, watcher: Watcher) -> Booleans:
    """What a camera sees as it stands, on the points; fisheyes as the disc they are."""
    view = watcher.view
    if view is None or not watcher.continuous:
        return np.zeros(len(ground.targets), bool)
    if isinstance(view, NominalView):
        return np.asarray(_seen(ground, watcher, [(view.azimuth_deg, None)])[0])
    return np.asarray(_seen(ground, watcher, [(view.pose.azimuth_deg, view.pose.tilt_deg)])[0])


def _seen(ground: Ground, watcher: Watcher, aims: Sequence[tuple[float, float | None]]) -> Booleans:
    view = watcher.view
    if isinstance(view, NominalView):
        return _in_sectors(ground, view, watcher.level, np.array([azimuth for azimuth, _ in aims]))
    assert view is not None
    pose = view.pose
    stand = Stand(x_m=pose.x_m, y_m=pose.y_m, z_m=pose.z_m, level=watcher.level)
    if view.optics.projection is Projection.EQUIDISTANT:
        return np.tile(_in_disc(ground, view), (len(aims), 1))
    tilts = np.array([tilt for _, tilt in aims], float)
    columns = pose_columns(np.array([azimuth for azimuth, _ in aims]), tilts, [view.optics] * len(aims))
    rows = rows_from(ground, [stand], columns)
    full = np.zeros((len(aims), ground.width), np.uint64)
    full[np.repeat(np.arange(len(aims)), np.diff(rows.starts)), rows.index] = rows.words
    return np.array([in_row(ground, one) for one in full])


def _in_sectors(ground: Ground, view: NominalView, level: Level, azimuths: Floats) -> Booleans:
    """Sectors behind which every obstacle is endlessly high."""
    targets, where = ground.targets, foot(view)
    east, north = targets.x_m - where.x, targets.y_m - where.y
    asked = targets.across_px_per_m
    far_m = np.minimum(view.range_m, np.divide(view.fx_px, asked, out=np.full(len(asked), view.range_m), where=asked > 0))
    same = np.array([one.scene.level is level for one in targets.requirements], bool)[targets.requirement]
    open_to_it = same & (np.hypot(east, north) <= far_m) & ~_behind(targets, ground.prisms[level], where.x, where.y)
    off = np.degrees(np.arctan2(east, north)) - azimuths[:, None]
    return np.asarray(open_to_it & (np.abs((off + 180) % 360 - 180) <= view.hfov_deg / 2))


def _behind(targets: Targets, prisms: Prisms, x_m: float, y_m: float) -> Booleans:
    hidden = np.zeros(len(targets), bool)
    if len(prisms.heights) and len(targets):
        places = np.column_stack([targets.x_m, targets.y_m, np.zeros(len(targets))])
        endless = np.tile([-1.0, 1e3], (len(prisms.heights), 1))
        lens = np.array([x_m, y_m, NO_HEIGHT_M])
        hot_loops().hide_targets(lens, places, targets.own_feature, prisms.corners, prisms.first, endless, prisms.feature, hidden)
    return hidden


def _in_disc(ground: Ground, view: ExactView) -> Booleans:
    targets = ground.targets
    flat = np.hypot(targets.x_m - view.pose.x_m, targets.y_m - view.pose.y_m)
    distance = np.hypot(flat, view.pose.z_m - targets.plane_z_m)
    focal = view.optics.width_px / np.radians(view.optics.hfov_deg)
    return np.asarray((distance <= view.optics.range_max_m) & (targets.across_px_per_m * distance <= focal))


def _best(
    stage: Stage,
    aim: Aim,
    ground: Ground,
    options: Sequence[Options],
    standing: dict[int, Booleans],
    banned: set[tuple[int, int]],
) -> tuple[Options, int] | None:
    """The turn that looks best on the points."""
    targets = ground.targets
    needed = np.array([one.element.cameras_needed for one in targets.requirements])[targets.requirement]
    goals = np.array([aim.goal(one) for one in targets.requirements], np.float64) * targets.counts()
    # what the request is not about counts only if it is met: then it is at its goal, and can but lose
    asked = {(one.scene.scene_id, one.element.code) for one in aim.wanted(stage)}
    goals = goals * [one.met or (one.scene.scene_id, one.element.code) in asked for one in targets.requirements]
    seen_by = {one.camera_id: standing[one.camera_id] & _bound(stage, targets, one) for one in stage.picture.watchers}
    total = np.sum(list(seen_by.values()), axis=0) if seen_by else np.zeros(len(targets), int)
    now = _worth(targets, (total >= needed)[None, :], goals)[0]
    best, best_gain = None, WORTH_A_TURN / 2
    binds = np.array([bindable(_catalogue(stage), one) for one in targets.requirements], bool)[targets.requirement]
    for option in options:
        others = total - seen_by[option.watcher.camera_id]
        gains = _worth(targets, others + (option.rows & binds) >= needed, goals) - now
        for pose in np.argsort(-gains, kind="stable")[: MOST_FAILURES + 1]:
            if gains[pose] > best_gain and (option.watcher.camera_id, int(pose)) not in banned:
                best, best_gain = (option, int(pose)), float(gains[pose])
    return best


def _worth(targets: Targets, seen: Booleans, goals: Floats) -> Floats:
    """Shares of all requirements added up, none beyond its goal, for each row."""
    counts = targets.counts()
    first = np.cumsum(counts) - counts
    full = counts > 0
    sums = np.add.reduceat(seen.astype(np.int64), first[full], axis=1)
    return np.asarray((np.minimum(sums, goals[full]) / counts[full]).sum(axis=1))


def _bound(stage: Stage, targets: Targets, watcher: Watcher) -> Booleans:
    catalogue = _catalogue(stage)
    bound = [catalogue.watches(watcher.tags, one.element.code) for one in targets.requirements]
    return np.asarray(np.array(bound, bool)[targets.requirement])


def _turned(stage: Stage, ground: Ground, option: Options, pose: int) -> Turn:
    watcher = watcher_by_id(stage.picture.watchers, option.watcher.camera_id)
    azimuth_deg, tilt_deg = option.aims[pose]
    seen = np.unique(ground.targets.requirement[option.rows[pose] & ~ground.targets.covered])
    elements = {ground.targets.requirements[number].element.code for number in seen}
    added = tags_for(_catalogue(stage), elements, beside=watcher.tags)
    assert watcher.view is not None
    view = aimed(watcher.view, azimuth_deg, tilt_deg)
    after = stage.with_watchers(replace(watcher, view=view, tags=watcher.tags | added))
    return Turn(camera_id=watcher.camera_id, azimuth_deg=azimuth_deg, tilt_deg=tilt_deg, tags=added, before=stage, after=after)


def _catalogue(stage: Stage) -> Catalogue:
    return stage.picture.catalogue.catalogue
