"""A user account as the viewer that units of work run for."""

from __future__ import annotations

from sqlalchemy import select

from access.models import UserAccount, UserRole
from access.roles import permissions_of
from foundation.viewer import Viewer
from foundation.work import Work


def viewer_of_user(work: Work, user: UserAccount, ip: str | None = None) -> Viewer:
    """The viewer with the user's present roles."""
    roles = frozenset(work.session.scalars(select(UserRole.role).where(UserRole.user_id == user.id)))
    return Viewer(
        user_id=user.id,
        name=user.name,
        organisation_id=user.organisation_id,
        roles=roles,
        permissions=permissions_of(roles),
        ip=ip,
    )
