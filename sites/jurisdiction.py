"""Grants resolved to site ids, when they are written: the one place that decides which user sees which site.

A user sees a site through a grant (city, district, organisation, drawn polygon, explicit list), because their organisation
takes part in it now, or because they filed its opening. Resolving on write costs milliseconds then and keeps each later
read an index lookup (architecture.md §6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import ColumnElement, Select, and_, any_, delete, exists, false, func, insert, or_, select, union
from sqlalchemy.orm import aliased

from access.models import Grant, UserAccount, UserRole
from foundation.work import Work
from sites.literals import literal_shape
from sites.models import Participant, PlotFeature, Site, SiteDistrict, SiteViewer
from sites.states import GrantKind

#: Roles that see the sites of their own organisation without any grant.
PARTY_ROLES = ("owner", "contractor", "supervising_engineer")


@dataclass(frozen=True, kw_only=True)
class GrantArea:
    """A part of the city, before or after it is granted to somebody."""

    kind: GrantKind
    district_code: str | None = None
    organisation_id: int | None = None
    #: MultiPolygon, EPSG:4490.
    geom: WKBElement | None = None
    site_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SitePlace:
    """A site as a dot on a map."""

    site_id: int
    name: str
    lon: float
    lat: float


def resolve_grants(work: Work, *, users: Collection[int] | None = None, sites: Collection[int] | None = None) -> None:
    """Bring ``site_viewer`` up to date for these users and sites; for all of either when none are named."""
    with work.session.everything():
        pairs = _entitled(work, users, sites).subquery()
        stale = delete(SiteViewer)
        if users is not None:
            stale = stale.where(SiteViewer.user_id.in_(users))
        if sites is not None:
            stale = stale.where(SiteViewer.site_id.in_(sites))
        work.session.execute(stale)
        work.session.execute(insert(SiteViewer).from_select(["user_id", "site_id"], select(pairs)))


def resolve_all(work: Work) -> None:
    """Resolve every grant of every user anew."""
    resolve_grants(work)


def resolve_expired(work: Work) -> int:
    """Take away what ran out lately: grants past their date, parties past their term. Returns the users looked at."""
    since = work.now - timedelta(hours=1)
    with work.session.everything():
        grants = select(Grant.user_id).where(Grant.valid_to.between(since, work.now))
        left = (
            select(UserAccount.id)
            .join(Participant, Participant.organisation_id == UserAccount.organisation_id)
            .where(func.upper(Participant.valid).between(since, work.now))
        )
        users = work.session.scalars(union(grants, left)).all()
    if users:
        resolve_grants(work, users=users)
    return len(users)


def preview_grant(work: Work, area: GrantArea) -> list[SitePlace]:
    """The sites a grant would show, for the administrator who is about to give it."""
    with work.session.everything():
        rows = work.session.execute(select(Site.id, Site.name, Site.location).where(_inside(work, area)).order_by(Site.id)).all()
    return [_place(*row) for row in rows]


def visible_places(work: Work, user_id: int) -> list[SitePlace]:
    """The sites a user sees now, for the administrator who asks."""
    with work.session.everything():
        rows = work.session.execute(
            select(Site.id, Site.name, Site.location)
            .join(SiteViewer, SiteViewer.site_id == Site.id)
            .where(SiteViewer.user_id == user_id)
            .order_by(Site.id)
        ).all()
    return [_place(*row) for row in rows]


def site_counts(work: Work, user_ids: Collection[int]) -> dict[int, int]:
    """How many sites each user sees."""
    counted = select(SiteViewer.user_id, func.count()).where(SiteViewer.user_id.in_(user_ids))
    found = work.session.execute(counted.group_by(SiteViewer.user_id)).all()
    return dict.fromkeys(user_ids, 0) | dict(found)


def _place(site_id: int, name: str, location: WKBElement) -> SitePlace:
    point = to_shape(location)
    return SitePlace(site_id=site_id, name=name, lon=point.x, lat=point.y)


def _entitled(work: Work, users: Collection[int] | None, sites: Collection[int] | None) -> Select[int, int]:
    """(user id, site id) for every reason to see a site."""
    active = UserAccount.state == "active"
    by_grant = (
        select(Grant.user_id.label("user_id"), Site.id.label("site_id"))
        .join(UserAccount, and_(UserAccount.id == Grant.user_id, active))
        .join(Site, _granted())
        .where(Grant.revoked_at.is_(None), or_(Grant.valid_to.is_(None), Grant.valid_to > work.now))
    )
    party = exists().where(UserRole.user_id == UserAccount.id, UserRole.role.in_(PARTY_ROLES))
    by_party = (
        select(UserAccount.id, Participant.site_id)
        .join(Participant, Participant.organisation_id == UserAccount.organisation_id)
        .where(active, party, Participant.valid.contains(work.now))
    )
    by_filing = select(UserAccount.id, Site.id).join(Site, Site.created_by == UserAccount.id).where(active)
    pairs = union(by_grant, by_party, by_filing).subquery()
    wanted = select(pairs.c.user_id, pairs.c.site_id)
    if users is not None:
        wanted = wanted.where(pairs.c.user_id.in_(users))
    if sites is not None:
        wanted = wanted.where(pairs.c.site_id.in_(sites))
    return wanted


def site_geometry() -> ColumnElement[WKBElement]:
    """A site's best known geometry: its boundary in force, else its rough outline, else its registered point."""
    boundary = aliased(PlotFeature)
    in_force = (
        select(boundary.geom)
        .where(boundary.site_id == Site.id, boundary.layer == "boundary", func.upper_inf(boundary.in_force))
        .correlate(Site)
        .scalar_subquery()
    )
    return func.coalesce(in_force, Site.outline, Site.registered_location)


def _granted() -> ColumnElement[bool]:
    """Does the grant of the row cover the site of the row?"""
    district = exists().where(SiteDistrict.site_id == Site.id, SiteDistrict.district_code == Grant.district_code)
    organisation = exists().where(
        Participant.site_id == Site.id,
        Participant.organisation_id == Grant.organisation_id,
        Participant.valid.contains(func.now()),
    )
    return or_(
        Grant.kind == GrantKind.CITY,
        and_(Grant.kind == GrantKind.DISTRICT, district),
        and_(Grant.kind == GrantKind.ORGANISATION, organisation),
        and_(Grant.kind == GrantKind.POLYGON, func.ST_Intersects(Grant.geom, site_geometry())),
        and_(Grant.kind == GrantKind.SITES, Site.id == any_(Grant.site_ids)),
    )


def _inside(work: Work, area: GrantArea) -> ColumnElement[bool]:
    """Does an area that is not granted yet cover the site of the row?"""
    if area.kind is GrantKind.CITY:
        return Site.id.is_not(None)
    if area.kind is GrantKind.DISTRICT:
        return exists().where(SiteDistrict.site_id == Site.id, SiteDistrict.district_code == area.district_code)
    if area.kind is GrantKind.ORGANISATION:
        return exists().where(
            Participant.site_id == Site.id,
            Participant.organisation_id == area.organisation_id,
            Participant.valid.contains(work.now),
        )
    if area.kind is GrantKind.POLYGON:
        return func.ST_Intersects(literal_shape(area.geom), site_geometry()) if area.geom is not None else false()
    return Site.id.in_(area.site_ids)
