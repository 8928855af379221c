"""Going on in the loop: one verb for all steps. The row is locked, the step possible and this viewer's, and its guard holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from foundation import audit
from foundation.work import Work
from incidents.changes import IncidentMoved
from incidents.clocks import between, due_at, later
from incidents.digest import digest_of
from incidents.errors import (
    ActionNotPossible,
    AlreadyLarge,
    AppealLate,
    IncidentHasMoved,
    IncidentNotFound,
    MasterWrong,
    NotYourStep,
    OwnWorkReviewed,
    PhotoMissing,
    ReasonMissing,
    ReopenLate,
    SuspensionTooLong,
)
from incidents.levels import START_LEVEL
from incidents.models import Incident, IncidentEvidence
from incidents.states import (
    OPEN,
    EvidenceStage,
    IncidentAction,
    IncidentSeverity,
    IncidentState,
    LoopLevel,
)
from incidents.steps import write_step
from incidents.transitions import BY_ACTION, Transition, possible

APPEAL_WITHIN = timedelta(hours=24)
LONGEST_SUSPENSION = timedelta(days=15)
REOPEN_WITHIN = timedelta(days=30)
PHOTO_WITHIN_M = 50.0
#: A second rejection lifts the incident to the next level.
REJECTIONS_TO_ESCALATE = 2
HIGHER = {LoopLevel.SMALL: LoopLevel.MEDIUM, LoopLevel.MEDIUM: LoopLevel.LARGE}


@dataclass(frozen=True, kw_only=True)
class Step:
    """What somebody does, and what it takes."""

    action: IncidentAction
    opinion: str | None = None
    severity: IncidentSeverity | None = None
    master_id: int | None = None
    until: datetime | None = None


def go_on(work: Work, incident_id: int, step: Step, *, version: int) -> Incident:
    """Take a step; the first of two who try at once wins, the other is told that the incident has moved."""
    work.require("handle_incident")
    incident = incident_of(work, incident_id, lock=True)
    if version != incident.version:
        raise IncidentHasMoved(state=incident.state)
    _take(work, incident, step)
    return incident


def incident_of(work: Work, incident_id: int, *, lock: bool = False) -> Incident:
    """The incident, or ``IncidentNotFound`` when it is not the viewer's."""
    statement = select(Incident).where(Incident.id == incident_id)
    incident = work.session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if incident is None:
        raise IncidentNotFound
    return incident


def _take(work: Work, incident: Incident, step: Step) -> None:
    row, before = BY_ACTION.get(step.action), IncidentState(incident.state)
    if row is None or before not in row.sources:
        raise ActionNotPossible(state=before.value, possible=", ".join(one.value for one in possible(before)))
    _require_role(work, incident, row)
    if row.reasoned and step.action is not IncidentAction.SUBMIT and not (step.opinion or "").strip():
        raise ReasonMissing(field="/opinion")
    _stop_clock(work, incident, before)
    if step.action in _EFFECTS:
        _EFFECTS[step.action](work, incident, step)
    if row.target is not None:
        incident.state = row.target.value
        _start_clock(work, incident, step.action)
    written = write_step(work, incident, step.action, before=before.value, opinion=step.opinion)
    audit.record(work, f"incident_{step.action.value}", "incident", incident.id, site_id=incident.site_id)
    work.session.flush()
    if incident.state == IncidentState.CLOSED.value:
        incident.digest = digest_of(work, incident)
    if step.action is IncidentAction.CONFIRM and incident.level == LoopLevel.SMALL.value:
        # a small loop needs nobody to send it on
        _dispatch_at_once(work, incident)
    if step.action is IncidentAction.REJECT and incident.rejections >= REJECTIONS_TO_ESCALATE:
        _lift(work, incident, written.opinion)
    work.announce(IncidentMoved(incident_id=incident.id, site_id=incident.site_id))


def _require_role(work: Work, incident: Incident, row: Transition) -> None:
    roles = row.roles[LoopLevel(incident.level)]
    if work.viewer.system:
        return
    if not work.viewer.roles & {one.value for one in roles}:
        raise NotYourStep(roles=", ".join(one.value for one in roles) or "–")
    if row.action in {IncidentAction.ACCEPT, IncidentAction.SUBMIT, IncidentAction.APPEAL} and (
        incident.responsible_id is not None and work.viewer.organisation_id != incident.responsible_id
    ):
        raise NotYourStep(roles="responsible organisation")


def _confirm(work: Work, incident: Incident, step: Step) -> None:
    if step.severity is not None and step.severity.value != incident.severity:
        incident.severity, incident.level = step.severity.value, START_LEVEL[step.severity].value
    incident.confirmed_at, incident.confirmed_by = work.now, work.viewer.user_id


def _duplicate(work: Work, incident: Incident, step: Step) -> None:
    master = incident_of(work, step.master_id) if step.master_id and step.master_id != incident.id else None
    if master is None or master.site_id != incident.site_id or master.state not in {one.value for one in OPEN}:
        raise MasterWrong(field="/master_id")
    incident.master_id = master.id


def _dispatch(work: Work, incident: Incident, _: Step) -> None:
    incident.dispatched_at = work.now


def _appeal(work: Work, incident: Incident, _: Step) -> None:
    if incident.appealed or incident.dispatched_at is None or work.now - incident.dispatched_at > APPEAL_WITHIN:
        raise AppealLate
    incident.appealed = True


def _uphold(work: Work, incident: Incident, _: Step) -> None:
    if work.viewer.user_id is not None and work.viewer.user_id == incident.confirmed_by:
        raise OwnWorkReviewed


def _submit(work: Work, incident: Incident, step: Step) -> None:
    near = func.ST_DWithin(func.geography(IncidentEvidence.location), func.geography(Incident.location), PHOTO_WITHIN_M)
    photo = work.session.scalar(
        select(IncidentEvidence.id)
        .join(Incident, Incident.id == IncidentEvidence.incident_id)
        .where(
            IncidentEvidence.incident_id == incident.id,
            IncidentEvidence.stage == EvidenceStage.RECTIFIED.value,
            near,
        )
        .limit(1)
    )
    if photo is None and not (step.opinion or "").strip():
        raise PhotoMissing(field="/opinion", limit_m=int(PHOTO_WITHIN_M))
    incident.submitted_at, incident.submitter_organisation_id = work.now, work.viewer.organisation_id


def _review(work: Work, incident: Incident, step: Step) -> None:
    house = work.viewer.organisation_id
    if house is not None and house == incident.submitter_organisation_id:
        raise OwnWorkReviewed
    if step.action is IncidentAction.REJECT:
        incident.rejections += 1
    else:
        incident.closed_at = work.now


def _suspend(work: Work, incident: Incident, step: Step) -> None:
    if step.until is None or not work.now < step.until <= work.now + LONGEST_SUSPENSION:
        raise SuspensionTooLong(field="/until", days=LONGEST_SUSPENSION.days)
    incident.suspended_until = step.until


def _reopen(work: Work, incident: Incident, _: Step) -> None:
    if incident.closed_at is None or work.now - incident.closed_at > REOPEN_WITHIN:
        raise ReopenLate
    incident.closed_at, incident.digest, incident.left_s = None, None, None


def _escalate(_: Work, incident: Incident, __: Step) -> None:
    level = LoopLevel(incident.level)
    if level not in HIGHER:
        raise AlreadyLarge
    incident.level = HIGHER[level].value


_EFFECTS: dict[IncidentAction, Callable[[Work, Incident, Step], None]] = {
    IncidentAction.CONFIRM: _confirm,
    IncidentAction.AUTO_CONFIRM: _confirm,
    IncidentAction.MARK_DUPLICATE: _duplicate,
    IncidentAction.DISPATCH: _dispatch,
    IncidentAction.APPEAL: _appeal,
    IncidentAction.UPHOLD: _uphold,
    IncidentAction.SUBMIT: _submit,
    IncidentAction.REJECT: _review,
    IncidentAction.PASS: _review,
    IncidentAction.SUSPEND: _suspend,
    IncidentAction.REOPEN: _reopen,
    IncidentAction.ESCALATE: _escalate,
}


def _dispatch_at_once(work: Work, incident: Incident) -> None:
    before = incident.state
    incident.state, incident.dispatched_at = IncidentState.DISPATCHED.value, work.now
    _start_clock(work, incident, IncidentAction.DISPATCH)
    write_step(work, incident, IncidentAction.DISPATCH, before=before)


def _lift(work: Work, incident: Incident, opinion: str | None) -> None:
    if LoopLevel(incident.level) in HIGHER:
        _escalate(work, incident, Step(action=IncidentAction.ESCALATE))
        write_step(work, incident, IncidentAction.ESCALATE, before=incident.state, opinion=opinion)


#: States in which the clock of rectifying stands, to go on with what was left.
STANDING = (IncidentState.APPEALING, IncidentState.SUSPENDED)


def _stop_clock(work: Work, incident: Incident, before: IncidentState) -> None:
    if before is IncidentState.RECTIFYING and incident.due_at is not None:
        incident.left_s = between(IncidentSeverity(incident.severity), work.now, incident.due_at)
    if before in STANDING:
        incident.suspended_until = None


def _start_clock(work: Work, incident: Incident, action: IncidentAction) -> None:
    severity, state = IncidentSeverity(incident.severity), IncidentState(incident.state)
    resumed = action in {IncidentAction.RESUME, IncidentAction.REFUSE} and incident.left_s is not None
    if resumed and incident.left_s is not None:
        incident.due_at = later(severity, work.now, max(incident.left_s, 0.0))
    else:
        incident.due_at = due_at(severity, state, work.now)
