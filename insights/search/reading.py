"""Searching: what was typed is taken apart, an engine finds, and what it found is read with the viewer's own eyes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import select

from foundation.labels import Language, label
from foundation.log import get_log
from foundation.work import Work
from insights.search.errors import NothingToSearch, TooMuchToSearch
from insights.search.models import SearchEntry
from insights.search.port import Asked, Counted, Engine, EngineFailed, Facets, Hits
from insights.search.postgres import PostgresEngine
from insights.search.states import EntryKind
from insights.search.tokens import Segment, highlighted, pieces, snippet
from sites.cameras.models import Camera
from sites.models import Site, SiteDistrict
from sites.states import Specialty

MOST_PIECES = 12
#: What it takes to look for a kind.
NEEDS = {
    EntryKind.SITE: "read_sites",
    EntryKind.ORGANISATION: "read_sites",
    EntryKind.CAMERA: "read_sites",
    EntryKind.DEVICE: "read_sites",
    EntryKind.INCIDENT: "read_incidents",
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; every member narrows it."""

    words: str
    kinds: tuple[EntryKind, ...] = ()
    #: ``incident.detected``: a kind and a state of it.
    states: tuple[str, ...] = ()
    district: str | None = None
    discipline: Specialty | None = None
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None
    each: int = 0


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something that was found, as it is shown."""

    kind: EntryKind
    #: Of the site, the device, the incident or the organisation.
    subject_id: int
    #: Of a camera, which has a page of its own.
    camera_id: int | None
    site_id: int | None
    site_name: str | None
    #: What it is, in the reader's language.
    word: str
    title: Sequence[Segment]
    text: Sequence[Segment]
    state: str | None
    at: datetime
    location: WKBElement | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of what was found, how much there is, and of what."""

    hits: Sequence[Hit]
    total: int
    facets: Facets
    engine: str
    #: True when the engine that should have answered did not.
    fallen_back: bool


def search(work: Work, wanted: Wanted, engine: Engine, *, limit: int, offset: int, language: Language) -> Found:
    """Look for words among everything the viewer may see."""
    work.require("read_sites")
    asked = _asked(work, wanted, limit, offset)
    fallen_back = False
    try:
        hits = engine.find(work, asked)
    except EngineFailed as failure:
        get_log().warning("search_engine_failed", engine=engine.name, reason=str(failure))
        engine, fallen_back = PostgresEngine(), True
        hits = engine.find(work, asked)
    counted = [one for one in hits.counted if work.viewer.may(NEEDS[one.kind])]
    total, facets = _facets(work, wanted, counted)
    shown = _read(work, hits, asked, language)
    return Found(hits=shown, total=total, facets=facets, engine=engine.name, fallen_back=fallen_back)


def _asked(work: Work, wanted: Wanted, limit: int, offset: int) -> Asked:
    taken_apart = list(dict.fromkeys(pieces(wanted.words)))
    if not taken_apart:
        raise NothingToSearch(field="/q")
    if len(taken_apart) > MOST_PIECES:
        raise TooMuchToSearch(field="/q", limit=MOST_PIECES)
    kinds = [kind for kind in wanted.kinds or EntryKind if work.viewer.may(NEEDS[kind])]
    return Asked(
        pieces=taken_apart,
        bbox=wanted.bbox,
        kinds=kinds,
        states=[_state(one) for one in wanted.states] if wanted.states else None,
        site_ids=_sites(work, wanted),
        limit=limit,
        offset=offset,
        each=wanted.each,
    )


def _state(code: str) -> tuple[EntryKind, str]:
    kind, _, state = code.partition(".")
    return EntryKind(kind), state


def _sites(work: Work, wanted: Wanted) -> list[int] | None:
    """The sites a district and a discipline leave; None when neither is asked for."""
    if wanted.district is None and wanted.discipline is None:
        return None
    statement = select(Site.id)
    if wanted.district is not None:
        statement = statement.where(
            Site.id.in_(select(SiteDistrict.site_id).where(SiteDistrict.district_code == wanted.district))
        )
    if wanted.discipline is not None:
        statement = statement.where(Site.specialty == wanted.discipline.value)
    return list(work.session.scalars(statement))


def _facets(work: Work, wanted: Wanted, counted: Sequence[Counted]) -> tuple[int, Facets]:
    """Sums over the counts, each facet without its own filter; exact, for the counts are."""
    ids = {one.site_id for one in counted if one.site_id is not None}
    specialty: dict[int, str] = dict(work.session.execute(select(Site.id, Site.specialty).where(Site.id.in_(ids))).all())
    districts: dict[int, set[str]] = {}
    rows = work.session.execute(select(SiteDistrict.site_id, SiteDistrict.district_code).where(SiteDistrict.site_id.in_(ids)))
    for site_id, code in rows.all():
        districts.setdefault(site_id, set()).add(code)
    by: dict[str, Counter[str]] = {name: Counter() for name in ("kinds", "states", "districts", "disciplines")}
    total = 0
    for one in counted:
        of_state = f"{one.kind.value}.{one.state}" if one.state else None
        its_districts = districts.get(one.site_id or 0, set())
        discipline = specialty.get(one.site_id or 0)
        passes = {
            "kinds": not wanted.kinds or one.kind in wanted.kinds,
            "states": not wanted.states or of_state in wanted.states,
            "districts": wanted.district is None or wanted.district in its_districts,
            "disciplines": wanted.discipline is None or discipline == wanted.discipline.value,
        }
        values: dict[str, Iterable[str]] = {
            "kinds": [one.kind.value],
            "states": [of_state] if of_state else [],
            "districts": its_districts,
            "disciplines": [discipline] if discipline else [],
        }
        total += one.count if all(passes.values()) else 0
        for name, counter in by.items():
            if all(passed for facet, passed in passes.items() if facet != name):
                for value in values[name]:
                    counter[value] += one.count
    return total, Facets(**by)


def _read(work: Work, hits: Hits, asked: Asked, language: Language) -> list[Hit]:
    rows = work.session.execute(
        select(SearchEntry, Site.name, Camera.id)
        .outerjoin(Site, Site.id == SearchEntry.site_id)
        .outerjoin(Camera, Camera.device_id == SearchEntry.device_id)
        .where(SearchEntry.id.in_(hits.entry_ids))
    ).all()
    found = {entry.id: _hit(entry, site_name, camera_id, asked, language) for entry, site_name, camera_id in rows}
    return [found[entry_id] for entry_id in hits.entry_ids if entry_id in found]


def _hit(entry: SearchEntry, site_name: str | None, camera_id: int | None, asked: Asked, language: Language) -> Hit:
    kind = EntryKind(entry.kind)
    word = label(entry.word, language)
    title = f"{word} · {entry.title}" if kind is EntryKind.INCIDENT else entry.title
    return Hit(
        kind=kind,
        subject_id=entry.subject_id,
        camera_id=camera_id,
        site_id=entry.site_id,
        site_name=site_name,
        word=word,
        title=highlighted(title, asked.pieces),
        text=snippet(entry.text, asked.pieces),
        state=entry.state,
        at=entry.at,
        location=entry.geom,
    )
