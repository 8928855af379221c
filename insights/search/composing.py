"""What each thing is found by: rows of ``search_entry`` made from the rows they are about.

Read with everybody's eyes, because an entry is the same for all; who sees it is decided when it is looked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from access.models import Organisation
from foundation.labels import LANGUAGES, label
from foundation.work import Work
from incidents.models import Incident
from insights.search.states import EntryKind
from insights.search.tokens import pieces, spaced, tokens
from sites.cameras.models import Camera
from sites.models import Device, Participant, Project, Site
from sites.states import DeviceClass

Row = dict[str, Any]
#: Between the parts of a text: never part of a match.
BETWEEN = " · "


def site_rows(work: Work, *conditions: ColumnElement[bool]) -> list[Row]:
    """Sites: name, code, address, project, and who takes part."""
    rows = work.session.execute(
        select(Site, Project.name, Project.invest_code).join(Project, Project.id == Site.project_id).where(*conditions)
    ).all()
    parties = _parties(work, [site.id for site, _, _ in rows])
    return [
        _row(
            EntryKind.SITE,
            site.id,
            site_id=site.id,
            state=site.state,
            at=site.updated_at,
            word=f"site_type.{site.site_type}",
            title=site.name,
            codes=[site.code, invest_code],
            shown=[site.address, project, *parties[site.id]],
            words=[f"site_type.{site.site_type}", f"specialty.{site.specialty}", f"stage.{site.stage}" if site.stage else None],
            geom=site.location,
        )
        for site, project, invest_code in rows
    ]


def device_rows(work: Work, *conditions: ColumnElement[bool]) -> list[Row]:
    """Devices that stand: name, codes, vendor, and the name of their site."""
    rows = work.session.execute(
        select(Device, Site.name, Camera.tags)
        .join(Site, Site.id == Device.site_id)
        .outerjoin(Camera, Camera.device_id == Device.id)
        .where(Device.retired_at.is_(None), *conditions)
        .order_by(Device.id)
    ).all()
    return [
        _row(
            EntryKind.CAMERA if device.device_class == DeviceClass.CAMERA.value else EntryKind.DEVICE,
            device.id,
            site_id=device.site_id,
            state=device.connectivity,
            at=device.created_at,
            word=f"device_class.{device.device_class}",
            title=device.name,
            codes=[device.code, device.national_code],
            shown=[site_name, device.vendor],
            words=[f"device_class.{device.device_class}", *(f"camera_tag.{tag}" for tag in tags or ())],
            geom=device.location,
        )
        for device, site_name, tags in rows
    ]


def incident_rows(work: Work, *conditions: ColumnElement[bool]) -> list[Row]:
    """Incidents: kind, number, what was said, their site, and who has to put them right."""
    rows = work.session.execute(
        select(Incident, Site.name, Organisation.name)
        .join(Site, Site.id == Incident.site_id)
        .outerjoin(Organisation, Organisation.id == Incident.responsible_id)
        .where(*conditions)
        .order_by(Incident.id)
    ).all()
    return [
        _row(
            EntryKind.INCIDENT,
            incident.id,
            site_id=incident.site_id,
            state=incident.state,
            at=incident.occurred_at,
            word=f"incident_kind.{incident.kind}",
            title=site_name,
            codes=[str(incident.id)],
            shown=[incident.note, responsible, incident.reporter_name],
            words=[f"incident_severity.{incident.severity}"],
            head_words=[f"incident_kind.{incident.kind}"],
            geom=incident.location,
        )
        for incident, site_name, responsible in rows
    ]


def organisation_rows(work: Work, *conditions: ColumnElement[bool]) -> list[Row]:
    """Organisations: name and credit code."""
    found = work.session.scalars(select(Organisation).where(*conditions)).all()
    return [
        _row(
            EntryKind.ORGANISATION,
            one.id,
            site_id=None,
            state=None,
            at=one.created_at,
            word="search_kind.organisation",
            title=one.name,
            codes=[one.credit_code],
            shown=[],
            words=[],
            geom=None,
        )
        for one in found
    ]


def _parties(work: Work, site_ids: Sequence[int]) -> dict[int, list[str]]:
    """Names of the organisations on each site now."""
    named = (
        select(Participant.site_id, Organisation.name)
        .join(Organisation, Organisation.id == Participant.organisation_id)
        .where(Participant.site_id.in_(site_ids), Participant.valid.contains(work.now))
        .order_by(Participant.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for site_id, name in work.session.execute(named).all():
        if name not in found[site_id]:
            found[site_id].append(name)
    return found


def _row(
    kind: EntryKind,
    subject_id: int,
    *,
    title: str,
    codes: Iterable[str | None],
    shown: Iterable[str | None],
    words: Iterable[str | None],
    head_words: Iterable[str] = (),
    **plain: Any,
) -> Row:
    """One entry: the head is what it is called, the rest is what is said of it, in both languages where we have words."""
    given = [one for one in codes if one]
    text = BETWEEN.join([*given, *(one for one in shown if one)])
    spoken = [label(key, language) for key in words if key for language in LANGUAGES]
    called = [label(key, language) for key in head_words for language in LANGUAGES]
    head = [piece for one in (title, *given, *called) for piece in pieces(one)]
    everything = [*head, *(piece for one in (text, *spoken) for piece in pieces(one))]
    return {
        "kind": kind.value,
        "subject_id": subject_id,
        "title": title,
        "text": text,
        "head": spaced(head),
        "folded": spaced(everything),
        "tokens": tokens(everything),
        **plain,
    }
