"""Measuring a site anew, in the transaction of the edit that changed it, and keeping the history.

A site is measured whole: exact shapes for twenty cameras take a fraction of what incremental machinery would cost to keep right
(spatial-maths.md §1.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2.shape import from_shape
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from coverage.catalogue.editing import catalogue_in_force
from coverage.catalogue.values import NumberedCatalogue, algorithm_tag
from coverage.changes import CoverageMeasured
from coverage.intervals import Interval, share_intervals
from coverage.models import CoverageGap, CoverageResult, Scene, SiteCoverage
from coverage.scenes import watched_scenes
from coverage.states import CoverageView
from coverage.watching import SMALLEST_GAP, Watched, Watcher, measure_site
from foundation.work import Work
from sites.cameras.models import Camera, CameraPose
from sites.cameras.poses import given_of, view_of
from sites.cameras.states import CameraKind, CameraState, Level
from sites.cameras.surroundings import Surroundings, surroundings_of
from sites.models import Device, Site
from sites.queries import site_of
from sites.states import Connectivity
from spatial.crs import STORAGE_SRID
from spatial.frames import SiteFrame

#: Results that differ by less than this are the same, and the history does not grow.
SAME = 1e-6
Bands = dict[tuple[int, str], Interval]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything a site's coverage depends on, read once."""

    site: Site
    surroundings: Surroundings
    scenes: tuple[Scene, ...]
    watchers: tuple[Watcher, ...]
    #: Camera id → standard deviations of its pose, where they are not the installer's.
    sigmas: dict[int, dict[str, float]]
    catalogue: NumberedCatalogue


def picture_of(work: Work, site: Site, catalogue: NumberedCatalogue | None = None) -> Picture:
    """Read a site's scenes, cameras and surroundings."""
    surroundings = surroundings_of(work, site)
    scenes = work.session.scalars(select(Scene).where(Scene.site_id == site.id).order_by(Scene.id)).all()
    rows = work.session.execute(
        select(Camera, CameraPose, Device.connectivity)
        .join(CameraPose, CameraPose.camera_id == Camera.id)
        .join(Device, Device.id == Camera.device_id)
        .where(Camera.site_id == site.id, func.upper_inf(CameraPose.valid))
        .order_by(Camera.id)
    ).all()
    return Picture(
        site=site,
        surroundings=surroundings,
        scenes=tuple(scenes),
        watchers=tuple(watcher_of(camera, pose, connectivity, surroundings.frame) for camera, pose, connectivity in rows),
        sigmas={camera.id: pose.sigmas for camera, pose, _ in rows if pose.sigmas},
        catalogue=catalogue or catalogue_in_force(work),
    )


def watcher_of(camera: Camera, pose: CameraPose, connectivity: str, frame: SiteFrame) -> Watcher:
    """A stored camera as a watcher."""
    kind = CameraKind(camera.kind)
    return Watcher(
        camera_id=camera.id,
        level=Level(camera.level),
        tags=frozenset(camera.tags) | {algorithm_tag(one) for one in camera.algorithms},
        online=connectivity == Connectivity.ONLINE.value,
        continuous=kind is not CameraKind.PTZ,
        view=view_of(given_of(pose), kind, frame) if camera.state == CameraState.READY.value else None,
    )


def measure(picture: Picture, view: CoverageView) -> list[Watched]:
    """Every requirement of the site under one view."""
    scenes = watched_scenes(picture.scenes, picture.surroundings.frame)
    live = view is CoverageView.LIVE
    return measure_site(picture.surroundings, scenes, picture.watchers, picture.catalogue.catalogue, live=live)


def recompute_site(work: Work, site: Site, catalogue: NumberedCatalogue | None = None) -> None:
    """Measure a site under both views and store what changed."""
    picture = picture_of(work, site, catalogue)
    work.session.execute(delete(CoverageGap).where(CoverageGap.site_id == site.id))
    for view in (CoverageView.NOMINAL, CoverageView.LIVE):
        found = measure(picture, view)
        bands = bands_of(picture, found) if view is CoverageView.NOMINAL else {}
        _store_results(work, picture, view, found, bands)
        _store_gaps(work, picture, view, found)
        _store_summary(work, picture, view, found, bands)
    work.session.flush()
    work.announce(CoverageMeasured(site_id=site.id))


def measure_again(work: Work, site_id: int) -> None:
    """Somebody asks for new numbers."""
    work.require("draw_scene")
    recompute_site(work, site_of(work, site_id))


def bands_of(picture: Picture, found: Sequence[Watched]) -> Bands:
    """How sure the shares are."""
    return share_intervals(picture.surroundings, picture.watchers, picture.sigmas, picture.catalogue.catalogue, found)


def _store_results(work: Work, picture: Picture, view: CoverageView, found: Sequence[Watched], bands: Bands) -> None:
    old_rows = work.session.scalars(
        select(CoverageResult).where(
            CoverageResult.site_id == picture.site.id, CoverageResult.view == view.value, func.upper_inf(CoverageResult.valid)
        )
    ).all()
    old = {(row.scene_id, row.element): row for row in old_rows}
    for one in found:
        new = _result(work, picture, view, one, bands.get((one.scene.scene_id, one.element.code)))
        before = old.pop((one.scene.scene_id, one.element.code), None)
        if before is not None and _same(before, new):
            continue
        if before is not None:
            _end(work, before)
        work.session.add(new)
    for gone in old.values():
        _end(work, gone)


def _result(work: Work, picture: Picture, view: CoverageView, one: Watched, band: Interval | None) -> CoverageResult:
    return CoverageResult(
        site_id=picture.site.id,
        scene_id=one.scene.scene_id,
        scene_type=one.scene.scene_type,
        scene_name=one.scene.name,
        element=one.element.code,
        view=view.value,
        mandatory=one.mandatory,
        measure=one.element.measure.value,
        total=one.total,
        covered=one.covered,
        share=one.share,
        share_p05=band.p05 if band else None,
        share_p50=band.p50 if band else None,
        share_p95=band.p95 if band else None,
        required_share=one.element.required_share,
        met=one.met,
        camera_ids=sorted(one.camera_ids),
        causes={gap.cause.value: gap.size for gap in one.gaps},
        catalogue_number=picture.catalogue.number,
        valid=Range(work.now, None, bounds="[)"),
    )


def _same(old: CoverageResult, new: CoverageResult) -> bool:
    plain = ("mandatory", "measure", "required_share", "met", "camera_ids", "scene_type", "scene_name", "catalogue_number")
    if any(getattr(old, name) != getattr(new, name) for name in plain) or old.causes.keys() != new.causes.keys():
        return False
    numbers = ("total", "covered", "share", "share_p05", "share_p50", "share_p95")
    pairs = [(getattr(old, name), getattr(new, name)) for name in numbers]
    pairs += [(old.causes[cause], new.causes[cause]) for cause in new.causes]
    return all((a is None) == (b is None) and (a is None or abs(a - b) <= SAME * max(1.0, abs(a))) for a, b in pairs)


def _end(work: Work, row: CoverageResult) -> None:
    assert row.valid.lower is not None
    if row.valid.lower >= work.now:
        work.session.delete(row)
    else:
        row.valid = Range(row.valid.lower, work.now, bounds="[)")


def _store_gaps(work: Work, picture: Picture, view: CoverageView, found: Sequence[Watched]) -> None:
    store = picture.surroundings.frame.to_storage
    work.session.add_all(
        CoverageGap(
            site_id=picture.site.id,
            scene_id=one.scene.scene_id,
            element=one.element.code,
            view=view.value,
            cause=gap.cause.value,
            mandatory=one.mandatory,
            size=gap.size,
            geom=from_shape(store(gap.shape), srid=STORAGE_SRID),
        )
        for one in found
        for gap in one.gaps
        if gap.size >= SMALLEST_GAP[one.element.measure]
    )


def _store_summary(work: Work, picture: Picture, view: CoverageView, found: Sequence[Watched], bands: Bands) -> None:
    required = [one for one in found if one.mandatory]
    shares = [one.share for one in required if one.share is not None]
    low = [bands[key].p05 for one in required if (key := (one.scene.scene_id, one.element.code)) in bands]
    high = [bands[key].p95 for one in required if (key := (one.scene.scene_id, one.element.code)) in bands]
    work.session.merge(
        SiteCoverage(
            site_id=picture.site.id,
            view=view.value,
            required=len(required),
            met=sum(1 for one in required if one.met),
            unknown=sum(1 for one in required if one.met is None),
            share=sum(shares) / len(shares) if shares else None,
            share_p05=sum(low) / len(low) if low else None,
            share_p95=sum(high) / len(high) if high else None,
            cameras=sum(1 for one in picture.watchers if one.view is not None),
            incomplete=sum(1 for one in picture.watchers if one.view is None),
            catalogue_number=picture.catalogue.number,
            computed_at=work.now,
        )
    )
