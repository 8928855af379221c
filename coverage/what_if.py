"""What would be watched if cameras were aimed otherwise, added or taken away. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coverage.catalogue.values import algorithm_tag
from coverage.recompute import Picture, measure, picture_of
from coverage.states import CoverageView
from coverage.watching import Watched, Watcher
from foundation.work import Work
from sites.cameras.aiming import Footprint, footprint_shown
from sites.cameras.poses import PoseGiven, check_pose, missing_of, view_of
from sites.cameras.states import CameraKind, CameraTag, Level
from sites.queries import site_of

#: Ids of cameras that do not exist yet count down from here.
FIRST_IMAGINED = -1


@dataclass(frozen=True, kw_only=True)
class ImaginedCamera:
    """A camera as it might be. ``camera_id`` is the one it replaces, None for a new one."""

    pose: PoseGiven
    kind: CameraKind = CameraKind.FIXED
    level: Level = Level.SURFACE
    tags: tuple[CameraTag, ...] = ()
    algorithms: tuple[str, ...] = ()
    camera_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A requirement before and after."""

    before: Watched
    after: Watched

    @property
    def gained(self) -> float | None:
        """Share gained; None where nothing can be measured."""
        if self.before.share is None or self.after.share is None:
            return None
        return self.after.share - self.before.share


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What a site would have watched."""

    requirements: tuple[Changed, ...]
    #: Footprint of each imagined camera, in the order given.
    footprints: tuple[Footprint, ...] = field(repr=False)
    #: What each imagined camera lacks.
    missing: tuple[tuple[str, ...], ...] = ()


def imagine(
    work: Work, site_id: int, cameras: Sequence[ImaginedCamera], *, removed: Sequence[int] = (), view: CoverageView
) -> WhatIf:
    """Measure a site with imagined cameras beside, or in place of, those that stand."""
    for position, one in enumerate(cameras):
        check_pose(one.pose, one.kind, field=f"/cameras/{position}/pose")
    picture = picture_of(work, site_of(work, site_id))
    changed = with_imagined(picture, cameras, removed)
    before, after = measure(picture, view), measure(changed, view)
    shown = tuple(footprint_shown(one.pose, one.kind, one.level, picture.surroundings) for one in cameras)
    return WhatIf(
        requirements=tuple(Changed(before=old, after=new) for old, new in zip(before, after, strict=True)),
        footprints=shown,
        missing=tuple(missing_of(one.pose) for one in cameras),
    )


def with_imagined(picture: Picture, cameras: Sequence[ImaginedCamera], removed: Sequence[int] = ()) -> Picture:
    """The picture with other watchers."""
    gone = {*removed, *(one.camera_id for one in cameras if one.camera_id is not None)}
    old = {one.camera_id: one for one in picture.watchers}
    imagined = [
        _watcher(one, picture, old.get(one.camera_id or 0), FIRST_IMAGINED - position) for position, one in enumerate(cameras)
    ]
    return replace(picture, watchers=(*(one for one in picture.watchers if one.camera_id not in gone), *imagined))


def _watcher(one: ImaginedCamera, picture: Picture, old: Watcher | None, imagined_id: int) -> Watcher:
    return Watcher(
        camera_id=one.camera_id or imagined_id,
        level=one.level,
        tags=frozenset(tag.value for tag in one.tags) | {algorithm_tag(number) for number in one.algorithms},
        # one that stands keeps its state; one that does not stand yet is imagined to work
        online=old.online if old is not None else True,
        continuous=one.kind is not CameraKind.PTZ,
        view=view_of(one.pose, one.kind, picture.surroundings.frame),
    )
