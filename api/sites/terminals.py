"""终端设备: one list of all terminals with state, place, last values and what is wrong; signs of life; quarantine."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response, status
from pydantic import AwareDatetime, BaseModel, Field
from shapely import Point

from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import In, geometry_in, lon_lat
from api.sites.filters import bbox_of
from sites.errors import DeviceNotFound
from sites.heartbeats import hear_of
from sites.models import QuarantinedDevice
from sites.quarantine import quarantined, suggestion_of
from sites.receiving import discard, release
from sites.states import Connectivity, DeviceClass, DeviceFlag, DeviceLogKind, QuarantineReason
from sites.terminals import Terminal, TerminalFilter, count_by, list_terminals, log_of, terminal_of
from spatial.crs import SourceCrs

router = APIRouter(prefix="/devices", tags=["devices"])
DeviceId = Annotated[int, Path(ge=1, lt=2**63)]


class TerminalOut(BaseModel):
    """A terminal as it is known now."""

    id: int
    site_id: int
    site_name: str
    code: str
    name: str
    device_class: DeviceClass
    national_code: str | None
    vendor: str | None
    location: tuple[float, float] | None
    connectivity: Connectivity
    heard_at: datetime | None
    period_s: int
    readings: dict[str, float] | None
    readings_at: datetime | None
    flags: list[DeviceFlag]
    version: int


class TerminalPage(BaseModel):
    """One page of terminals, those off line first."""

    items: list[TerminalOut]
    total: int
    page: int
    size: int


class CountOut(BaseModel):
    """Terminals of one kind."""

    key: str
    total: int
    online: int
    offline: int
    unknown: int


class Statistics(BaseModel):
    """Terminals counted."""

    by: str
    items: list[CountOut]


class LogEntryOut(BaseModel):
    """Something that happened to a device."""

    at: datetime
    kind: DeviceLogKind
    detail: str | None
    who: str


class DeviceLog(BaseModel):
    """What happened to a device, the latest first."""

    items: list[LogEntryOut]


class SignOfLife(In):
    """A device says that it lives, perhaps with values it measured."""

    at: AwareDatetime | None = None
    readings: dict[Annotated[str, Field(min_length=1, max_length=40)], float] = Field(default_factory=dict)


class QuarantinedOut(BaseModel):
    """A device whose place cannot be right."""

    id: int
    site_id: int
    code: str
    name: str
    device_class: DeviceClass
    given: dict[str, Any]
    reason: QuarantineReason
    suggestion: tuple[float, float] | None
    created_at: datetime


class Quarantine(BaseModel):
    """What waits for a decision."""

    items: list[QuarantinedOut]
    total: int


class ReleaseIn(In):
    """Where the device stands: a place, or the suggestion."""

    location: tuple[float, float] | None = None
    location_crs: SourceCrs = SourceCrs.CGCS2000


def terminal_filter(
    q: Annotated[str | None, Query(max_length=100)] = None,
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    district: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    device_class: DeviceClass | None = None,
    state: Connectivity | None = None,
    vendor: Annotated[str | None, Query(max_length=100)] = None,
    flag: DeviceFlag | None = None,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
) -> TerminalFilter:
    """What narrows a list of terminals."""
    return TerminalFilter(
        q=q.replace("\x00", "") if q else None,
        site_id=site_id,
        district=district,
        device_class=device_class,
        connectivity=state,
        vendor=vendor.replace("\x00", "") if vendor else None,
        flag=flag,
        bbox=bbox_of(bbox),
    )


FilterDep = Annotated[TerminalFilter, Depends(terminal_filter)]


@router.get("")
def terminals(work: ReadWorkDep, wanted: FilterDep, page: PageDep) -> TerminalPage:
    """One page of the terminals you may see."""
    work.require("read_sites")
    found, total = list_terminals(work, wanted, limit=page.size, offset=page.offset)
    return TerminalPage(items=[terminal_out(one) for one in found], total=total, page=page.number, size=page.size)


@router.get("/statistics")
def statistics(
    work: ReadWorkDep, wanted: FilterDep, by: Literal["device_class", "vendor", "site"] = "device_class"
) -> Statistics:
    """Terminals counted by class, vendor or site."""
    work.require("read_sites")
    items = [CountOut.model_validate(one, from_attributes=True) for one in count_by(work, wanted, by)]
    return Statistics(by=by, items=items)


@router.get("/quarantine")
def quarantine(work: ReadWorkDep) -> Quarantine:
    """Devices whose places cannot be right, with suggestions."""
    work.require("read_sites")
    items = [quarantined_out(row) for row in quarantined(work)]
    return Quarantine(items=items, total=len(items))


@router.post("/quarantine/{quarantine_id}/release")
def release_one(work: WorkDep, quarantine_id: DeviceId, decided: ReleaseIn) -> TerminalOut:
    """Register the device, at the place given."""
    location = None
    if decided.location is not None:
        point = {"type": "Point", "coordinates": list(decided.location)}
        location = geometry_in(point, "/location", decided.location_crs)
    assert location is None or isinstance(location, Point)
    device = release(work, quarantine_id, location)
    work.react()
    found = terminal_of(work, device.id)
    assert found is not None
    return terminal_out(found)


@router.delete("/quarantine/{quarantine_id}", status_code=status.HTTP_204_NO_CONTENT)
def discard_one(work: WorkDep, quarantine_id: DeviceId) -> Response:
    """Throw it away."""
    discard(work, quarantine_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/{device_id}")
def terminal(work: ReadWorkDep, device_id: DeviceId) -> TerminalOut:
    """One terminal."""
    work.require("read_sites")
    found = terminal_of(work, device_id)
    if found is None:
        raise DeviceNotFound
    return terminal_out(found)


@router.get("/{device_id}/log")
def log(work: ReadWorkDep, device_id: DeviceId) -> DeviceLog:
    """What happened to it."""
    work.require("read_sites")
    if terminal_of(work, device_id) is None:
        raise DeviceNotFound
    rows = log_of(work, device_id)
    return DeviceLog(
        items=[LogEntryOut(at=row.at, kind=DeviceLogKind(row.kind), detail=row.detail, who=row.viewer_name) for row in rows]
    )


@router.post("/{device_id}/heartbeat", status_code=status.HTTP_204_NO_CONTENT)
def heartbeat(work: WorkDep, device_id: DeviceId, sign: SignOfLife) -> Response:
    """A sign of life, from an edge box or a platform with an API key."""
    hear_of(work, device_id, readings=sign.readings, at=sign.at)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def terminal_out(one: Terminal) -> TerminalOut:
    """A terminal as it is answered."""
    device = one.device
    names = set(TerminalOut.model_fields) - {"site_name", "flags", "location"}
    return TerminalOut(
        site_name=one.site_name,
        flags=list(one.flags),
        location=lon_lat(device.location) if device.location is not None else None,
        **{name: getattr(device, name) for name in names},
    )


def quarantined_out(row: QuarantinedDevice) -> QuarantinedOut:
    """A device in quarantine as it is answered."""
    place = suggestion_of(row)
    names = set(QuarantinedOut.model_fields) - {"suggestion"}
    return QuarantinedOut(suggestion=(place.x, place.y) if place else None, **{name: getattr(row, name) for name in names})
