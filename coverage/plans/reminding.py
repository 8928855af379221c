"""Reminders: a planned device that is due within a week, or should stand already. Each is written once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, exists, or_, select

from coverage.models import DigitalPlan, PlanItem, PlanReminder
from coverage.states import PlanReminderKind, PlanState
from foundation.clock import business_day
from foundation.jobs import job
from foundation.work import Work
from sites.models import Device, Site
from sites.queries import NOT_EXPECTED

#: Days before the due day from which on somebody is reminded.
SOON_DAYS = 7


@job("remind_of_plans", cron="10 0 * * *")
def remind_of_plans(work: Work) -> None:
    """Every morning, ten past eight in Shanghai."""
    today = business_day(work.now)
    for item in work.session.scalars(_waiting().where(PlanItem.due_on <= today + timedelta(days=SOON_DAYS))).all():
        assert item.due_on is not None
        kind = PlanReminderKind.OVERDUE if item.due_on < today else PlanReminderKind.DUE_SOON
        told = exists().where(PlanReminder.item_id == item.id, PlanReminder.kind == kind.value)
        if not work.session.scalar(select(told)):
            reminder = PlanReminder(site_id=item.site_id, item_id=item.id, kind=kind.value, at=work.now, due_on=item.due_on)
            reminder.responsible = item.responsible
            work.session.add(reminder)


def _waiting() -> Select[PlanItem]:
    """Devices of plans that are carried out, which do not stand, on sites where somebody works."""
    return (
        select(PlanItem)
        .join(DigitalPlan, DigitalPlan.id == PlanItem.plan_id)
        .join(Site, Site.id == PlanItem.site_id)
        .outerjoin(Device, Device.id == PlanItem.device_id)
        .where(
            DigitalPlan.state.in_([PlanState.APPROVED.value, PlanState.EXECUTING.value]),
            Site.state.not_in([state.value for state in NOT_EXPECTED]),
            PlanItem.accepted_at.is_(None),
            or_(PlanItem.device_id.is_(None), Device.retired_at.is_not(None)),
        )
        .order_by(PlanItem.id)
    )
