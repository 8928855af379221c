"""Tables of flights. Columns and last guards only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Recorded, SiteScoped
from sites.models import one_of
from spatial.crs import STORAGE_SRID
from tiles.flights.states import TelemetryDialect
from tiles.imagery.states import IngestState


class Flight(Recorded, SiteScoped, Base):
    """无人机航次: where an aircraft flew over a site, when, and what its camera saw."""

    __tablename__ = "flight"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    title: Mapped[str]
    aircraft: Mapped[str]
    operator_name: Mapped[str]
    dialect: Mapped[str] = mapped_column(String(16))
    #: By the records' clock; empty when they have none and nobody said.
    started_at: Mapped[datetime | None]
    #: From the first record to the last, seconds.
    duration_s: Mapped[float]
    records: Mapped[int]
    records_placed: Mapped[int]
    #: One line for each stretch without a hole; heights are above the take-off.
    track: Mapped[WKBElement | None] = mapped_column(Geometry("MULTILINESTRINGZ", STORAGE_SRID, dimension=3))
    length_m: Mapped[float]
    highest_m: Mapped[float | None]
    #: Everything that was in the picture at some moment.
    ground: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", STORAGE_SRID))
    #: What is wrong with it: [{"flag", "from_s", "to_s", …}].
    flags: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    #: Seconds to add to the records' time to get the video's.
    offset_s: Mapped[float] = mapped_column(default=0.0)
    width_px: Mapped[int]
    #: Name of the video's file, empty when there is none.
    video_key: Mapped[str | None] = mapped_column(String(32), unique=True)
    video_state: Mapped[str | None] = mapped_column(String(16))
    video_fault: Mapped[str | None] = mapped_column(String(32))
    video_duration_s: Mapped[float | None]
    video_codec: Mapped[str | None]

    __table_args__ = (
        one_of("dialect", TelemetryDialect),
        one_of("video_state", IngestState),
        CheckConstraint("(video_key IS NULL) = (video_state IS NULL)", name="video_has_state"),
        Index("ix_flight_site_id_started_at", "site_id", "started_at"),
    )


class FlightFrame(SiteScoped, Base):
    """A moment of a flight: pose, and the ground in the picture until the next one."""

    __tablename__ = "flight_frame"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    flight_id: Mapped[int] = mapped_column(ForeignKey("flight.id", ondelete="CASCADE"))
    #: Seconds since the first record; half open.
    from_s: Mapped[float]
    to_s: Mapped[float]
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", STORAGE_SRID, spatial_index=False))
    #: Metres above the take-off.
    height_m: Mapped[float | None]
    #: Degrees clockwise from true north, and above the horizon.
    yaw_deg: Mapped[float | None]
    pitch_deg: Mapped[float | None]
    roll_deg: Mapped[float]
    hfov_deg: Mapped[float | None]
    vfov_deg: Mapped[float | None]
    #: Empty when something needed for it is not known.
    footprint: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", STORAGE_SRID))

    __table_args__ = (
        CheckConstraint("to_s > from_s", name="lasts"),
        Index("ix_flight_frame_flight_id_from_s", "flight_id", "from_s"),
    )
