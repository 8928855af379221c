"""What a plan's cameras would watch together with those that stand, and the PLANNED view that is kept of it.

The planned view of a site is stored like the others, so that map, lists and history show it without knowing of plans: those that
stand, and of the plan in force what does not stand yet. It is measured anew whenever the site is, and when the plan gets on.
The ids of cameras that are only planned are those of their items, negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from geoalchemy2.shape import from_shape
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from coverage.catalogue.values import algorithm_tag
from coverage.models import CoverageGap, CoverageResult, DigitalPlan, PlanItem, SiteCoverage
from coverage.plans.reading import items_of, plan_in_force
from coverage.plans.values import pose_of
from coverage.recompute import Picture, measure, picture_of
from coverage.states import CoverageView, ItemState
from coverage.watching import SMALLEST_GAP, Watched, Watcher
from foundation.work import Work
from sites.cameras.poses import view_of
from sites.cameras.states import CameraKind, Level
from sites.models import Site
from sites.states import DeviceClass
from spatial.crs import STORAGE_SRID

#: Shares that differ by less are the same.
SAME = 1e-6


def predict(work: Work, site: Site, plan: DigitalPlan) -> dict[str, Any]:
    """The plan's prediction as it is kept with it."""
    picture = with_planned(picture_of(work, site), _ahead(work, plan))
    found = measure(picture, CoverageView.PLANNED)
    required = [one for one in found if one.mandatory]
    shares = [one.share for one in required if one.share is not None]
    return {
        "requirements": [_requirement(one) for one in found],
        "share": sum(shares) / len(shares) if shares else None,
        "required": len(required),
        "met": sum(1 for one in required if one.met),
        "unknown": sum(1 for one in required if one.met is None),
        "unmet": sum(1 for one in required if one.met is False),
        "catalogue_number": picture.catalogue.number,
        "at": work.now.isoformat(),
    }


def with_planned(picture: Picture, items: Sequence[PlanItem]) -> Picture:
    """The site with planned cameras beside those that stand, or in their place where they are to be aimed otherwise."""
    old = {one.camera_id: one for one in picture.watchers}
    planned = [_watcher(one, picture, old) for one in items if one.device_class == DeviceClass.CAMERA.value]
    gone = {one.camera_id for one in planned}
    return replace(picture, watchers=(*(one for one in picture.watchers if one.camera_id not in gone), *planned))


def store_planned(work: Work, site: Site) -> None:
    """Measure the planned view of a site and keep it; without a plan in force there is none."""
    view = CoverageView.PLANNED.value
    work.session.execute(delete(CoverageGap).where(CoverageGap.site_id == site.id, CoverageGap.view == view))
    plan = plan_in_force(work, site.id)
    if plan is None:
        work.session.execute(delete(SiteCoverage).where(SiteCoverage.site_id == site.id, SiteCoverage.view == view))
        _keep(work, site, [])
        return
    picture = with_planned(picture_of(work, site), _ahead(work, plan))
    found = measure(picture, CoverageView.PLANNED)
    _keep(work, site, [_result(work, picture, one) for one in found])
    work.session.add_all(_gaps(picture, found))
    work.session.merge(_summary(work, picture, found))
    work.session.flush()


def _ahead(work: Work, plan: DigitalPlan) -> list[PlanItem]:
    """What of a plan does not stand yet."""
    return [one.item for one in items_of(work, plan) if one.state in {ItemState.PLANNED, ItemState.OVERDUE}]


def _watcher(item: PlanItem, picture: Picture, old: dict[int, Watcher]) -> Watcher:
    kind = CameraKind(item.kind or CameraKind.FIXED.value)
    tags = frozenset(item.tags) | {algorithm_tag(one) for one in item.algorithms}
    standing = old.get(item.camera_id) if item.camera_id is not None else None
    return Watcher(
        camera_id=standing.camera_id if standing is not None else -item.id,
        level=Level(item.level),
        tags=tags | standing.tags if standing is not None else tags,
        online=standing.online if standing is not None else True,
        continuous=kind is not CameraKind.PTZ,
        view=view_of(pose_of(item), kind, picture.surroundings.frame),
    )


def _requirement(one: Watched) -> dict[str, Any]:
    return {
        "scene_id": one.scene.scene_id,
        "scene_name": one.scene.name,
        "element": one.element.code,
        "mandatory": one.mandatory,
        "required_share": one.element.required_share,
        "share": one.share,
        "met": one.met,
    }


def _keep(work: Work, site: Site, new: Sequence[CoverageResult]) -> None:
    """End the results that changed, and begin those that are new."""
    rows = work.session.scalars(
        select(CoverageResult).where(
            CoverageResult.site_id == site.id,
            CoverageResult.view == CoverageView.PLANNED.value,
            func.upper_inf(CoverageResult.valid),
        )
    ).all()
    old = {(row.scene_id, row.element): row for row in rows}
    for one in new:
        before = old.get((one.scene_id, one.element))
        if before is not None and _same(before, one):
            del old[one.scene_id, one.element]
        else:
            work.session.add(one)
    for gone in old.values():
        assert gone.valid.lower is not None
        if gone.valid.lower >= work.now:
            work.session.delete(gone)
        else:
            gone.valid = Range(gone.valid.lower, work.now, bounds="[)")


def _same(old: CoverageResult, new: CoverageResult) -> bool:
    plain = ("scene_type", "scene_name", "mandatory", "measure", "required_share", "met", "camera_ids", "catalogue_number")
    if any(getattr(old, name) != getattr(new, name) for name in plain) or old.causes.keys() != new.causes.keys():
        return False
    pairs = [
        (old.total, new.total),
        (old.covered, new.covered),
        *((old.causes[cause], new.causes[cause]) for cause in new.causes),
    ]
    return (old.share is None) == (new.share is None) and all(abs(a - b) <= SAME * max(1.0, abs(a)) for a, b in pairs)


def _result(work: Work, picture: Picture, one: Watched) -> CoverageResult:
    return CoverageResult(
        site_id=picture.site.id,
        scene_id=one.scene.scene_id,
        scene_type=one.scene.scene_type,
        scene_name=one.scene.name,
        element=one.element.code,
        view=CoverageView.PLANNED.value,
        mandatory=one.mandatory,
        measure=one.element.measure.value,
        total=one.total,
        covered=one.covered,
        share=one.share,
        required_share=one.element.required_share,
        met=one.met,
        camera_ids=sorted(one.camera_ids),
        causes={gap.cause.value: gap.size for gap in one.gaps},
        catalogue_number=picture.catalogue.number,
        valid=Range(work.now, None, bounds="[)"),
    )


def _gaps(picture: Picture, found: Sequence[Watched]) -> list[CoverageGap]:
    store = picture.surroundings.frame.to_storage
    return [
        CoverageGap(
            site_id=picture.site.id,
            scene_id=one.scene.scene_id,
            element=one.element.code,
            view=CoverageView.PLANNED.value,
            cause=gap.cause.value,
            mandatory=one.mandatory,
            size=gap.size,
            geom=from_shape(store(gap.shape), srid=STORAGE_SRID),
        )
        for one in found
        for gap in one.gaps
        if gap.size >= SMALLEST_GAP[one.element.measure]
    ]


def _summary(work: Work, picture: Picture, found: Sequence[Watched]) -> SiteCoverage:
    required = [one for one in found if one.mandatory]
    shares = [one.share for one in required if one.share is not None]
    return SiteCoverage(
        site_id=picture.site.id,
        view=CoverageView.PLANNED.value,
        required=len(required),
        met=sum(1 for one in required if one.met),
        unknown=sum(1 for one in required if one.met is None),
        share=sum(shares) / len(shares) if shares else None,
        cameras=sum(1 for one in picture.watchers if one.view is not None),
        incomplete=sum(1 for one in picture.watchers if one.view is None),
        catalogue_number=picture.catalogue.number,
        computed_at=work.now,
    )
