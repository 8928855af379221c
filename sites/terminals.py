"""终端设备动态: what is known of every terminal now, what is wrong with it, and how many of each kind there are (M15, M46)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from foundation.work import Work
from sites.models import Device, DeviceLogEntry, PlotFeature, Site, SiteDistrict
from sites.states import Connectivity, DeviceClass, DeviceFlag
from spatial.crs import STORAGE_SRID
from spatial.plan_layers import PlanLayer

#: A device further outside its site than this is flagged, metres (M15).
OUTSIDE_M = 20.0
#: Devices of one class nearer to one another than this stand on one coordinate, metres.
STACKED_M = 0.5
#: A terminal that is on line and reported no value for so long sends data that nobody uses.
SILENT_AFTER = timedelta(hours=24)
#: Classes that report values.
MEASURING = (DeviceClass.DUST_MONITOR.value, DeviceClass.TURNSTILE.value)


@dataclass(frozen=True, kw_only=True)
class TerminalFilter:
    """Which terminals a list asks for; every member narrows it."""

    q: str | None = None
    site_id: int | None = None
    district: str | None = None
    device_class: DeviceClass | None = None
    connectivity: Connectivity | None = None
    vendor: str | None = None
    flag: DeviceFlag | None = None
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A device with its site's name and what is wrong with it."""

    device: Device
    site_name: str
    flags: tuple[DeviceFlag, ...]


@dataclass(frozen=True, kw_only=True)
class Count:
    """Terminals of one kind, and how many of them are on line, off line, never heard of."""

    key: str
    total: int
    online: int
    offline: int
    unknown: int


def list_terminals(work: Work, wanted: TerminalFilter, *, limit: int, offset: int) -> tuple[list[Terminal], int]:
    """A page of terminals, those off line first, and how many match in all."""
    conditions = _matching(work, wanted)
    total = work.session.execute(select(func.count(Device.id)).where(*conditions)).scalar_one()
    worst_first = case({Connectivity.OFFLINE.value: 0, Connectivity.UNKNOWN.value: 1}, value=Device.connectivity, else_=2)
    rows = work.session.execute(
        _with_flags(work).where(*conditions).order_by(worst_first, Device.code, Device.id).limit(limit).offset(offset)
    ).all()
    return [_terminal(*row) for row in rows], total


def terminal_of(work: Work, device_id: int) -> Terminal | None:
    """One terminal; None when it is not the viewer's."""
    row = work.session.execute(_with_flags(work).where(Device.id == device_id)).one_or_none()
    return _terminal(*row) if row is not None else None


def log_of(work: Work, device_id: int) -> Sequence[DeviceLogEntry]:
    """What happened to a device, the latest first."""
    found = select(DeviceLogEntry).where(DeviceLogEntry.device_id == device_id)
    return work.session.scalars(found.order_by(DeviceLogEntry.at.desc(), DeviceLogEntry.id.desc()).limit(500)).all()


def count_by(work: Work, wanted: TerminalFilter, by: str) -> list[Count]:
    """Terminals counted by class, vendor or site, the most numerous first; vendors nobody named are counted under ''."""
    keys: dict[str, Any] = {
        "device_class": Device.device_class,
        "vendor": func.coalesce(Device.vendor, ""),
        "site": Site.name,
    }
    key = keys[by]
    states = [func.count(Device.id).filter(Device.connectivity == one.value) for one in Connectivity]
    rows = work.session.execute(
        select(key, func.count(Device.id), *states)
        .join(Site, Site.id == Device.site_id)
        .where(*_matching(work, wanted))
        .group_by(key)
        .order_by(func.count(Device.id).desc(), key)
        .limit(200)
    ).all()
    return [Count(key=row[0], total=row[1], unknown=row[2], online=row[3], offline=row[4]) for row in rows]


def _matching(work: Work, wanted: TerminalFilter) -> list[ColumnElement[bool]]:
    plain = {
        Device.site_id: wanted.site_id,
        Device.device_class: wanted.device_class,
        Device.connectivity: wanted.connectivity,
        Device.vendor: wanted.vendor,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in plain.items() if value is not None]
    conditions.append(Device.retired_at.is_(None))
    if wanted.q:
        like = "%" + wanted.q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        conditions.append(or_(Device.name.ilike(like), Device.code.ilike(like), Device.national_code.ilike(like)))
    if wanted.district:
        in_district = select(SiteDistrict.site_id).where(SiteDistrict.district_code == wanted.district)
        conditions.append(Device.site_id.in_(in_district))
    if wanted.bbox:
        conditions.append(Device.location.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, STORAGE_SRID)))
    if wanted.flag is not None:
        conditions.append(flag_conditions(work)[wanted.flag])
    return conditions


def flag_conditions(work: Work) -> dict[DeviceFlag, ColumnElement[bool]]:
    """What each flag means, as conditions on ``Device``."""
    other = aliased(Device)
    place = func.geography(Device.location)
    boundary = PlotFeature.layer == PlanLayer.BOUNDARY.value
    in_force = and_(PlotFeature.site_id == Device.site_id, boundary, func.upper_inf(PlotFeature.in_force))
    away = func.ST_DWithin(func.geography(PlotFeature.geom), place, OUTSIDE_M).is_(False)
    near = func.ST_DWithin(func.geography(other.location), place, STACKED_M)
    # the plain envelope test is what the index answers; a thousandth of a degree is two hundred times the distance meant
    stacked = and_(
        other.id != Device.id,
        other.device_class == Device.device_class,
        other.retired_at.is_(None),
        other.location.op("&&")(func.ST_Expand(Device.location, 0.001)),
        near,
    )
    late = or_(Device.readings_at.is_(None), Device.readings_at < work.now - SILENT_AFTER)
    return {
        DeviceFlag.UNLOCATED: Device.location.is_(None),
        DeviceFlag.OUTSIDE_SITE: exists().where(in_force, away).correlate(Device),
        DeviceFlag.STACKED: exists().where(stacked).correlate(Device),
        DeviceFlag.SILENT: and_(Device.device_class.in_(MEASURING), Device.connectivity == Connectivity.ONLINE.value, late),
    }


def _with_flags(work: Work) -> Any:
    flags = flag_conditions(work)
    columns = [func.coalesce(flags[flag], literal(value=False)).label(flag.value) for flag in DeviceFlag]
    return select(Device, Site.name, *columns).join(Site, Site.id == Device.site_id)


def _terminal(device: Device, site_name: str, *flags: bool) -> Terminal:
    raised = tuple(flag for flag, up in zip(DeviceFlag, flags, strict=True) if up)
    return Terminal(device=device, site_name=site_name, flags=raised)
