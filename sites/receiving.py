"""Receiving devices from people and machines: registered, or kept aside with a suggestion when the place cannot be right."""

from __future__ import annotations

from dataclasses import replace

from shapely import Point

from foundation import audit
from foundation.work import Work
from sites.devices import NewDevice, register_device
from sites.errors import DevicePlaceSuspect
from sites.models import Device, QuarantinedDevice
from sites.quarantine import keep_aside, waiting_one
from sites.states import DeviceClass


def receive_device(work: Work, site_id: int, new: NewDevice) -> Device | QuarantinedDevice:
    """Register a device; one with a suspect place goes into quarantine."""
    try:
        return register_device(work, site_id, new)
    except DevicePlaceSuspect as suspect:
        location = [new.location.x, new.location.y] if new.location else None
        given = {"location": location, "national_code": new.national_code, "vendor": new.vendor, "period_s": new.period_s}
        row = QuarantinedDevice(
            site_id=site_id,
            code=new.code,
            device_class=new.device_class.value,
            name=new.name,
            given=given,
            reason=suspect.members["reason"],
        )
        kept = keep_aside(work, row, suspect.members["suggestion"])
        audit.record(work, "device_quarantined", "quarantined_device", kept.id, site_id=site_id)
        return kept


def release(work: Work, quarantine_id: int, location: Point | None) -> Device:
    """Register a device that waited, at the place somebody decided on."""
    row = waiting_one(work, quarantine_id)
    plain = {name: row.given.get(name) for name in ("national_code", "vendor")}
    new = NewDevice(
        code=row.code,
        device_class=DeviceClass(row.device_class),
        name=row.name,
        period_s=int(row.given.get("period_s") or 60),
        **plain,
    )
    device = register_device(work, row.site_id, replace(new, location=location))
    work.session.flush()
    row.settled_at, row.device_id = work.now, device.id
    return device


def discard(work: Work, quarantine_id: int) -> None:
    """Throw away what waits."""
    work.require("register_device")
    row = waiting_one(work, quarantine_id)
    row.settled_at = work.now
    audit.record(work, "device_discarded", "quarantined_device", row.id, site_id=row.site_id)
