"""Users: made, changed, disabled; role separation kept; sessions ended when rights go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import selectinload

from access.changes import GrantsChanged
from access.errors import LastAdministrator, LoginTaken, OwnRoles, RolesClash, UserNotFound
from access.models import SignInFailure, UserAccount, UserRole
from access.organisations import organisation_of
from access.passwords import check_password, generate_password, hash_password
from access.roles import ADMINISTRATORS, clashing_roles
from access.sessions import end_sessions_of
from foundation import audit
from foundation.problems import VersionMismatch
from foundation.settings import Security
from foundation.work import Work


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """An account to make. Without a password one is generated."""

    login: str
    name: str
    organisation_id: int | None
    roles: frozenset[str]
    password: str | None = None


@dataclass(frozen=True, kw_only=True)
class MadeUser:
    """An account just made, with the password that is told once."""

    user: UserAccount
    initial_password: str


@dataclass(frozen=True, kw_only=True)
class UserEdit:
    """What to change of a user; ``None`` leaves it."""

    name: str | None = None
    organisation_id: int | None = None
    roles: frozenset[str] | None = None
    state: str | None = None


def user_of(work: Work, user_id: int) -> UserAccount:
    """The user with roles and organisation."""
    wanted = select(UserAccount).where(UserAccount.id == user_id)
    wanted = wanted.options(selectinload(UserAccount.roles), selectinload(UserAccount.organisation))
    # one just made is in the session without its relationships: read it anew
    user = work.session.scalars(wanted, execution_options={"populate_existing": True}).one_or_none()
    if user is None:
        raise UserNotFound
    return user


def list_users(
    work: Work, *, q: str | None, role: str | None, organisation_id: int | None, limit: int, offset: int
) -> tuple[Sequence[UserAccount], int]:
    """One page of users, for administrators."""
    work.require("read_users")
    conditions = []
    if q:
        conditions.append(or_(UserAccount.login.icontains(q, autoescape=True), UserAccount.name.icontains(q, autoescape=True)))
    if role:
        conditions.append(exists().where(UserRole.user_id == UserAccount.id, UserRole.role == role))
    if organisation_id is not None:
        conditions.append(UserAccount.organisation_id == organisation_id)
    total = work.session.execute(select(func.count(UserAccount.id)).where(*conditions)).scalar_one()
    page = (
        select(UserAccount)
        .where(*conditions)
        .options(selectinload(UserAccount.roles), selectinload(UserAccount.organisation))
        .order_by(UserAccount.id)
        .limit(limit)
        .offset(offset)
    )
    return work.session.scalars(page).all(), total


def create_user(work: Work, new: NewUser, security: Security) -> MadeUser:
    """Make an account, as the system administrator."""
    work.require("manage_users")
    return add_account(work, new, security)


def add_account(work: Work, new: NewUser, security: Security) -> MadeUser:
    """Make an account without asking who does it; for ``create_user`` and for accounts that come with a site."""
    login = new.login.strip().lower()
    _require_compatible(new.roles)
    if work.session.scalar(select(exists().where(UserAccount.login == login))):
        raise LoginTaken(field="/login")
    if new.organisation_id is not None:
        organisation_of(work, new.organisation_id)
    password = new.password or generate_password()
    check_password(password, login, field="/password")
    user = UserAccount(
        login=login,
        name=new.name,
        organisation_id=new.organisation_id,
        password_hash=hash_password(password, security),
        password_set_at=work.now,
        roles=[UserRole(role=role) for role in sorted(new.roles)],
    )
    work.session.add(user)
    work.session.flush()
    audit.record(work, "user_created", "user", user.id, roles=sorted(new.roles))
    work.announce(GrantsChanged(user_ids=(user.id,)))
    return MadeUser(user=user_of(work, user.id), initial_password=password)


def edit_user(work: Work, user_id: int, edit: UserEdit, version: int) -> UserAccount:
    """Change a user; a change of roles, organisation or state ends their sessions."""
    work.require("manage_users")
    user = user_of(work, user_id)
    if user.version != version:
        raise VersionMismatch(base_version=version, current_version=user.version)
    if user.id == work.viewer.user_id and (edit.roles is not None or edit.state is not None):
        raise OwnRoles
    _keep_an_administrator(work, user, edit)
    user.name = edit.name or user.name
    if edit.organisation_id is not None:
        user.organisation_id = organisation_of(work, edit.organisation_id).id
    if edit.roles is not None:
        _require_compatible(edit.roles)
        user.roles = [UserRole(role=role) for role in sorted(edit.roles)]
    if edit.state is not None:
        user.state = edit.state
        if edit.state == "active":
            user.last_signed_in_at = work.now
    if edit.roles is not None or edit.state is not None or edit.organisation_id is not None:
        end_sessions_of(work, user.id)
    audit.record(work, "user_edited", "user", user.id, state=user.state, roles=sorted(one.role for one in user.roles))
    work.announce(GrantsChanged(user_ids=(user.id,)))
    work.session.flush()
    work.session.expire(user)
    return user_of(work, user.id)


def reset_password(work: Work, user_id: int, security: Security) -> MadeUser:
    """Give a user a new first password, end their sessions and lift a lock."""
    work.require("manage_users")
    user = user_of(work, user_id)
    password = generate_password()
    user.password_hash, user.password_set_at = hash_password(password, security), work.now
    user.must_change_password = True
    for failure in work.session.scalars(select(SignInFailure).where(SignInFailure.login == user.login)):
        work.session.delete(failure)
    end_sessions_of(work, user.id)
    audit.record(work, "password_reset", "user", user.id)
    work.session.flush()
    return MadeUser(user=user, initial_password=password)


def _require_compatible(roles: frozenset[str]) -> None:
    if clashing_roles(roles):
        raise RolesClash(field="/roles")


def _keep_an_administrator(work: Work, user: UserAccount, edit: UserEdit) -> None:
    """Refuse to take the last active administrator of a kind away."""
    held = {one.role for one in user.roles} & {role.value for role in ADMINISTRATORS}
    losing = held if edit.state == "disabled" else held - (edit.roles if edit.roles is not None else held)
    for role in losing:
        others = (
            select(func.count(UserAccount.id))
            .join(UserRole, UserRole.user_id == UserAccount.id)
            .where(UserRole.role == role, UserAccount.state == "active", UserAccount.id != user.id)
        )
        if not work.session.scalar(others):
            raise LastAdministrator(role=role)
