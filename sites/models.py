"""Tables of sites: districts, projects, sites, openings, participants, plots, devices. Columns and last guards only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Select,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from access.models import Organisation
from foundation.database import Base, Recorded, SiteScoped
from sites.states import (
    Connectivity,
    DeviceClass,
    DeviceLogKind,
    OpeningState,
    ParticipantRole,
    PlottingState,
    QuarantineReason,
    SiteState,
    SiteType,
    Specialty,
    VersionState,
)
from spatial.crs import STORAGE_SRID, TILE_SRID


def one_of(column: str, words: type[Any]) -> CheckConstraint:
    """The column holds one of the enum's codes."""
    codes = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({codes})", name=f"{column}_known")


class District(Base):
    """A district of the city (GB/T 2260). ``schematic`` outlines are generalised until the official ones are imported."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    schematic: Mapped[bool] = mapped_column(default=True)
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", STORAGE_SRID))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("MULTIPOLYGON", TILE_SRID), Computed(f"ST_Transform(geom, {TILE_SRID})", persisted=True)
    )
    label_3857: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", TILE_SRID), Computed(f"ST_Transform(ST_PointOnSurface(geom), {TILE_SRID})", persisted=True)
    )

    __table_args__ = (CheckConstraint("ST_IsValid(geom)", name="geom_valid"),)


class Project(Recorded, SiteScoped, Base):
    """A project has sites, and is seen by whoever sees one of them; a linear one has an alignment with chainage."""

    __tablename__ = "project"

    name: Mapped[str]
    specialty: Mapped[str]
    invest_code: Mapped[str | None] = mapped_column(String(64))
    planned_from: Mapped[date]
    planned_to: Mapped[date]
    alignment: Mapped[WKBElement | None] = mapped_column(Geometry("LINESTRING", STORAGE_SRID))
    width_m: Mapped[float | None]

    @classmethod
    def scope_criteria(cls, visible: Select[int]) -> ColumnElement[bool]:
        """The rows of the visible sites."""
        return cls.id.in_(select(Site.project_id).where(Site.id.in_(visible)))

    __table_args__ = (
        one_of("specialty", Specialty),
        CheckConstraint("planned_from <= planned_to", name="period"),
    )


class Site(Recorded, SiteScoped, Base):
    """工地. Everything a supervisor sees hangs on one."""

    __tablename__ = "site"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str]
    #: 数字化监管编码, given at approval.
    code: Mapped[str | None] = mapped_column(String(15), unique=True)
    specialty: Mapped[str]
    site_type: Mapped[str]
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default=SiteState.OPENING.value)
    stage: Mapped[str | None]
    opening_state: Mapped[str] = mapped_column(default=OpeningState.DRAFT.value)
    plotting_state: Mapped[str] = mapped_column(default=PlottingState.NONE.value)
    #: 0–100, computed by ``sites.progress``, never typed.
    plotting_percent: Mapped[float] = mapped_column(default=0.0)
    plotting_due_on: Mapped[date | None]
    #: Where the opening says the site is.
    registered_location: Mapped[WKBElement] = mapped_column(Geometry("POINT", STORAGE_SRID))
    registered_area_m2: Mapped[float | None]
    #: Rough outline of the opening, if one was given.
    outline: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", STORAGE_SRID))
    #: Number of the latest plot version; 0 before the first save. The ETag of the plot.
    plot_number: Mapped[int] = mapped_column(default=0)
    #: Number of the plot version in force.
    in_force_number: Mapped[int | None]
    #: Where lists and labels put the site: inside its boundary in force, else its registered location.
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", STORAGE_SRID))
    location_3857: Mapped[WKBElement] = mapped_column(
        Geometry("POINT", TILE_SRID), Computed(f"ST_Transform(location, {TILE_SRID})", persisted=True)
    )

    project: Mapped[Project] = relationship(lazy="raise")

    @classmethod
    def scope_criteria(cls, visible: Select[int]) -> ColumnElement[bool]:
        """The rows of the visible sites."""
        return cls.id.in_(visible)

    __table_args__ = (
        one_of("specialty", Specialty),
        one_of("site_type", SiteType),
        one_of("state", SiteState),
        one_of("opening_state", OpeningState),
        one_of("plotting_state", PlottingState),
        CheckConstraint("plotting_percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("opening_state <> 'approved' OR code IS NOT NULL", name="approved_has_code"),
        Index("ix_site_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )


class SiteDistrict(SiteScoped, Base):
    """A district a site touches, computed by intersection."""

    __tablename__ = "site_district"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code", onupdate="CASCADE"), primary_key=True, index=True)
    #: Part of the site's area inside the district, 0–1; 1 for a mere point.
    share: Mapped[float]


class SiteViewer(Base):
    """Which user sees which site: grants resolved to ids when written (architecture.md §6). Read only by the rule."""

    __tablename__ = "site_viewer"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True, index=True)


class Participant(Recorded, SiteScoped, Base):
    """参建单位: an organisation on a site, with its role and its term."""

    __tablename__ = "participant"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str]
    leader_name: Mapped[str]
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    __table_args__ = (
        one_of("role", ParticipantRole),
        ExcludeConstraint(("site_id", "="), ("organisation_id", "="), ("role", "="), ("valid", "&&"), using="gist"),
    )


class OpeningStep(SiteScoped, Base):
    """One transition of an opening: append-only."""

    __tablename__ = "opening_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    viewer_id: Mapped[int | None]
    viewer_name: Mapped[str]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    opinion: Mapped[str | None]


class CodeSerial(Base):
    """Last serial given per specialty and year; the row lock makes parallel approvals take different ones."""

    __tablename__ = "code_serial"

    prefix: Mapped[str] = mapped_column(String(2), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class PlotVersion(Recorded, SiteScoped, Base):
    """One saved state of a site's whole plot: boundary and all plan layers together."""

    __tablename__ = "plot_version"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=VersionState.DRAFT.value)
    author_name: Mapped[str]
    reason: Mapped[str | None]
    restored_from: Mapped[int | None]
    feature_count: Mapped[int]
    area_m2: Mapped[float | None]
    #: Rule id → why the author goes on in spite of the warning.
    remark_reasons: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    submitted_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None]
    reviewer_name: Mapped[str | None]
    opinion: Mapped[str | None]
    in_force: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)

    __table_args__ = (
        one_of("state", VersionState),
        UniqueConstraint("site_id", "number"),
        ExcludeConstraint(("site_id", "="), ("in_force", "&&"), using="gist", name="ex_plot_version_one_in_force"),
    )


class PlotFeature(SiteScoped, Base):
    """A feature of a plot. It belongs to versions ``number_from`` ≤ n < ``number_to``; rows are never changed otherwise."""

    __tablename__ = "plot_feature"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    #: Identity of the feature through its versions, made by the client.
    key: Mapped[UUID]
    layer: Mapped[str]
    name: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    number_from: Mapped[int]
    number_to: Mapped[int | None]
    area_m2: Mapped[float | None]
    length_m: Mapped[float | None]
    #: Reference system the geometry came in, before conversion.
    source_crs: Mapped[str]
    #: When this row was part of a plot in force; empty until accepted.
    in_force: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", STORAGE_SRID))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("GEOMETRY", TILE_SRID), Computed(f"ST_Transform(geom, {TILE_SRID})", persisted=True)
    )

    __table_args__ = (
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
        CheckConstraint("layer <> 'boundary' OR GeometryType(geom) = 'MULTIPOLYGON'", name="boundary_is_multipolygon"),
        CheckConstraint("number_to IS NULL OR number_to > number_from", name="numbers"),
        UniqueConstraint("site_id", "key", "number_from"),
        ExcludeConstraint(
            ("site_id", "="),
            ("in_force", "&&"),
            using="gist",
            where="layer = 'boundary'",
            name="ex_plot_feature_one_boundary_in_force",
        ),
    )


class PlotDraft(SiteScoped, Base):
    """Unsaved work of one editor on one site, so that nothing drawn is lost. ``seen_at`` is presence."""

    __tablename__ = "plot_draft"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    user_name: Mapped[str]
    base_number: Mapped[int]
    features: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    saved_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]


class PlottingReminder(SiteScoped, Base):
    """A reminder sent to those who should plot a site."""

    __tablename__ = "plotting_reminder"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    viewer_id: Mapped[int | None]
    viewer_name: Mapped[str]
    message: Mapped[str | None]


class Device(Recorded, SiteScoped, Base):
    """终端设备 on a site. Without a location it is registered but not on the map."""

    __tablename__ = "device"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(64))
    national_code: Mapped[str | None] = mapped_column(String(20), unique=True)
    device_class: Mapped[str]
    name: Mapped[str]
    location: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", STORAGE_SRID))
    location_3857: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", TILE_SRID), Computed(f"ST_Transform(location, {TILE_SRID})", persisted=True)
    )
    connectivity: Mapped[str] = mapped_column(default=Connectivity.UNKNOWN.value)
    #: When it was last heard of; empty = never.
    heard_at: Mapped[datetime | None]
    #: A device not heard of for three periods is offline.
    period_s: Mapped[int] = mapped_column(default=60)
    vendor: Mapped[str | None]
    #: Taken down; it stays in the history and in no list.
    retired_at: Mapped[datetime | None]
    #: The latest values it reported, name → number, and when they were measured; empty = never any.
    readings: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    readings_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("device_class", DeviceClass),
        one_of("connectivity", Connectivity),
        UniqueConstraint("site_id", "code"),
        CheckConstraint("period_s BETWEEN 1 AND 86400", name="period"),
    )


class DeviceLogEntry(SiteScoped, Base):
    """What happened to a device: registered, moved, on line, off line, maintained. Append-only."""

    __tablename__ = "device_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    detail: Mapped[str | None]
    viewer_name: Mapped[str]

    __table_args__ = (one_of("kind", DeviceLogKind),)


class QuarantinedDevice(Recorded, SiteScoped, Base):
    """A device that was registered with a place that cannot be right, kept with a suggestion until somebody decides."""

    __tablename__ = "quarantined_device"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    device_class: Mapped[str]
    name: Mapped[str]
    #: What was sent.
    given: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    suggestion: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", STORAGE_SRID))
    settled_at: Mapped[datetime | None]
    #: The device it became; empty while it waits or when it was thrown away.
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))

    __table_args__ = (one_of("reason", QuarantineReason),)
