"""Keeping entries in step with what they are about, in the transaction that changes it; and making all of them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from access.changes import OrganisationChanged
from access.models import Organisation
from foundation.changes import on
from foundation.database import Database
from foundation.jobs import long_job
from foundation.viewer import SYSTEM
from foundation.work import Work, work
from incidents.changes import IncidentMoved, IncidentReported
from incidents.models import Incident
from insights.search.composing import Row, device_rows, incident_rows, organisation_rows, site_rows
from insights.search.models import SearchEntry, this_transaction
from insights.search.states import EntryKind
from sites.cameras.changes import CameraAimed, CameraChanged, CameraRegistered
from sites.cameras.models import Camera
from sites.changes import (
    DeviceConnectivityChanged,
    DeviceRegistered,
    ParticipantsChanged,
    PlotAccepted,
    SiteChanged,
    SiteOpened,
)
from sites.models import Device, Site
from sites.states import DeviceClass

#: Entries made in one transaction when all are made anew.
AT_ONCE = 500
DEVICE_KINDS = (EntryKind.CAMERA.value, EntryKind.DEVICE.value)


def enter(unit: Work, rows: Sequence[Row]) -> None:
    """Write entries; those that are there already are replaced."""
    if not rows:
        return
    statement = insert(SearchEntry)
    kept = {"kind", "subject_id"}
    new = {name: statement.excluded[name] for name in rows[0] if name not in kept}
    written = {"written_in": statement.excluded.written_in}
    unit.session.execute(statement.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=new | written), list(rows))


def enter_site(unit: Work, change: SiteOpened | SiteChanged | ParticipantsChanged | PlotAccepted) -> None:
    """A site; under another name, everything of it as well, for it is found by that name too."""
    with unit.session.everything():
        named = select(SearchEntry.title).where(
            SearchEntry.kind == EntryKind.SITE.value, SearchEntry.subject_id == change.site_id
        )
        before = unit.session.scalar(named)
        rows = site_rows(unit, Site.id == change.site_id)
        enter(unit, rows)
        if before is not None and rows and rows[0]["title"] != before:
            enter(unit, device_rows(unit, Device.site_id == change.site_id))
            enter(unit, incident_rows(unit, Incident.site_id == change.site_id))


def enter_device(unit: Work, change: DeviceRegistered) -> None:
    """A device that was registered."""
    _enter_device(unit, change.site_id, change.device_id)


def enter_camera(unit: Work, change: CameraRegistered | CameraChanged | CameraAimed) -> None:
    """A camera, which is found by its device."""
    with unit.session.everything():
        device_id = unit.session.scalar(select(Camera.device_id).where(Camera.id == change.camera_id))
    if device_id is not None:
        _enter_device(unit, change.site_id, device_id)


def turn_device(unit: Work, change: DeviceConnectivityChanged) -> None:
    """A device went on or off line: nothing it is found by has changed."""
    with unit.session.everything():
        unit.session.execute(
            update(SearchEntry)
            .where(SearchEntry.kind.in_(DEVICE_KINDS), SearchEntry.subject_id == change.device_id)
            .values(state=change.connectivity, written_in=this_transaction())
            .execution_options(synchronize_session=False)
        )


def enter_incident(unit: Work, change: IncidentReported | IncidentMoved) -> None:
    """An incident as it stands."""
    with unit.session.everything():
        _hold_name(unit, change.site_id)
        enter(unit, incident_rows(unit, Incident.id == change.incident_id))


def enter_organisation(unit: Work, change: OrganisationChanged) -> None:
    """An organisation that is new, or has another name; then the sites it works on are found by that."""
    with unit.session.everything():
        enter(unit, organisation_rows(unit, Organisation.id == change.organisation_id))


def _enter_device(unit: Work, site_id: int, device_id: int) -> None:
    with unit.session.everything():
        _hold_name(unit, site_id)
        rows = device_rows(unit, Device.id == device_id)
        enter(unit, rows)
        gone = [kind for kind in DEVICE_KINDS if kind not in {row["kind"] for row in rows}]
        _forget(unit, SearchEntry.kind.in_(gone), SearchEntry.subject_id == device_id)


def _hold_name(unit: Work, site_id: int) -> None:
    """Nobody gives the site another name until we are done: who does, waits, and then finds our entry and renames it as well."""
    unit.session.execute(select(Site.id).where(Site.id == site_id).with_for_update(read=True))


def _forget(unit: Work, *conditions: ColumnElement[bool]) -> None:
    unit.session.execute(delete(SearchEntry).where(*conditions).execution_options(synchronize_session=False))


on(SiteOpened)(enter_site)
on(SiteChanged)(enter_site)
on(ParticipantsChanged)(enter_site)
on(PlotAccepted)(enter_site)
on(CameraRegistered)(enter_camera)
on(CameraChanged)(enter_camera)
on(CameraAimed)(enter_camera)
on(IncidentReported)(enter_incident)
on(IncidentMoved)(enter_incident)
on(DeviceRegistered)(enter_device)
on(DeviceConnectivityChanged)(turn_device)
on(OrganisationChanged)(enter_organisation)


Compose = Callable[..., list[Row]]
SOURCES: tuple[tuple[InstrumentedAttribute[int], Compose], ...] = (
    (Organisation.id, organisation_rows),
    (Site.id, site_rows),
    (Device.id, device_rows),
    (Incident.id, incident_rows),
)


@long_job("rebuild_search")
def rebuild_search(database: Database) -> None:
    """Make every entry anew, some hundred a transaction, and take away those of things that are no more."""
    for column, compose in SOURCES:
        for ids in _batches(database, column):
            with work(database, SYSTEM) as unit:
                enter(unit, compose(unit, column.in_(ids)))
    with work(database, SYSTEM) as unit:
        forget_retired(unit)


def forget_retired(unit: Work) -> None:
    """Devices that were taken down, and those entered as what they are not, are found no more."""
    camera = DeviceClass.CAMERA.value
    for kind, right in ((EntryKind.CAMERA, Device.device_class == camera), (EntryKind.DEVICE, Device.device_class != camera)):
        standing = select(Device.id).where(Device.retired_at.is_(None), right)
        _forget(unit, SearchEntry.kind == kind.value, SearchEntry.subject_id.not_in(standing))


def _batches(database: Database, column: InstrumentedAttribute[int]) -> Iterator[list[int]]:
    last = 0
    while True:
        with work(database, SYSTEM, read_only=True) as unit:
            ids: list[Any] = list(unit.session.scalars(select(column).where(column > last).order_by(column).limit(AT_ONCE)))
        if not ids:
            return
        yield ids
        last = ids[-1]


def entries(unit: Work) -> int:
    """How many things can be found, for operators."""
    return unit.session.execute(select(func.count(SearchEntry.id))).scalar_one()
