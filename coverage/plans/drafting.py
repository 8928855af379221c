"""Making a digital plan: a draft, its devices, the next version, its submission."""

from __future__ import annotations

from collections.abc import Sequence

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import func, select

from coverage.errors import (
    DigitalPlanOpen,
    PlanEmpty,
    PlanItemAccepted,
    PlanItemNotFound,
    PlanItemOutsideSite,
    PlanItemWithoutPlace,
    PlanStateForbids,
)
from coverage.models import DigitalPlan, PlanItem, PlanStep
from coverage.plans.predicting import predict
from coverage.plans.reading import items_of, open_plan, plan_of
from coverage.plans.values import ItemGiven, stored_pose
from coverage.states import PlanState, PlanStepKind
from foundation import audit
from foundation.work import Work
from sites.cameras.aiming import camera_of
from sites.cameras.poses import check_pose
from sites.cameras.surroundings import surroundings_of
from sites.errors import SiteNotPlotted
from sites.models import Site
from sites.queries import site_of
from sites.states import DeviceClass
from spatial.crs import STORAGE_SRID

#: A planned device may stand on the boundary itself, whose corners are given to the decimetre.
ON_THE_BOUNDARY_M = 1.0
#: States from which a plan may be submitted, and in which its devices are changed in place.
EDITABLE = (PlanState.DRAFT, PlanState.RETURNED)
#: States from which an edit makes the next version.
DECIDED = (PlanState.APPROVED, PlanState.EXECUTING, PlanState.ACCEPTED)


def draft_plan(work: Work, site_id: int, items: Sequence[ItemGiven], note: str | None = None) -> DigitalPlan:
    """Begin the next plan of a site. While one is not decided there is no other."""
    work.require("plan_devices")
    site = site_of(work, site_id, lock=True)
    undecided = open_plan(work, site_id)
    if undecided is not None:
        raise DigitalPlanOpen(number=undecided.number)
    return _draft(work, site, items, note)


def put_items(
    work: Work, site_id: int, number: int, items: Sequence[ItemGiven], note: str | None, *, version: int
) -> DigitalPlan:
    """Replace the devices of a draft or a returned plan; of an approved one this makes the next version, as a draft."""
    work.require("plan_devices")
    site = site_of(work, site_id, lock=True)
    plan = plan_of(work, site_id, number, version=version, lock=True)
    require_state(plan, *EDITABLE, *DECIDED)
    if PlanState(plan.state) in DECIDED:
        undecided = open_plan(work, site_id)
        if undecided is not None:
            raise DigitalPlanOpen(number=undecided.number)
        return _draft(work, site, items, note, before=plan)
    _check(work, site, items)
    _store_items(work, plan, items, {one.item.id: one.item for one in items_of(work, plan)})
    plan.note = note
    # the plan is what callers lock on: other devices make another version of it
    plan.updated_at = work.now
    write_step(work, plan, PlanStepKind.CHANGED)
    return plan


def submit_plan(work: Work, site_id: int, number: int, *, version: int) -> DigitalPlan:
    """Hand a plan to review, with what it predicts."""
    work.require("plan_devices")
    site = site_of(work, site_id)
    plan = plan_of(work, site_id, number, version=version, lock=True)
    require_state(plan, *EDITABLE)
    items = items_of(work, plan)
    if not items:
        raise PlanEmpty(field="/items")
    plan.predicted = predict(work, site, plan)
    plan.submitted_at, plan.submitted_by = work.now, work.viewer.user_id
    plan.organisation_id = work.viewer.organisation_id
    move(work, plan, PlanState.SUBMITTED, PlanStepKind.SUBMITTED)
    return plan


def require_state(plan: DigitalPlan, *possible: PlanState) -> None:
    """Refuse a step that the plan's state does not allow."""
    if plan.state not in {one.value for one in possible}:
        raise PlanStateForbids(state=plan.state, possible=", ".join(one.value for one in possible))


def move(work: Work, plan: DigitalPlan, state: PlanState, action: PlanStepKind, opinion: str | None = None) -> None:
    """Bring a plan into another state, and write down who did."""
    before, plan.state = plan.state, state.value
    write_step(work, plan, action, before=before, opinion=opinion)


def write_step(
    work: Work, plan: DigitalPlan, action: PlanStepKind, *, before: str | None = None, opinion: str | None = None
) -> None:
    """Add to the log of a plan."""
    work.session.flush()
    work.session.add(
        PlanStep(
            site_id=plan.site_id,
            plan_id=plan.id,
            at=work.now,
            viewer_id=work.viewer.user_id,
            viewer_name=work.viewer.name,
            action=action.value,
            from_state=before or plan.state,
            to_state=plan.state,
            opinion=opinion,
        )
    )
    audit.record(work, f"digital_plan_{action.value}", "digital_plan", plan.id, site_id=plan.site_id, number=plan.number)


def _draft(
    work: Work, site: Site, items: Sequence[ItemGiven], note: str | None, before: DigitalPlan | None = None
) -> DigitalPlan:
    _check(work, site, items)
    latest = work.session.scalar(select(func.max(DigitalPlan.number)).where(DigitalPlan.site_id == site.id)) or 0
    plan = DigitalPlan(site_id=site.id, number=latest + 1, state=PlanState.DRAFT.value, author_name=work.viewer.name, note=note)
    work.session.add(plan)
    work.session.flush()
    origins = {one.item.id: one.item for one in items_of(work, before)} if before is not None else {}
    _store_items(work, plan, items, origins)
    write_step(work, plan, PlanStepKind.DRAFTED)
    return plan


def _check(work: Work, site: Site, items: Sequence[ItemGiven]) -> None:
    if site.in_force_number is None:
        raise SiteNotPlotted(plotting_state=site.plotting_state, rules=[])
    surroundings = surroundings_of(work, site)
    for position, one in enumerate(items):
        field = f"/items/{position}"
        if one.pose is not None:
            check_pose(one.pose, one.kind, field=f"{field}/pose")
        if one.camera_id is not None and camera_of(work, one.camera_id).site_id != site.id:
            raise PlanItemNotFound(field=f"{field}/camera_id")
        place = place_of(one)
        if place is None:
            raise PlanItemWithoutPlace(field=f"{field}/location")
        distance_m = float(surroundings.boundary.distance(surroundings.frame.to_local(place)))
        if distance_m > ON_THE_BOUNDARY_M:
            where = f"{field}/pose/location" if one.pose is not None and one.pose.location is not None else f"{field}/location"
            raise PlanItemOutsideSite(field=where, at=(place.x, place.y), name=one.name, distance_m=distance_m)


def place_of(one: ItemGiven) -> Point | None:
    """Where a planned device is to stand."""
    if one.pose is not None and one.pose.location is not None:
        return one.pose.location
    return one.location


def _store_items(work: Work, plan: DigitalPlan, items: Sequence[ItemGiven], known: dict[int, PlanItem]) -> None:
    """Items named by their id keep their device; those of an earlier plan are copied. The rest go, or are new."""
    kept = set()
    for position, one in enumerate(items):
        old = known.get(one.item_id) if one.item_id is not None else None
        if one.item_id is not None and old is None:
            raise PlanItemNotFound(field=f"/items/{position}/item_id")
        if old is not None and old.accepted_at is not None and old.device_class != one.device_class.value:
            raise PlanItemAccepted(field=f"/items/{position}/device_class")
        row = old if old is not None and old.plan_id == plan.id else PlanItem(site_id=plan.site_id, plan_id=plan.id)
        _fill(row, one)
        if old is not None and row is not old:
            row.device_id, row.installed_at, row.matched = old.device_id, old.installed_at, old.matched
            row.accepted_at, row.accepted_by_name = old.accepted_at, old.accepted_by_name
        work.session.add(row)
        work.session.flush()
        kept.add(row.id)
    for one_left in [item for item in known.values() if item.plan_id == plan.id and item.id not in kept]:
        work.session.delete(one_left)
    work.session.flush()


def _fill(row: PlanItem, given: ItemGiven) -> None:
    place = place_of(given)
    assert place is not None
    camera = given.device_class is DeviceClass.CAMERA
    row.name, row.device_class = given.name, given.device_class.value
    row.location = from_shape(place, srid=STORAGE_SRID)
    row.kind, row.level = given.kind.value if camera else None, given.level.value
    row.pose = stored_pose(given.pose) if camera else None
    row.tags = [tag.value for tag in dict.fromkeys(given.tags)]
    row.algorithms = list(dict.fromkeys(given.algorithms))
    row.camera_id = given.camera_id if camera else None
    row.due_on, row.responsible = given.due_on, given.responsible
