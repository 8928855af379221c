"""Reviewing a digital plan, and accepting its devices one by one; with the last of them the plan is closed."""

from __future__ import annotations

from coverage.changes import DigitalPlanProgressed, DigitalPlanReviewed
from coverage.errors import OpinionNeeded, PlanItemAccepted, PlanItemNotInstalled
from coverage.models import DigitalPlan, PlanItem
from coverage.plans.drafting import move, require_state, write_step
from coverage.plans.matching import match_devices
from coverage.plans.predicting import predict
from coverage.plans.reading import item_of, items_of, plan_in_force, plan_of
from coverage.states import ItemState, PlanState, PlanStepKind
from foundation.work import Work
from sites.errors import AuthorCannotReview, OpinionMissing
from sites.queries import site_of


def approve_plan(work: Work, site_id: int, number: int, opinion: str | None, *, version: int) -> DigitalPlan:
    """Put a submitted plan in force. Where a mandatory requirement would stay unmet, the reviewer says why all the same."""
    site = site_of(work, site_id, lock=True)
    plan = _to_review(work, site_id, number, version)
    # cameras may have come and gone since it was handed in: what counts is what it predicts now
    plan.predicted = predict(work, site, plan)
    unmet = int(plan.predicted["unmet"])
    if unmet and not (opinion or "").strip():
        raise OpinionNeeded(field="/opinion", unmet=unmet)
    before = plan_in_force(work, site_id)
    if before is not None:
        move(work, before, PlanState.SUPERSEDED, PlanStepKind.SUPERSEDED)
    _review(work, plan, opinion)
    move(work, plan, PlanState.APPROVED, PlanStepKind.APPROVED, opinion)
    work.session.flush()
    if any(one.state in {ItemState.INSTALLED, ItemState.ACCEPTED} for one in items_of(work, plan)):
        move(work, plan, PlanState.EXECUTING, PlanStepKind.INSTALLED)
    match_devices(work, plan)
    close_if_all_accepted(work, plan)
    work.announce(DigitalPlanReviewed(site_id=site_id, number=number))
    return plan


def return_plan(work: Work, site_id: int, number: int, opinion: str | None, *, version: int) -> DigitalPlan:
    """Send a submitted plan back, saying why."""
    plan = _to_review(work, site_id, number, version)
    if not (opinion or "").strip():
        raise OpinionMissing(field="/opinion")
    _review(work, plan, opinion)
    move(work, plan, PlanState.RETURNED, PlanStepKind.RETURNED, opinion)
    work.announce(DigitalPlanReviewed(site_id=site_id, number=number))
    return plan


def accept_item(work: Work, site_id: int, number: int, item_id: int, *, version: int) -> PlanItem:
    """Accept a device as it stands."""
    work.require("review_digital_plan")
    plan = plan_of(work, site_id, number, version=version, lock=True)
    require_state(plan, PlanState.EXECUTING)
    item = item_of(work, plan, item_id)
    now = next(one for one in items_of(work, plan) if one.item.id == item.id)
    if now.state is ItemState.ACCEPTED:
        raise PlanItemAccepted
    if now.state is not ItemState.INSTALLED:
        raise PlanItemNotInstalled
    if plan.submitted_by is not None and plan.submitted_by == work.viewer.user_id:
        raise AuthorCannotReview
    item.accepted_at, item.accepted_by_name = work.now, work.viewer.name
    write_step(work, plan, PlanStepKind.ITEM_ACCEPTED)
    plan.updated_at = work.now
    close_if_all_accepted(work, plan)
    work.announce(DigitalPlanProgressed(site_id=site_id, number=number))
    return item


def close_if_all_accepted(work: Work, plan: DigitalPlan) -> None:
    """With the last device accepted, the plan is."""
    work.session.flush()
    items = items_of(work, plan)
    if plan.state == PlanState.EXECUTING.value and items and all(one.state is ItemState.ACCEPTED for one in items):
        move(work, plan, PlanState.ACCEPTED, PlanStepKind.ACCEPTED)


def _to_review(work: Work, site_id: int, number: int, version: int) -> DigitalPlan:
    """A submitted plan, and somebody who neither handed it in nor belongs to those who did."""
    work.require("review_digital_plan")
    plan = plan_of(work, site_id, number, version=version, lock=True)
    require_state(plan, PlanState.SUBMITTED)
    viewer = work.viewer
    authors = {one for one in (plan.submitted_by, plan.created_by) if one is not None}
    same_house = plan.organisation_id is not None and plan.organisation_id == viewer.organisation_id
    if viewer.user_id in authors or same_house:
        raise AuthorCannotReview
    return plan


def _review(work: Work, plan: DigitalPlan, opinion: str | None) -> None:
    plan.reviewed_at, plan.opinion = work.now, opinion
    plan.reviewer_id, plan.reviewer_name = work.viewer.user_id, work.viewer.name
