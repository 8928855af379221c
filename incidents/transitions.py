"""The loop as a table (domain.md §4.1): from where, by what, to where, and whose step it is at which level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from access.roles import Role
from incidents.states import OPEN, IncidentAction, IncidentState, LoopLevel

#: Roles of the table by the letters of the design.
CT, SV, OW = Role.CONTRACTOR, Role.SUPERVISING_ENGINEER, Role.OWNER
ST = (Role.STATION_OFFICER, Role.STATION_DIRECTOR)
#: The roles that decide at each level.
DECIDES: Mapping[LoopLevel, tuple[Role, ...]] = {
    LoopLevel.SMALL: (SV,),
    LoopLevel.MEDIUM: (OW,),
    LoopLevel.LARGE: ST,
}
#: Who dispatches; a small loop is dispatched by the system, and by those above it.
DISPATCHES: Mapping[LoopLevel, tuple[Role, ...]] = {
    LoopLevel.SMALL: (SV, OW, *ST),
    LoopLevel.MEDIUM: (OW, *ST),
    LoopLevel.LARGE: ST,
}
CONFIRMS: Mapping[LoopLevel, tuple[Role, ...]] = {
    LoopLevel.SMALL: (SV, OW, *ST),
    LoopLevel.MEDIUM: (OW, *ST),
    LoopLevel.LARGE: (OW, *ST),
}


def _all(*roles: Role) -> Mapping[LoopLevel, tuple[Role, ...]]:
    return dict.fromkeys(LoopLevel, roles)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row. ``target`` None: the state stays. ``system``: our own jobs may do it too."""

    action: IncidentAction
    sources: tuple[IncidentState, ...]
    target: IncidentState | None
    roles: Mapping[LoopLevel, tuple[Role, ...]]
    system: bool = False
    reasoned: bool = False


A, S = IncidentAction, IncidentState
TRANSITIONS = (
    Transition(action=A.CONFIRM, sources=(S.DETECTED,), target=S.CONFIRMED, roles=CONFIRMS),
    Transition(action=A.MARK_FALSE, sources=(S.DETECTED,), target=S.FALSE_ALARM, roles=_all(SV, OW, *ST), reasoned=True),
    Transition(action=A.MARK_DUPLICATE, sources=(S.DETECTED,), target=S.DUPLICATE, roles=_all(SV, *ST), system=True),
    Transition(action=A.AUTO_CONFIRM, sources=(S.DETECTED,), target=S.CONFIRMED, roles=_all(), system=True),
    Transition(action=A.DISPATCH, sources=(S.CONFIRMED,), target=S.DISPATCHED, roles=DISPATCHES, system=True),
    Transition(action=A.ACCEPT, sources=(S.DISPATCHED,), target=S.RECTIFYING, roles=_all(CT)),
    Transition(action=A.APPEAL, sources=(S.DISPATCHED, S.RECTIFYING), target=S.APPEALING, roles=_all(CT), reasoned=True),
    Transition(action=A.UPHOLD, sources=(S.APPEALING,), target=S.VOIDED, roles=DECIDES, reasoned=True),
    Transition(action=A.REFUSE, sources=(S.APPEALING,), target=S.RECTIFYING, roles=DECIDES, reasoned=True),
    Transition(action=A.SUBMIT, sources=(S.RECTIFYING,), target=S.IN_REVIEW, roles=_all(CT), reasoned=True),
    Transition(action=A.REJECT, sources=(S.IN_REVIEW,), target=S.RECTIFYING, roles=DECIDES, reasoned=True),
    Transition(action=A.PASS, sources=(S.IN_REVIEW,), target=S.CLOSED, roles=DECIDES),
    Transition(action=A.SUSPEND, sources=(S.RECTIFYING,), target=S.SUSPENDED, roles=_all(OW, *ST), reasoned=True),
    Transition(action=A.RESUME, sources=(S.SUSPENDED,), target=S.RECTIFYING, roles=_all(OW, *ST), system=True),
    Transition(action=A.REOPEN, sources=(S.CLOSED,), target=S.RECTIFYING, roles=_all(OW, *ST), reasoned=True),
    Transition(action=A.ESCALATE, sources=OPEN, target=None, roles=_all(SV, OW, *ST), system=True),
    Transition(action=A.CANCEL, sources=OPEN, target=S.VOIDED, roles=_all(*ST), reasoned=True),
)
BY_ACTION = {one.action: one for one in TRANSITIONS}


def possible(state: IncidentState) -> tuple[IncidentAction, ...]:
    """What can be done in a state, by anybody."""
    return tuple(one.action for one in TRANSITIONS if state in one.sources)


def allowed(state: IncidentState, level: LoopLevel, roles: frozenset[str]) -> tuple[IncidentAction, ...]:
    """What somebody with these roles may do in a state at a level; guards are looked at when it is done."""
    return tuple(one.action for one in TRANSITIONS if state in one.sources and roles & {role.value for role in one.roles[level]})
