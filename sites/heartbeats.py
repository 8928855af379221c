"""Signs of life: a device that was heard of is on line; one that missed three periods is off line (M46)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from foundation.jobs import defer, job
from foundation.work import Work
from sites.changes import DeviceConnectivityChanged
from sites.errors import DeviceNotFound, ReadingFromTheFuture, TooManyReadings
from sites.models import Device, DeviceLogEntry
from sites.states import Connectivity, DeviceLogKind

#: Missed periods after which a device is off line.
MISSED_PERIODS = 3
#: Clocks of devices may run ahead by so much, seconds.
CLOCK_AHEAD_S = 300.0
#: Names of values one device may report.
MOST_READINGS = 64


def hear_of(work: Work, device_id: int, *, readings: Mapping[str, float] | None = None, at: datetime | None = None) -> Device:
    """A device was heard of, perhaps with values it measured ``at``; values older than those known are not taken."""
    work.require("report_device")
    device = device_of(work, device_id)
    measured_at = at or work.now
    if (measured_at - work.now).total_seconds() > CLOCK_AHEAD_S:
        raise ReadingFromTheFuture(field="/at")
    if readings:
        if len(readings) > MOST_READINGS:
            raise TooManyReadings(field="/readings", limit=MOST_READINGS)
        if device.readings_at is None or measured_at >= device.readings_at:
            device.readings = {**(device.readings or {}), **readings}
            device.readings_at = measured_at
    device.heard_at = max(work.now, device.heard_at) if device.heard_at else work.now
    turn(work, device, Connectivity.ONLINE)
    return device


def device_of(work: Work, device_id: int) -> Device:
    """The device, or ``DeviceNotFound`` when it is not the viewer's."""
    device = work.session.get(Device, device_id)
    if device is None:
        raise DeviceNotFound
    return device


def turn(work: Work, device: Device, state: Connectivity) -> None:
    """Note a new connectivity, once."""
    if device.connectivity == state.value:
        return
    device.connectivity = state.value
    note(work, device, DeviceLogKind(state.value))
    change = DeviceConnectivityChanged(site_id=device.site_id, device_id=device.id, connectivity=state.value)
    work.announce(change)


def note(work: Work, device: Device, kind: DeviceLogKind, detail: str | None = None) -> None:
    """Write into a device's log."""
    work.session.add(
        DeviceLogEntry(
            site_id=device.site_id,
            device_id=device.id,
            at=work.now,
            kind=kind.value,
            detail=detail,
            viewer_name=work.viewer.name,
        )
    )


#: Devices that are found silent in one transaction.
AT_ONCE = 200


@job("notice_silence", cron="* * * * * */20")
def notice_silence(work: Work) -> None:
    """Three times a minute: devices not heard of for three periods are off line.

    When a network fails, a whole city falls silent at once: it is worked off site by site, for each is measured anew, and nobody
    who works on one site should wait for the others.
    """
    patience = func.make_interval(0, 0, 0, 0, 0, 0, Device.period_s * MISSED_PERIODS)
    silent = select(Device).where(
        Device.connectivity == Connectivity.ONLINE.value,
        Device.retired_at.is_(None),
        Device.heard_at < work.now - patience,
    )
    first = silent.with_only_columns(Device.site_id).order_by(Device.site_id).limit(1).scalar_subquery()
    of_one_site = silent.where(Device.site_id == first).limit(AT_ONCE).with_for_update(skip_locked=True)
    found = work.session.scalars(of_one_site).all()
    for device in found:
        turn(work, device, Connectivity.OFFLINE)
    if found:
        defer(work, "notice_silence")
