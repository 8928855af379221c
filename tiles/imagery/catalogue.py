"""The catalogue of imagery: one item, pages of many by place, time and site; and letting one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select

from foundation import audit
from foundation.work import Work
from spatial.crs import STORAGE_SRID
from tiles.imagery.changes import ImageryReady
from tiles.imagery.errors import ImageryNotFound, ImageryNotReady
from tiles.imagery.files import index_path, raster_path
from tiles.imagery.models import ImageryItem
from tiles.imagery.states import ImageryKind, IngestState


@dataclass(frozen=True, kw_only=True)
class ImageryFilter:
    """Which imagery is asked for; every member narrows it."""

    site_id: int | None = None
    flight_id: int | None = None
    kind: ImageryKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    #: west, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None
    ids: tuple[int, ...] | None = None
    #: Only what can be drawn.
    ready: bool = False


@dataclass(frozen=True, kw_only=True)
class Drawable:
    """What drawing needs to know of an item, and nothing else."""

    id: int
    kind: ImageryKind
    key: str
    min_zoom: int
    max_zoom: int
    lowest_m: float | None
    highest_m: float | None


def imagery_of(work: Work, imagery_id: int) -> ImageryItem:
    """One item that the viewer sees."""
    work.require("read_sites")
    found = work.session.scalars(select(ImageryItem).where(ImageryItem.id == imagery_id)).one_or_none()
    if found is None:
        raise ImageryNotFound
    return found


def list_imagery(work: Work, wanted: ImageryFilter, *, limit: int, offset: int) -> tuple[Sequence[ImageryItem], int]:
    """A page of items, the latest first."""
    work.require("read_sites")
    conditions = _conditions(wanted)
    rows = select(ImageryItem).where(*conditions).order_by(ImageryItem.taken_at.desc(), ImageryItem.id.desc())
    found = work.session.scalars(rows.limit(limit).offset(offset)).all()
    total = work.session.execute(select(func.count(ImageryItem.id)).where(*conditions)).scalar_one()
    return found, total


def drawable_of(work: Work, imagery_id: int) -> Drawable:
    """One item that can be drawn."""
    work.require("read_sites")
    row = work.session.execute(select(*_DRAWN, ImageryItem.state).where(ImageryItem.id == imagery_id)).one_or_none()
    if row is None:
        raise ImageryNotFound
    if row.state != IngestState.READY.value:
        raise ImageryNotReady
    return _drawable(row)


def drawables_at(work: Work, place: ColumnElement[Any], at: datetime, *, limit: int, site_id: int | None) -> list[Drawable]:
    """Orthophotos over a place as of an instant: the latest first, of one time the finer first."""
    work.require("read_sites")
    conditions = [
        ImageryItem.state == IngestState.READY.value,
        ImageryItem.kind == ImageryKind.ORTHOPHOTO.value,
        ImageryItem.taken_at <= at,
        func.ST_Intersects(ImageryItem.footprint, place),
    ]
    if site_id is not None:
        conditions.append(ImageryItem.site_id == site_id)
    order = (ImageryItem.taken_at.desc(), ImageryItem.resolution_m, ImageryItem.id.desc())
    return [_drawable(row) for row in work.session.execute(select(*_DRAWN).where(*conditions).order_by(*order).limit(limit))]


def remove_imagery(work: Work, imagery_id: int, folder: Path) -> None:
    """Let an item go, and its files with it."""
    item = imagery_of(work, imagery_id)
    work.require("manage_imagery")
    audit.record(work, "imagery_removed", "imagery", item.id, site_id=item.site_id)
    work.session.delete(item)
    work.announce(ImageryReady(site_id=item.site_id, imagery_id=item.id))
    work.session.flush()
    for path in (raster_path(folder, item.key), index_path(folder, item.key)):
        path.unlink(missing_ok=True)


_DRAWN = (
    ImageryItem.id,
    ImageryItem.kind,
    ImageryItem.key,
    ImageryItem.min_zoom,
    ImageryItem.max_zoom,
    ImageryItem.lowest_m,
    ImageryItem.highest_m,
)


def _drawable(row: Any) -> Drawable:
    return Drawable(
        id=row.id,
        kind=ImageryKind(row.kind),
        key=row.key,
        min_zoom=row.min_zoom,
        max_zoom=row.max_zoom,
        lowest_m=row.lowest_m,
        highest_m=row.highest_m,
    )


def _conditions(wanted: ImageryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for name in ("site_id", "flight_id", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(ImageryItem, name) == value)
    if wanted.since is not None:
        conditions.append(ImageryItem.taken_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(ImageryItem.taken_at <= wanted.until)
    if wanted.ids is not None:
        conditions.append(ImageryItem.id.in_(wanted.ids))
    if wanted.ready:
        conditions.append(ImageryItem.state == IngestState.READY.value)
    if wanted.bbox is not None:
        conditions.append(func.ST_Intersects(ImageryItem.footprint, func.ST_MakeEnvelope(*wanted.bbox, STORAGE_SRID)))
    return conditions
