"""Organisations, known by their credit codes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from access.changes import OrganisationChanged
from access.credit_code import checked_credit_code
from access.errors import OrganisationKnown, OrganisationNotFound
from access.models import Organisation
from foundation import audit
from foundation.work import Work


def organisation_of(work: Work, organisation_id: int) -> Organisation:
    """The organisation by id."""
    organisation = work.session.get(Organisation, organisation_id)
    if organisation is None:
        raise OrganisationNotFound(field="/organisation_id")
    return organisation


def find_organisation(work: Work, credit_code: str) -> Organisation:
    """The organisation by its exact credit code: anyone who knows the code may look."""
    code = checked_credit_code(credit_code, field="/credit_code")
    organisation = work.session.scalars(select(Organisation).where(Organisation.credit_code == code)).one_or_none()
    if organisation is None:
        raise OrganisationNotFound(field="/credit_code")
    return organisation


def list_organisations(
    work: Work, *, q: str | None, kind: str | None, limit: int, offset: int
) -> tuple[Sequence[Organisation], int]:
    """One page of organisations."""
    work.require("read_organisations")
    conditions = []
    if q:
        conditions.append(
            or_(Organisation.name.icontains(q, autoescape=True), Organisation.credit_code.icontains(q, autoescape=True))
        )
    if kind:
        conditions.append(Organisation.kind == kind)
    total = work.session.execute(select(func.count(Organisation.id)).where(*conditions)).scalar_one()
    page = select(Organisation).where(*conditions).order_by(Organisation.id).limit(limit).offset(offset)
    return work.session.scalars(page).all(), total


def add_organisation(work: Work, name: str, kind: str, credit_code: str) -> Organisation:
    """Register an organisation."""
    work.require("manage_organisations")
    code = checked_credit_code(credit_code, field="/credit_code")
    if work.session.scalar(select(func.count(Organisation.id)).where(Organisation.credit_code == code)):
        raise OrganisationKnown(field="/credit_code")
    return _add(work, name, kind, code)


def organisation_by_credit_code(work: Work, credit_code: str, *, name: str, kind: str, field: str) -> Organisation:
    """The organisation an opening names, made if it is new. Its stored name wins over the form's."""
    code = checked_credit_code(credit_code, field=field)
    found = work.session.scalars(select(Organisation).where(Organisation.credit_code == code)).one_or_none()
    return found or _add(work, name, kind, code)


def _add(work: Work, name: str, kind: str, code: str) -> Organisation:
    organisation = Organisation(name=name, kind=kind, credit_code=code)
    work.session.add(organisation)
    work.session.flush()
    audit.record(work, "organisation_added", "organisation", organisation.id)
    work.announce(OrganisationChanged(organisation_id=organisation.id))
    return organisation
