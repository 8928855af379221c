"""Grants: which part of the city a user sees, given and taken by the security administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, status
from geoalchemy2.shape import from_shape
from pydantic import AwareDatetime, BaseModel, Field
from shapely import MultiPolygon, Polygon

from access.grants import NewGrant, check_grant, give_grant, grants_of, take_grant
from access.models import Grant
from access.organisations import organisation_of
from access.users import user_of
from api.access.session import OrganisationRef
from api.access.users import UserId
from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, collection, geojson_or_none, geometry_in
from foundation.work import Work
from sites.jurisdiction import GrantArea, SitePlace, preview_grant, visible_places
from sites.states import GrantKind
from spatial.crs import STORAGE_SRID
from spatial.errors import GeometryNotValid
from spatial.rules.shapes import oriented

router = APIRouter(tags=["grants"])


class GrantIn(In):
    """A part of the city; each kind needs its own member."""

    kind: GrantKind
    district_code: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    organisation_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    geometry: GeoJson | None = None
    site_ids: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(default_factory=list, max_length=5_000)
    valid_to: AwareDatetime | None = None

    def value(self) -> NewGrant:
        """The grant as the domain knows it."""
        new = NewGrant(
            kind=self.kind.value,
            district_code=self.district_code,
            organisation_id=self.organisation_id,
            geometry=_surface(self.geometry),
            site_ids=tuple(self.site_ids),
            valid_to=self.valid_to,
        )
        check_grant(new)
        return new


class GrantOut(BaseModel):
    """A grant a user holds."""

    id: int
    kind: str
    district_code: str | None
    organisation: OrganisationRef | None
    geometry: GeoJson | None
    site_ids: list[int] | None
    site_count: int
    valid_to: datetime | None
    granted_by: OrganisationRef | None
    created_at: datetime


class GrantList(BaseModel):
    """The grants of a user."""

    items: list[GrantOut]
    total: int


class GrantPreview(BaseModel):
    """The sites a grant would show."""

    site_count: int
    sites: GeoJson


@router.get("/users/{user_id}/grants")
def grants(work: ReadWorkDep, user_id: UserId) -> GrantList:
    """The grants a user holds."""
    found = [_out(work, grant) for grant in grants_of(work, user_id)]
    return GrantList(items=found, total=len(found))


@router.post("/users/{user_id}/grants", status_code=status.HTTP_201_CREATED)
def give(work: WorkDep, user_id: UserId, new: GrantIn) -> GrantOut:
    """Give a user a part of the city."""
    return _out(work, give_grant(work, user_id, new.value()))


@router.delete("/grants/{grant_id}", status_code=status.HTTP_204_NO_CONTENT)
def take(work: WorkDep, grant_id: Annotated[int, Path(ge=1, lt=2**63)]) -> None:
    """Take a grant away."""
    take_grant(work, grant_id)


@router.post("/grants/preview")
def preview(work: ReadWorkDep, new: GrantIn) -> GrantPreview:
    """The sites a grant would show."""
    work.require("preview_grants")
    places = preview_grant(work, _area(new.value()))
    return GrantPreview(site_count=len(places), sites=_dots(places))


@router.get("/users/{user_id}/visible-sites")
def visible_to(work: ReadWorkDep, user_id: UserId) -> GrantPreview:
    """The sites a user sees now."""
    work.require("preview_grants")
    places = visible_places(work, user_of(work, user_id).id)
    return GrantPreview(site_count=len(places), sites=_dots(places))


def _surface(geometry: GeoJson | None) -> MultiPolygon | None:
    if geometry is None:
        return None
    shape = oriented(geometry_in(geometry, "/geometry"))
    if isinstance(shape, Polygon):
        shape = MultiPolygon([shape])
    if not isinstance(shape, MultiPolygon) or not shape.is_valid:
        raise GeometryNotValid(field="/geometry", why="A polygon that does not cross itself is needed here.")
    return shape


def _area(new: NewGrant) -> GrantArea:
    return GrantArea(
        kind=GrantKind(new.kind),
        district_code=new.district_code,
        organisation_id=new.organisation_id,
        geom=from_shape(new.geometry, srid=STORAGE_SRID) if new.geometry else None,
        site_ids=new.site_ids,
    )


def _dots(places: Sequence[SitePlace]) -> GeoJson:
    return collection(
        [
            {
                "type": "Feature",
                "id": place.site_id,
                "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
                "properties": {"name": place.name},
            }
            for place in places
        ]
    )


def _out(work: Work, grant: Grant) -> GrantOut:
    organisation = organisation_of(work, grant.organisation_id) if grant.organisation_id else None
    giver = user_of(work, grant.created_by) if grant.created_by else None
    area = GrantArea(
        kind=GrantKind(grant.kind),
        district_code=grant.district_code,
        organisation_id=grant.organisation_id,
        geom=grant.geom,
        site_ids=tuple(grant.site_ids or ()),
    )
    return GrantOut(
        id=grant.id,
        kind=grant.kind,
        district_code=grant.district_code,
        organisation=OrganisationRef(id=organisation.id, name=organisation.name) if organisation else None,
        geometry=geojson_or_none(grant.geom),
        site_ids=grant.site_ids,
        site_count=len(preview_grant(work, area)),
        valid_to=grant.valid_to,
        granted_by=OrganisationRef(id=giver.id, name=giver.name) if giver else None,
        created_at=grant.created_at,
    )
