"""Everything a site's coverage depends on, read for one site or for many in as few statements, and measured without storing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import func, select

from coverage.catalogue.editing import catalogue_in_force
from coverage.catalogue.values import NumberedCatalogue, algorithm_tag
from coverage.intervals import Bands, intervals_of_views, share_intervals
from coverage.models import Scene
from coverage.scenes import watched_scenes
from coverage.states import CoverageView
from coverage.watching import Watched, WatchedScene, Watcher, measure_site, measure_views
from foundation.work import Work
from sites.cameras.models import Camera, CameraPose
from sites.cameras.poses import PoseGiven, given_of, view_of
from sites.cameras.states import CameraKind, CameraState, Level
from sites.cameras.surroundings import Surroundings, surroundings_of_many
from sites.models import Device, Site
from sites.states import Connectivity
from spatial.frames import SiteFrame

#: An edit moves one camera; what the others see is remembered.
_view_of = lru_cache(maxsize=16384)(view_of)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A site as coverage sees it."""

    site: Site
    surroundings: Surroundings
    scenes: tuple[Scene, ...]
    watchers: tuple[Watcher, ...]
    #: Camera id → standard deviations of its pose, where they are not the installer's.
    sigmas: dict[int, dict[str, float]]
    catalogue: NumberedCatalogue

    @cached_property
    def watched(self) -> tuple[WatchedScene, ...]:
        """The scenes in the site frame."""
        return tuple(watched_scenes(self.scenes, self.surroundings.frame))


def picture_of(work: Work, site: Site, catalogue: NumberedCatalogue | None = None) -> Picture:
    """Read a site's scenes, cameras and surroundings."""
    return pictures_of(work, [site], catalogue)[0]


def pictures_of(work: Work, sites: Sequence[Site], catalogue: NumberedCatalogue | None = None) -> list[Picture]:
    """Several sites in three statements."""
    ids = [site.id for site in sites]
    surroundings = surroundings_of_many(work, sites)
    scenes: dict[int, list[Scene]] = {site_id: [] for site_id in ids}
    for scene in work.session.scalars(select(Scene).where(Scene.site_id.in_(ids)).order_by(Scene.id)):
        scenes[scene.site_id].append(scene)
    cameras: dict[int, list[Any]] = {site_id: [] for site_id in ids}
    for row in _cameras(work, ids):
        cameras[row.site_id].append(row)
    catalogue = catalogue or catalogue_in_force(work)
    return [
        Picture(
            site=site,
            surroundings=surroundings[site.id],
            scenes=tuple(scenes[site.id]),
            watchers=tuple(watcher_of(row, surroundings[site.id].frame) for row in cameras[site.id]),
            sigmas={row.camera_id: row.sigmas for row in cameras[site.id] if row.sigmas},
            catalogue=catalogue,
        )
        for site in sites
    ]


def watcher_of(row: Any, frame: SiteFrame) -> Watcher:
    """A stored camera as a watcher; ``row`` has the columns of ``_cameras``."""
    kind = CameraKind(row.kind)
    return Watcher(
        camera_id=row.camera_id,
        level=Level(row.level),
        tags=frozenset(row.tags) | {algorithm_tag(one) for one in row.algorithms},
        online=row.connectivity == Connectivity.ONLINE.value,
        continuous=kind is not CameraKind.PTZ,
        view=_view_of(given_of(row), kind, frame) if row.state == CameraState.READY.value else None,
    )


def measure(picture: Picture, view: CoverageView) -> list[Watched]:
    """Every requirement of the site under one view."""
    live = view is CoverageView.LIVE
    return measure_site(picture.surroundings, picture.watched, picture.watchers, picture.catalogue.catalogue, live=live)


def measure_both(picture: Picture) -> dict[CoverageView, list[Watched]]:
    """Every requirement as it stands and as it is on line; one list when everything is."""
    nominal, live = measure_views(picture.surroundings, picture.watched, picture.watchers, picture.catalogue.catalogue)
    return {CoverageView.NOMINAL: nominal, CoverageView.LIVE: live}


def measure_with(picture: Picture, watchers: Sequence[Watcher], view: CoverageView = CoverageView.NOMINAL) -> list[Watched]:
    """Every requirement as it would be with other cameras. Pure: nothing is read and nothing stored."""
    return measure(replace(picture, watchers=tuple(watchers)), view)


def bands_of(picture: Picture, found: Sequence[Watched]) -> Bands:
    """How sure the nominal shares are; cameras imagined count as put up by an installer."""
    return share_intervals(picture.surroundings, picture.watchers, picture.sigmas, picture.catalogue.catalogue, found)


def bands_of_both(picture: Picture, found: Mapping[CoverageView, Sequence[Watched]]) -> dict[CoverageView, Bands]:
    """How sure the shares of both views are."""
    nominal, live = found[CoverageView.NOMINAL], found[CoverageView.LIVE]
    if live is nominal:
        sure = bands_of(picture, nominal)
        return {CoverageView.NOMINAL: sure, CoverageView.LIVE: sure}
    both = intervals_of_views(picture.surroundings, picture.watchers, picture.sigmas, picture.catalogue.catalogue, nominal, live)
    return dict(zip((CoverageView.NOMINAL, CoverageView.LIVE), both, strict=True))


def _cameras(work: Work, site_ids: Sequence[int]) -> Sequence[Any]:
    """Cameras with their poses in force, as plain rows: a site's worth of mapped objects costs more than measuring it."""
    posed = [getattr(CameraPose, name) for name in PoseGiven.__dataclass_fields__ if name != "azimuth_given"]
    camera = [getattr(Camera, name) for name in ("site_id", "kind", "level", "state", "tags", "algorithms")]
    return work.session.execute(
        select(Camera.id.label("camera_id"), *camera, *posed, CameraPose.sigmas, Device.connectivity)
        .join(CameraPose, CameraPose.camera_id == Camera.id)
        .join(Device, Device.id == Camera.device_id)
        .where(Camera.site_id.in_(site_ids), func.upper_inf(CameraPose.valid), Camera.state != CameraState.RETIRED.value)
        .order_by(Camera.id)
    ).all()
