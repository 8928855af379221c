"""Users, for the system administrator."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, status
from pydantic import BaseModel, Field

from access.models import UserAccount
from access.roles import Role
from access.users import NewUser, UserEdit, create_user, edit_user, list_users, reset_password, user_of
from api.access.session import OrganisationRef
from api.dependencies import PageDep, ReadWorkDep, SettingsDep, WorkDep
from api.geometry import In
from foundation.work import Work
from sites.jurisdiction import site_counts

router = APIRouter(prefix="/users", tags=["users"])
UserId = Annotated[int, Path(ge=1, lt=2**63)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=9)]


class UserIn(In):
    """An account to make; without a password one is generated."""

    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    organisation_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    roles: Roles
    password: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class UserPatch(In):
    """What to change of a user."""

    version: int
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    organisation_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    roles: Roles | None = None
    state: Literal["active", "disabled"] | None = None


class UserOut(BaseModel):
    """An account as administrators see it."""

    id: int
    login: str
    name: str
    organisation: OrganisationRef | None
    roles: list[str]
    state: str
    last_signed_in_at: datetime | None
    created_at: datetime
    version: int
    site_count: int


class UserPage(BaseModel):
    """One page of users."""

    items: list[UserOut]
    total: int
    page: int
    size: int


class MadeUserOut(BaseModel):
    """An account with the password that is told this once."""

    user: UserOut
    initial_password: str


@router.get("")
def users(
    work: ReadWorkDep,
    page: PageDep,
    q: Annotated[str | None, Query(max_length=100)] = None,
    role: Role | None = None,
    organisation_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> UserPage:
    """One page of users."""
    text = q.replace("\x00", "") if q else None
    found, total = list_users(work, q=text, role=role, organisation_id=organisation_id, limit=page.size, offset=page.offset)
    return UserPage(items=_outs(work, list(found)), total=total, page=page.number, size=page.size)


@router.post("", status_code=status.HTTP_201_CREATED)
def make_user(work: WorkDep, new: UserIn, settings: SettingsDep) -> MadeUserOut:
    """Make an account."""
    roles = frozenset(role.value for role in new.roles)
    made = create_user(work, NewUser(**new.model_dump(exclude={"roles"}), roles=roles), settings.security)
    return MadeUserOut(user=_outs(work, [made.user])[0], initial_password=made.initial_password)


@router.get("/{user_id}")
def user(work: ReadWorkDep, user_id: UserId) -> UserOut:
    """One user."""
    work.require("read_users")
    return _outs(work, [user_of(work, user_id)])[0]


@router.patch("/{user_id}")
def change_user(work: WorkDep, user_id: UserId, patch: UserPatch) -> UserOut:
    """Change a user."""
    roles = frozenset(role.value for role in patch.roles) if patch.roles is not None else None
    edit = UserEdit(name=patch.name, organisation_id=patch.organisation_id, roles=roles, state=patch.state)
    changed = edit_user(work, user_id, edit, patch.version)
    work.react()
    return _outs(work, [changed])[0]


@router.post("/{user_id}/password-reset")
def new_password(work: WorkDep, user_id: UserId, settings: SettingsDep) -> MadeUserOut:
    """Give a user a new first password."""
    made = reset_password(work, user_id, settings.security)
    return MadeUserOut(user=_outs(work, [made.user])[0], initial_password=made.initial_password)


def _outs(work: Work, found: list[UserAccount]) -> list[UserOut]:
    counts = site_counts(work, [one.id for one in found])
    return [_out(one, counts[one.id]) for one in found]


def _out(one: UserAccount, site_count: int) -> UserOut:
    organisation = one.organisation
    return UserOut(
        id=one.id,
        login=one.login,
        name=one.name,
        organisation=OrganisationRef(id=organisation.id, name=organisation.name) if organisation else None,
        roles=sorted(role.role for role in one.roles),
        state=one.state,
        last_signed_in_at=one.last_signed_in_at,
        created_at=one.created_at,
        version=one.version,
        site_count=site_count,
    )
