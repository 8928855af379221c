"""Suggesting what to do about a site's unmet requirements: tags first, then turns, then new poles. Nothing is stored."""

from __future__ import annotations

import time
from dataclasses import replace

from coverage.errors import PlacementImpossible
from coverage.placement.adding import Added, Additions, add_cameras, location_of
from coverage.placement.aims import Aim, Stage, algorithms_in, camera_tags, watcher_by_id
from coverage.placement.gaining import gains_between, gains_in_turn
from coverage.placement.places import drawn_in
from coverage.placement.tagging import fix_tags
from coverage.placement.turning import Turn, turn_cameras
from coverage.placement.values import NewCamera, PlacementRequest, ReAim, Suggestion
from coverage.recompute import picture_of
from coverage.what_if import Changed
from foundation.work import Work
from sites.cameras.aiming import footprint_shown, pose_now
from sites.cameras.poses import PoseGiven, given_of
from sites.cameras.states import CameraKind
from sites.queries import site_of


def suggest_cameras(work: Work, site_id: int, request: PlacementRequest) -> Suggestion:
    """What to do so that the mandatory requirements of a site are met with as few new cameras as can be found.

    The same site and request always have the same answer, unless time ran out, which the answer says. Cameras that stand stay
    where they are; every share told is measured exactly.
    """
    work.require("plan_devices")
    return suggest_for(work, site_id, request)


def suggest_for(work: Work, site_id: int, request: PlacementRequest) -> Suggestion:
    """The same for whoever sees the site: reports tell it to those who plan nothing."""
    began_s = time.perf_counter()
    picture = picture_of(work, site_of(work, site_id))
    start, aim = Stage.of(picture), Aim(request=request)
    tagged, fixes = fix_tags(start, aim)
    turned, turns = turn_cameras(tagged, aim)
    added = add_cameras(turned, aim, drawn_in(work, picture), began_s)
    if not added.places and request.most_cameras and aim.unmet(turned) and not fixes and not turns:
        raise PlacementImpossible(field="/forbidden" if request.forbidden else None)
    pairs = zip(start.found, added.stage.found, strict=True)
    return Suggestion(
        tag_fixes=tuple(fixes),
        re_aims=tuple(_re_aim(work, one) for one in turns),
        new_cameras=_new_cameras(turned, added),
        predicted=tuple(Changed(before=before, after=after) for before, after in pairs),
        unreachable=added.unreachable,
        reached=aim.reached(added.stage),
        cut_short=added.cut_short,
        places=added.places,
        poses=added.poses,
    )


def _re_aim(work: Work, turn: Turn) -> ReAim:
    """A turn as the pose to be given to the camera that stands."""
    picture = turn.after.picture
    old = given_of(pose_now(work, turn.camera_id))
    pose = replace(old, azimuth_deg=turn.azimuth_deg)
    if turn.tilt_deg is not None:
        pose = replace(pose, tilt_deg=turn.tilt_deg, roll_deg=0.0)
    watcher = watcher_by_id(picture.watchers, turn.camera_id)
    return ReAim(
        camera_id=turn.camera_id,
        pose=pose,
        level=watcher.level,
        tags=camera_tags(turn.tags),
        algorithms=algorithms_in(turn.tags),
        footprint=footprint_shown(pose, CameraKind.FIXED, watcher.level, picture.surroundings),
        gains=gains_between(turn.before, turn.after),
    )


def _new_cameras(before: Stage, added: Additions) -> tuple[NewCamera, ...]:
    """Each with what it adds to those before it."""
    surroundings = before.picture.surroundings
    gains = gains_in_turn(before, [one.watcher for one in added.cameras])
    found = []
    for one, gained in zip(added.cameras, gains, strict=True):
        pose = pose_of(before, one)
        found.append(
            NewCamera(
                place=one.place.kind,
                pose=pose,
                level=one.watcher.level,
                tags=camera_tags(one.tags),
                algorithms=algorithms_in(one.tags),
                footprint=footprint_shown(pose, CameraKind.FIXED, one.watcher.level, surroundings),
                gains=gained,
            )
        )
    return tuple(found)


def pose_of(stage: Stage, one: Added) -> PoseGiven:
    """The pose as a registration would give it."""
    return PoseGiven(
        location=location_of(stage, one),
        height_m=one.pose.z_m,
        azimuth_deg=one.pose.azimuth_deg,
        tilt_deg=one.pose.tilt_deg,
        hfov_deg=one.lens.hfov_deg,
        range_m=one.lens.range_m,
        width_px=one.lens.width_px,
        height_px=one.lens.height_px,
    )
