"""Organisations."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, status
from pydantic import BaseModel, Field

from access.models import Organisation
from access.organisations import add_organisation, find_organisation, list_organisations
from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import In

router = APIRouter(prefix="/organisations", tags=["organisations"])
Kind = Literal["authority", "owner", "contractor", "supervising_engineer", "design", "other"]


class OrganisationIn(In):
    """An organisation to register."""

    name: Annotated[str, Field(min_length=2, max_length=200)]
    kind: Kind
    credit_code: Annotated[str, Field(min_length=18, max_length=18)]


class OrganisationOut(BaseModel):
    """An organisation."""

    id: int
    name: str
    kind: str
    credit_code: str
    version: int


class OrganisationPage(BaseModel):
    """One page of organisations."""

    items: list[OrganisationOut]
    total: int
    page: int
    size: int


@router.get("")
def organisations(
    work: ReadWorkDep, page: PageDep, q: Annotated[str | None, Query(max_length=100)] = None, kind: Kind | None = None
) -> OrganisationPage:
    """One page of organisations."""
    text = q.replace("\x00", "") if q else None
    found, total = list_organisations(work, q=text, kind=kind, limit=page.size, offset=page.offset)
    return OrganisationPage(items=[_out(one) for one in found], total=total, page=page.number, size=page.size)


@router.post("", status_code=status.HTTP_201_CREATED)
def register(work: WorkDep, new: OrganisationIn) -> OrganisationOut:
    """Register an organisation."""
    return _out(add_organisation(work, new.name, new.kind, new.credit_code))


@router.get("/by-credit-code/{credit_code}")
def by_credit_code(work: ReadWorkDep, credit_code: Annotated[str, Path(max_length=40)]) -> OrganisationOut:
    """The organisation with exactly this code; 422 when the code itself is wrong."""
    return _out(find_organisation(work, credit_code.replace("\x00", "")))


def _out(one: Organisation) -> OrganisationOut:
    return OrganisationOut(id=one.id, name=one.name, kind=one.kind, credit_code=one.credit_code, version=one.version)
