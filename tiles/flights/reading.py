"""Reading flights."""

from __future__ import annotations

from sqlalchemy import select

from foundation.work import Work
from tiles.flights.errors import FlightNotFound
from tiles.flights.models import Flight


def flight_of(work: Work, flight_id: int, *, site_id: int | None = None) -> Flight:
    """One flight that the viewer sees, of that site if one is named."""
    work.require("read_sites")
    found = work.session.scalars(select(Flight).where(Flight.id == flight_id)).one_or_none()
    if found is None or site_id not in {None, found.site_id}:
        raise FlightNotFound
    return found
