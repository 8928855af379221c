"""Reading digital plans: one, a site's, the one in force, and the reviewers' queue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from coverage.errors import DigitalPlanNotFound, PlanItemNotFound
from coverage.models import CoverageResult, DigitalPlan, PlanItem, PlanReminder, PlanStep
from coverage.plans.values import Compared, ItemNow, Progress, item_state
from coverage.results import results_now
from coverage.states import CoverageView, ItemState, PlanState
from foundation.clock import business_day
from foundation.problems import VersionMismatch
from foundation.work import Work
from sites.models import Device, Site
from sites.queries import site_of

#: States of the plan that is being carried out, or was.
IN_FORCE = (PlanState.APPROVED.value, PlanState.EXECUTING.value, PlanState.ACCEPTED.value)
#: States of a plan on which nothing is decided yet.
OPEN = (PlanState.DRAFT.value, PlanState.SUBMITTED.value, PlanState.RETURNED.value)


def plan_of(work: Work, site_id: int, number: int, *, version: int | None = None, lock: bool = False) -> DigitalPlan:
    """One plan of a site; ``version`` must be its present one."""
    site_of(work, site_id)
    wanted = select(DigitalPlan).where(DigitalPlan.site_id == site_id, DigitalPlan.number == number)
    plan = work.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if plan is None:
        raise DigitalPlanNotFound
    if version is not None and plan.version != version:
        raise VersionMismatch(base_version=version, current_version=plan.version)
    return plan


def plans_of(work: Work, site_id: int) -> Sequence[DigitalPlan]:
    """The plans of a site, the latest first."""
    site_of(work, site_id)
    return work.session.scalars(
        select(DigitalPlan).where(DigitalPlan.site_id == site_id).order_by(DigitalPlan.number.desc())
    ).all()


def plan_in_force(work: Work, site_id: int) -> DigitalPlan | None:
    """The plan that was approved last."""
    wanted = select(DigitalPlan).where(DigitalPlan.site_id == site_id, DigitalPlan.state.in_(IN_FORCE))
    return work.session.scalars(wanted.order_by(DigitalPlan.number.desc()).limit(1)).one_or_none()


def open_plan(work: Work, site_id: int) -> DigitalPlan | None:
    """The plan on which nothing is decided yet."""
    wanted = select(DigitalPlan).where(DigitalPlan.site_id == site_id, DigitalPlan.state.in_(OPEN))
    return work.session.scalars(wanted.order_by(DigitalPlan.number.desc()).limit(1)).one_or_none()


def queue(work: Work, state: PlanState | None, *, limit: int, offset: int) -> tuple[list[tuple[DigitalPlan, Site]], int]:
    """Plans of all the viewer's sites in a state, those that wait longest first, and how many there are."""
    conditions = [DigitalPlan.state == state.value] if state is not None else []
    total = work.session.execute(select(func.count(DigitalPlan.id)).where(*conditions)).scalar_one()
    rows = work.session.execute(
        select(DigitalPlan, Site)
        .join(Site, Site.id == DigitalPlan.site_id)
        .where(*conditions)
        .order_by(DigitalPlan.submitted_at.asc().nulls_last(), DigitalPlan.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [(plan, site) for plan, site in rows], total


def items_of(work: Work, plan: DigitalPlan) -> list[ItemNow]:
    """The planned devices, in the order they were given."""
    rows = work.session.execute(
        select(PlanItem, Device)
        .outerjoin(Device, Device.id == PlanItem.device_id)
        .where(PlanItem.plan_id == plan.id)
        .order_by(PlanItem.id)
    ).all()
    today = business_day(work.now)
    return [ItemNow(item=item, device=device, state=item_state(item, device, today)) for item, device in rows]


def item_of(work: Work, plan: DigitalPlan, item_id: int) -> PlanItem:
    """One planned device."""
    item = work.session.scalars(select(PlanItem).where(PlanItem.id == item_id, PlanItem.plan_id == plan.id)).one_or_none()
    if item is None:
        raise PlanItemNotFound
    return item


def steps_of(work: Work, plan: DigitalPlan) -> Sequence[PlanStep]:
    """What was done to a plan, in order."""
    return work.session.scalars(select(PlanStep).where(PlanStep.plan_id == plan.id).order_by(PlanStep.id)).all()


def reminders_of(work: Work, plan: DigitalPlan) -> Sequence[PlanReminder]:
    """Of which devices somebody was reminded, the latest first."""
    wanted = select(PlanReminder).join(PlanItem, PlanItem.id == PlanReminder.item_id).where(PlanItem.plan_id == plan.id)
    return work.session.scalars(wanted.order_by(PlanReminder.at.desc(), PlanReminder.id.desc())).all()


def progress_of_plan(work: Work, site_id: int, number: int) -> Progress:
    """Planned against installed, and what was predicted beside what is."""
    plan = plan_of(work, site_id, number)
    items = items_of(work, plan)
    standing = [one for one in items if one.state in {ItemState.INSTALLED, ItemState.ACCEPTED}]
    actual = {(one.scene_id, one.element): one for one in results_now(work, site_id, CoverageView.NOMINAL)}
    return Progress(
        plan=plan,
        items=tuple(items),
        total=len(items),
        installed=len(standing),
        accepted=sum(1 for one in items if one.state is ItemState.ACCEPTED),
        overdue=sum(1 for one in items if one.state is ItemState.OVERDUE),
        installed_share=len(standing) / len(items) if items else None,
        requirements=_compared(plan, actual),
    )


def _compared(plan: DigitalPlan, actual: dict[tuple[int, str], CoverageResult]) -> tuple[Compared, ...]:
    told = (plan.predicted or {}).get("requirements", [])
    found = []
    for one in told:
        now = actual.get((one["scene_id"], one["element"]))
        found.append(
            Compared(
                scene_id=one["scene_id"],
                scene_name=one["scene_name"],
                element=one["element"],
                mandatory=one["mandatory"],
                required_share=one["required_share"],
                predicted=one["share"],
                actual=now.share if now is not None else None,
            )
        )
    return tuple(found)
