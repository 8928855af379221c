"""Grants: giving a user a part of the city, and taking it away. ``sites`` resolves them to site ids when they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon
from sqlalchemy import select

from access.changes import GrantsChanged
from access.errors import GrantIncomplete, GrantNotFound, OwnRoles
from access.models import Grant
from access.organisations import organisation_of
from access.users import user_of
from foundation import audit
from foundation.work import Work
from spatial.crs import STORAGE_SRID

#: kind → the member it needs.
NEEDS = {"city": None, "district": "district_code", "organisation": "organisation_id", "polygon": "geometry", "sites": "site_ids"}


@dataclass(frozen=True, kw_only=True)
class NewGrant:
    """A part of the city to give. ``geometry`` is EPSG:4490."""

    kind: str
    district_code: str | None = None
    organisation_id: int | None = None
    geometry: MultiPolygon | None = None
    site_ids: tuple[int, ...] = ()
    valid_to: datetime | None = None


def check_grant(new: NewGrant) -> None:
    """Refuse a grant that lacks what its kind needs."""
    needed = NEEDS[new.kind]
    if needed and not getattr(new, needed):
        raise GrantIncomplete(field=f"/{needed}")


def give_grant(work: Work, user_id: int, new: NewGrant) -> Grant:
    """Give a user a part of the city, as the security administrator; never to oneself."""
    work.require("manage_grants")
    check_grant(new)
    user = user_of(work, user_id)
    if user.id == work.viewer.user_id:
        raise OwnRoles
    if new.organisation_id is not None:
        organisation_of(work, new.organisation_id)
    needed = NEEDS[new.kind]
    grant = Grant(
        user_id=user.id,
        kind=new.kind,
        district_code=new.district_code if needed == "district_code" else None,
        organisation_id=new.organisation_id if needed == "organisation_id" else None,
        geom=from_shape(new.geometry, srid=STORAGE_SRID) if needed == "geometry" and new.geometry else None,
        site_ids=list(new.site_ids) if needed == "site_ids" else None,
        valid_to=new.valid_to,
    )
    work.session.add(grant)
    work.session.flush()
    audit.record(work, "grant_given", "grant", grant.id, user_id=user.id, kind=new.kind)
    work.announce(GrantsChanged(user_ids=(user.id,)))
    return grant


def take_grant(work: Work, grant_id: int) -> None:
    """Take a grant away; what it showed is hidden in the same transaction."""
    work.require("manage_grants")
    grant = work.session.get(Grant, grant_id)
    if grant is None or grant.revoked_at is not None:
        raise GrantNotFound
    grant.revoked_at = work.now
    audit.record(work, "grant_taken", "grant", grant.id, user_id=grant.user_id)
    work.announce(GrantsChanged(user_ids=(grant.user_id,)))


def grants_of(work: Work, user_id: int) -> Sequence[Grant]:
    """The grants a user holds."""
    work.require("read_users")
    user_of(work, user_id)
    held = select(Grant).where(Grant.user_id == user_id, Grant.revoked_at.is_(None))
    return work.session.scalars(held.order_by(Grant.id)).all()
