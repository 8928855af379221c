"""The one box: sites, organisations, cameras, devices and incidents by words, in the whole city or in this view of the map."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import PageDep, ReadWorkDep, SearchDep
from api.geometry import lon_lat
from api.language import LanguageDep
from api.sites.filters import bbox_of
from insights.search.reading import Found, Wanted, search
from insights.search.states import EntryKind
from sites.states import Specialty

router = APIRouter(tags=["search"])
State = Annotated[str, Query(pattern=r"^(site|organisation|camera|device|incident)\.[a-z_]{1,16}$")]


class SegmentOut(BaseModel):
    """A part of a text; ``hit`` where it is what was looked for."""

    text: str
    hit: bool


class HitOut(BaseModel):
    """Something that was found; ``location`` is null when nobody knows where it is."""

    kind: EntryKind
    subject_id: int
    camera_id: int | None
    site_id: int | None
    site_name: str | None
    #: What it is, in the reader's language.
    word: str
    title: list[SegmentOut]
    text: list[SegmentOut]
    state: str | None
    at: datetime
    location: tuple[float, float] | None


class FacetsOut(BaseModel):
    """How many there are by kind, by ``kind.state``, by district and by discipline, each without its own filter."""

    kinds: dict[EntryKind, int]
    states: dict[str, int]
    districts: dict[str, int]
    disciplines: dict[Specialty, int]


class SearchOut(BaseModel):
    """A page of what was found. ``fallen_back``: the search engine did not answer, and the database has."""

    items: list[HitOut]
    total: int
    facets: FacetsOut
    engine: str
    fallen_back: bool


@router.get("/search")
def search_everything(
    work: ReadWorkDep,
    engine: SearchDep,
    page: PageDep,
    language: LanguageDep,
    q: Annotated[str, Query(min_length=1, max_length=100)],
    kind: Annotated[list[EntryKind] | None, Query()] = None,
    state: Annotated[list[State] | None, Query(max_length=40)] = None,
    district: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    discipline: Specialty | None = None,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
    each: Annotated[int, Query(ge=0, le=20)] = 0,
) -> SearchOut:
    """What has all the words. ``each`` asks for so many of every kind instead of a page."""
    wanted = Wanted(
        words=q,
        kinds=tuple(kind or ()),
        states=tuple(state or ()),
        district=district,
        discipline=discipline,
        bbox=bbox_of(bbox),
        each=each,
    )
    return _out(search(work, wanted, engine, limit=page.size, offset=page.offset, language=language))


def _out(found: Found) -> SearchOut:
    own = {"location", "title", "text"}
    return SearchOut(
        items=[
            HitOut(
                **{name: getattr(hit, name) for name in HitOut.model_fields if name not in own},
                title=[SegmentOut.model_validate(one, from_attributes=True) for one in hit.title],
                text=[SegmentOut.model_validate(one, from_attributes=True) for one in hit.text],
                location=lon_lat(hit.location) if hit.location is not None else None,
            )
            for hit in found.hits
        ],
        total=found.total,
        facets=FacetsOut.model_validate(found.facets, from_attributes=True),
        engine=found.engine,
        fallen_back=found.fallen_back,
    )
