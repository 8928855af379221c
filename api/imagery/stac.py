"""The catalogue as STAC 1.0: collections, items and search, of what the caller sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from geoalchemy2.shape import to_shape
from pydantic import BaseModel, Field, ValidationError

from api.dependencies import ReadWorkDep
from api.geometry import GeoJson, In
from api.imagery.imagery import ImageryId
from foundation.problems import Invalid, NotFound
from spatial.geojson import to_geojson
from spatial.plots import SHANGHAI_BOUNDS
from tiles.imagery.catalogue import ImageryFilter, imagery_of, list_imagery
from tiles.imagery.models import ImageryItem
from tiles.imagery.states import ImageryKind, IngestState

router = APIRouter(prefix="/stac", tags=["stac"])
VERSION = "1.0.0"
CONFORMANCE = [
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/item-search",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
TITLES = {ImageryKind.ORTHOPHOTO: "Orthophotos", ImageryKind.SURFACE_MODEL: "Surface models"}
Collection = Annotated[ImageryKind, Path()]
Limit = Annotated[int, Query(ge=1, le=200)]
Token = Annotated[int, Query(ge=0, le=100_000)]


class CollectionUnknown(NotFound):
    """There is no such collection."""


class IntervalWrong(Invalid):
    """A time is an RFC 3339 instant, or two with a slash between; two dots leave an end open."""


class BoxWrong(Invalid):
    """A box is west, south, east and north in degrees."""


class Link(BaseModel):
    """Where to go from here."""

    rel: str
    href: str
    type: str = "application/json"


class StacCatalog(BaseModel):
    """The root."""

    type: Literal["Catalog"] = "Catalog"
    stac_version: str = VERSION
    id: str = "geowarden"
    title: str = "geowarden"
    description: str = "Orthophotos and surface models of the sites you see."
    conformsTo: list[str] = CONFORMANCE  # noqa: N815  STAC's own name
    links: list[Link]


class StacCollection(BaseModel):
    """All images of one kind."""

    type: Literal["Collection"] = "Collection"
    stac_version: str = VERSION
    id: ImageryKind
    title: str
    description: str
    license: str = "proprietary"
    extent: dict[str, Any]
    links: list[Link]


class StacCollections(BaseModel):
    """Both kinds."""

    collections: list[StacCollection]
    links: list[Link]


class StacItem(BaseModel):
    """One image."""

    type: Literal["Feature"] = "Feature"
    stac_version: str = VERSION
    stac_extensions: list[str] = ["https://stac-extensions.github.io/projection/v1.1.0/schema.json"]
    id: str
    collection: ImageryKind
    geometry: GeoJson
    bbox: tuple[float, float, float, float]
    properties: dict[str, Any]
    assets: dict[str, dict[str, Any]]
    links: list[Link]


class StacItems(BaseModel):
    """A page of images."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[StacItem]
    numberMatched: int  # noqa: N815  STAC's own names
    numberReturned: int  # noqa: N815
    links: list[Link]


class SearchIn(In):
    """A search as STAC sends it."""

    bbox: list[float] | None = Field(None, min_length=4, max_length=6)
    datetime: str | None = Field(None, max_length=80)
    ids: list[str] | None = Field(None, max_length=200)
    collections: list[ImageryKind] | None = Field(None, max_length=10)
    site_id: int | None = Field(None, ge=1, lt=2**63)
    limit: int = Field(50, ge=1, le=200)
    token: int = Field(0, ge=0, le=100_000)


@router.get("")
def landing(_: ReadWorkDep, request: Request) -> StacCatalog:
    """Where a STAC client starts."""
    root = _root(request)
    links = [
        Link(rel="root", href=root),
        Link(rel="self", href=root),
        Link(rel="data", href=f"{root}/collections"),
        Link(rel="search", href=f"{root}/search", type="application/geo+json"),
        Link(rel="conformance", href=f"{root}/conformance"),
        Link(
            rel="service-desc", href=f"{_base(request)}/api/v1/openapi.json", type="application/vnd.oai.openapi+json;version=3.0"
        ),
        *(Link(rel="child", href=f"{root}/collections/{kind.value}") for kind in ImageryKind),
    ]
    return StacCatalog(links=links)


@router.get("/conformance")
def conformance(_: ReadWorkDep) -> dict[str, list[str]]:
    """What this is written after."""
    return {"conformsTo": CONFORMANCE}


@router.get("/collections")
def collections(_: ReadWorkDep, request: Request) -> StacCollections:
    """The kinds of images."""
    found = [_collection(kind, request) for kind in ImageryKind]
    return StacCollections(collections=found, links=[Link(rel="root", href=_root(request))])


@router.get("/collections/{collection}")
def collection(_: ReadWorkDep, request: Request, collection: Collection) -> StacCollection:
    """One kind."""
    return _collection(collection, request)


@router.get("/collections/{collection}/items")
def items(
    work: ReadWorkDep,
    request: Request,
    collection: Collection,
    bbox: Annotated[str | None, Query(max_length=200)] = None,
    datetime: Annotated[str | None, Query(max_length=80)] = None,
    limit: Limit = 50,
    token: Token = 0,
) -> StacItems:
    """Images of one kind."""
    wanted = SearchIn(bbox=_box(bbox), datetime=datetime, collections=[collection], limit=limit, token=token)
    return _search(work, request, wanted)


@router.get("/collections/{collection}/items/{imagery_id}")
def item(work: ReadWorkDep, request: Request, collection: Collection, imagery_id: ImageryId) -> StacItem:
    """One image."""
    row = imagery_of(work, imagery_id)
    if row.kind != collection.value or row.state != IngestState.READY.value:
        raise CollectionUnknown
    return stac_item(row, request)


@router.get("/search")
def search(
    work: ReadWorkDep,
    request: Request,
    bbox: Annotated[str | None, Query(max_length=200)] = None,
    datetime: Annotated[str | None, Query(max_length=80)] = None,
    ids: Annotated[str | None, Query(max_length=4000)] = None,
    collections: Annotated[str | None, Query(max_length=200)] = None,
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Limit = 50,
    token: Token = 0,
) -> StacItems:
    """Images by place, time and site."""
    try:
        wanted = SearchIn(
            bbox=_box(bbox),
            datetime=datetime,
            ids=ids.split(",") if ids else None,
            collections=[ImageryKind(one) for one in collections.split(",")] if collections else None,
            site_id=site_id,
            limit=limit,
            token=token,
        )
    except (ValidationError, ValueError) as error:
        raise CollectionUnknown(field="/collections") from error
    return _search(work, request, wanted)


@router.post("/search")
def post_search(work: ReadWorkDep, request: Request, wanted: SearchIn) -> StacItems:
    """The same, asked by a body."""
    return _search(work, request, wanted)


def stac_item(row: ImageryItem, request: Request) -> StacItem:
    """An item of the catalogue as STAC has it."""
    assert row.footprint is not None
    outline, root, base = to_shape(row.footprint), _root(request), _base(request)
    own = f"{root}/collections/{row.kind}/items/{row.id}"
    tiles = f"{base}/api/v1/imagery/{row.id}/tiles/{{z}}/{{x}}/{{y}}"
    return StacItem(
        id=str(row.id),
        collection=ImageryKind(row.kind),
        geometry=to_geojson(outline),
        bbox=outline.bounds,
        properties={
            "datetime": row.taken_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "title": row.title,
            "gsd": row.resolution_m,
            "proj:epsg": 3857,
            "geowarden:site_id": row.site_id,
            "geowarden:flight_id": row.flight_id,
            "geowarden:source_crs": row.source_crs,
            "file:size": row.size_bytes,
        },
        assets={
            "tiles": {"href": tiles, "type": "image/png", "roles": ["tiles"], "templated": True},
            "tilejson": {"href": f"{base}/api/v1/imagery/{row.id}/tilejson", "type": "application/json", "roles": ["tiles"]},
        },
        links=[
            Link(rel="root", href=root),
            Link(rel="self", href=own, type="application/geo+json"),
            Link(rel="parent", href=f"{root}/collections/{row.kind}"),
            Link(rel="collection", href=f"{root}/collections/{row.kind}"),
        ],
    )


def _search(work: ReadWorkDep, request: Request, wanted: SearchIn) -> StacItems:
    since, until = _interval(wanted.datetime)
    kinds = set(wanted.collections or ImageryKind)
    filtered = ImageryFilter(
        site_id=wanted.site_id,
        kind=next(iter(kinds)) if len(kinds) == 1 else None,
        since=since,
        until=until,
        bbox=_flat(wanted.bbox),
        # what is no number of ours is no id of ours
        ids=tuple(int(one) for one in wanted.ids if one.isdecimal() and len(one) < 19) if wanted.ids is not None else None,
        ready=True,
    )
    rows, total = list_imagery(work, filtered, limit=wanted.limit, offset=wanted.token)
    return _page(rows, total, wanted, request)


def _page(rows: Sequence[ImageryItem], total: int, wanted: SearchIn, request: Request) -> StacItems:
    links = [Link(rel="root", href=_root(request)), _again(request, "self", wanted.token)]
    after = wanted.token + len(rows)
    if after < total and request.method == "GET":
        links.append(_again(request, "next", after))
    found = [stac_item(row, request) for row in rows]
    return StacItems(features=found, numberMatched=total, numberReturned=len(found), links=links)


def _again(request: Request, rel: str, token: int) -> Link:
    """The same question from another place on; what was no part of the question is not told back."""
    asked = {name: value for name, value in request.query_params.items() if name in SearchIn.model_fields}
    address = f"{_base(request)}{request.url.path}?{urlencode(asked | {'token': str(token)})}"
    return Link(rel=rel, href=address, type="application/geo+json")


def _collection(kind: ImageryKind, request: Request) -> StacCollection:
    root = _root(request)
    own = f"{root}/collections/{kind.value}"
    return StacCollection(
        id=kind,
        title=TITLES[kind],
        description=f"{TITLES[kind]} of the sites you see.",
        extent={"spatial": {"bbox": [list(SHANGHAI_BOUNDS)]}, "temporal": {"interval": [[None, None]]}},
        links=[
            Link(rel="root", href=root),
            Link(rel="self", href=own),
            Link(rel="items", href=f"{own}/items", type="application/geo+json"),
        ],
    )


def _interval(text: str | None) -> tuple[datetime | None, datetime | None]:
    if text is None:
        return None, None
    ends = text.split("/")
    if len(ends) > 2:
        raise IntervalWrong(field="/datetime")
    since, until = _instant(ends[0]), _instant(ends[-1])
    if since is not None and until is not None and since > until:
        raise IntervalWrong(field="/datetime")
    return since, until


def _instant(text: str) -> datetime | None:
    if text in {"", ".."}:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise IntervalWrong(field="/datetime") from error
    if found.tzinfo is None:
        raise IntervalWrong(field="/datetime")
    return found


def _box(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError as error:
        raise BoxWrong(field="/bbox") from error
    if len(numbers) not in {4, 6}:
        raise BoxWrong(field="/bbox")
    return numbers


def _flat(box: list[float] | None) -> tuple[float, float, float, float] | None:
    if box is None:
        return None
    if len(box) == 5:
        raise BoxWrong(field="/bbox")
    west, south, east, north = (*box[:2], *box[len(box) // 2 :][:2])
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BoxWrong(field="/bbox")
    return west, south, east, north


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _root(request: Request) -> str:
    return f"{_base(request)}/stac"
