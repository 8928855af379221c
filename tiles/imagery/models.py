"""Tables of imagery. Columns and last guards only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Recorded, SiteScoped
from sites.models import one_of
from spatial.crs import STORAGE_SRID
from tiles.flights.models import Flight
from tiles.imagery.states import ImageryKind, IngestState, RasterFault


class FileUpload(Recorded, SiteScoped, Base):
    """A large file on its way here, part by part. Its sender's alone."""

    __tablename__ = "file_upload"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(index=True)
    name: Mapped[str]
    size_bytes: Mapped[int]
    received_bytes: Mapped[int] = mapped_column(default=0)
    #: Name of the file in our folder; ours, never the sender's.
    key: Mapped[str] = mapped_column(String(32), unique=True)

    __table_args__ = (CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="received_within_size"),)


class ImageryItem(Recorded, SiteScoped, Base):
    """A georeferenced raster of a site: where, when, how fine, and whether it can be drawn."""

    __tablename__ = "imagery_item"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str]
    taken_at: Mapped[datetime]
    flight_id: Mapped[int | None] = mapped_column(ForeignKey(Flight.id, ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16), default=IngestState.WAITING.value)
    done_share: Mapped[float] = mapped_column(default=0.0)
    fault: Mapped[str | None] = mapped_column(String(32))
    #: Numbers that belong to the fault: limits, distances.
    fault_members: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    #: Name of our own files, without ending.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    #: Ground that has pixels; empty until it is ready, like everything below.
    footprint: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", STORAGE_SRID))
    source_crs: Mapped[str | None]
    #: Metres of ground to a pixel of the file that was sent.
    resolution_m: Mapped[float | None]
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    min_zoom: Mapped[int | None]
    max_zoom: Mapped[int | None]
    size_bytes: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    #: Heights of a surface model, metres.
    lowest_m: Mapped[float | None]
    highest_m: Mapped[float | None]

    __table_args__ = (
        one_of("kind", ImageryKind),
        one_of("state", IngestState),
        CheckConstraint(f"fault IN ({', '.join(repr(one.value) for one in RasterFault)})", name="fault_known"),
        CheckConstraint("state <> 'ready' OR (footprint IS NOT NULL AND max_zoom IS NOT NULL)", name="ready_is_placed"),
        CheckConstraint("(state = 'failed') = (fault IS NOT NULL)", name="failed_says_why"),
        Index("ix_imagery_item_site_id_taken_at", "site_id", "taken_at"),
    )
