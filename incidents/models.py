"""Tables of incidents. Columns and last guards only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from geoalchemy2.shape import to_shape
from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, LargeBinary, SmallInteger, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, validates

from foundation.database import Base, Recorded, SiteScoped
from incidents.states import (
    EvidenceStage,
    IncidentAction,
    IncidentKind,
    IncidentSeverity,
    IncidentSourceKind,
    IncidentState,
    Located,
    LoopLevel,
)
from sites.models import one_of
from spatial.crs import STORAGE_SRID, TILE_SRID
from spatial.morton import keys_at


class Incident(Recorded, SiteScoped, Base):
    """事件: something that is wrong, with its place, its time, and where in the loop it is."""

    __tablename__ = "incident"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None]
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", STORAGE_SRID))
    location_3857: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", TILE_SRID), Computed(f"ST_Transform(location, {TILE_SRID})", persisted=True)
    )
    #: Metres the place may be off; empty when nobody knows.
    accuracy_m: Mapped[float | None]
    located: Mapped[str] = mapped_column(String(16))
    #: Number of the plot version whose boundary held the place; empty when none did.
    boundary_number: Mapped[int | None]
    camera_id: Mapped[int | None] = mapped_column(ForeignKey("camera.id", ondelete="SET NULL"))
    occurred_at: Mapped[datetime]
    reported_at: Mapped[datetime]
    reporter_name: Mapped[str]
    #: The organisation that has to put it right, found from the site's participants.
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None]
    dispatched_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    submitter_organisation_id: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    #: When the present step is due; empty while the clock stands.
    due_at: Mapped[datetime | None]
    #: Seconds left on the clock that stands.
    left_s: Mapped[float | None]
    suspended_until: Mapped[datetime | None]
    appealed: Mapped[bool] = mapped_column(default=False)
    rejections: Mapped[int] = mapped_column(default=0)
    master_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    #: SHA-256 over all steps and evidence, made when the loop closes.
    digest: Mapped[str | None] = mapped_column(String(64))
    #: Morton key of the location: any tile is one range of it.
    tile_key: Mapped[int]
    #: Where and as what the pyramid of tiles counts it now; empty while it counts nowhere.
    counted_key: Mapped[int | None]
    counted_as: Mapped[int | None] = mapped_column(SmallInteger)

    @validates("location")
    def _keep_key(self, _: str, location: WKBElement) -> WKBElement:
        """The key goes where the place goes."""
        point = to_shape(location)
        self.tile_key = int(keys_at(point.x, point.y))
        return location

    __table_args__ = (
        one_of("kind", IncidentKind),
        one_of("severity", IncidentSeverity),
        one_of("state", IncidentState),
        one_of("level", LoopLevel),
        one_of("located", Located),
        CheckConstraint("master_id IS NULL OR master_id <> id", name="master_is_another"),
        Index("ix_incident_site_id_occurred_at", "site_id", "occurred_at"),
        Index("ix_incident_reported_at", "reported_at"),
        Index("ix_incident_state_due_at", "state", "due_at"),
        Index("ix_incident_counted_key", "counted_key"),
    )


Index("ix_incident_open_counted_key", Incident.counted_key, postgresql_where=Incident.counted_as > 0)


class IncidentSource(SiteScoped, Base):
    """Who or what said so; several may have said the same."""

    __tablename__ = "incident_source"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]
    at: Mapped[datetime]
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", STORAGE_SRID, spatial_index=False))
    #: What the source knows besides: numbers that crossed, model, camera.
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    __table_args__ = (one_of("kind", IncidentSourceKind), Index("ix_incident_source_site_id_at", "site_id", "at"))


class IncidentEvidence(SiteScoped, Base):
    """A picture that shows it, encoded anew here, with its hash."""

    __tablename__ = "incident_evidence"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    image: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    media_type: Mapped[str]
    width_px: Mapped[int]
    height_px: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    author_name: Mapped[str]
    #: Where it was taken; empty when nobody knows.
    location: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", STORAGE_SRID, spatial_index=False))

    __table_args__ = (one_of("stage", EvidenceStage),)


class IncidentStep(SiteScoped, Base):
    """One step of the loop: append-only."""

    __tablename__ = "incident_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    viewer_id: Mapped[int | None]
    viewer_name: Mapped[str]
    organisation_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(16))
    opinion: Mapped[str | None]

    __table_args__ = (one_of("action", IncidentAction),)
