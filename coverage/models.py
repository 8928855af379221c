"""Tables of coverage: catalogue versions, scenes, results and gaps, digital plans, reports. Columns and last guards only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    column,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, column_property, mapped_column

from coverage.states import CoverageView, GapCause, PlanReminderKind, PlanState, PlanStepKind, ReportScope, ReportState
from foundation.database import Base, Recorded, SiteScoped
from sites.cameras.states import CameraKind, Level
from sites.models import one_of
from sites.states import DeviceClass
from spatial.crs import STORAGE_SRID, TILE_SRID

_FORMATS = "format IN ('pdf', 'xlsx', 'gpkg')"


class CatalogueVersion(Recorded, Base):
    """One state of the catalogue: scene types, elements, pairs and tag bindings together. The highest number is in force."""

    __tablename__ = "catalogue_version"

    number: Mapped[int] = mapped_column(unique=True)
    author_name: Mapped[str]
    reason: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Scene(Recorded, SiteScoped, Base):
    """技术场景 of a site: a place of a kind in which elements must be watched."""

    __tablename__ = "scene"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    scene_type: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]
    level: Mapped[str] = mapped_column(default=Level.SURFACE.value)
    #: Metres of the scene's ground above the site datum; negative in a pit.
    ground_z_m: Mapped[float] = mapped_column(default=0.0)
    #: Key of the plan feature it was made from; empty when drawn by hand.
    plan_key: Mapped[str | None] = mapped_column(String(36))
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", STORAGE_SRID))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("GEOMETRY", TILE_SRID), Computed(f"ST_Transform(geom, {TILE_SRID})", persisted=True)
    )

    __table_args__ = (
        one_of("level", Level),
        CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid"),
        UniqueConstraint("site_id", "scene_type", "plan_key"),
    )


class CoverageResult(SiteScoped, Base):
    """How much of an element in a scene was watched during ``valid``. ``share`` is empty where there is nothing to measure."""

    __tablename__ = "coverage_result"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    scene_id: Mapped[int]
    scene_type: Mapped[str] = mapped_column(String(16))
    scene_name: Mapped[str]
    element: Mapped[str] = mapped_column(String(16))
    view: Mapped[str]
    mandatory: Mapped[bool]
    measure: Mapped[str]
    #: Square metres, metres or number, after ``measure``.
    total: Mapped[float]
    covered: Mapped[float]
    share: Mapped[float | None]
    share_p05: Mapped[float | None]
    share_p50: Mapped[float | None]
    share_p95: Mapped[float | None]
    required_share: Mapped[float]
    met: Mapped[bool | None]
    camera_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    #: Cause → size, in the unit of ``measure``; the sizes add up to ``total - covered``.
    causes: Mapped[dict[str, float]] = mapped_column(JSONB)
    #: Changes when something is seen elsewhere, even if no size does: then the gaps are drawn anew.
    mark: Mapped[float] = mapped_column(default=0.0)
    catalogue_number: Mapped[int]
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)

    __table_args__ = (
        one_of("view", CoverageView),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        Index("ix_coverage_result_site", "site_id", "view"),
        Index("ix_coverage_result_now", "site_id", "view", postgresql_where=func.upper_inf(column("valid"))),
    )


class CoverageGap(SiteScoped, Base):
    """A place in a scene where an element is not watched now, and why."""

    __tablename__ = "coverage_gap"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.id", ondelete="CASCADE"))
    element: Mapped[str] = mapped_column(String(16))
    view: Mapped[str]
    cause: Mapped[str]
    mandatory: Mapped[bool]
    size: Mapped[float]
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", STORAGE_SRID))
    geom_3857: Mapped[WKBElement] = mapped_column(
        Geometry("GEOMETRY", TILE_SRID), Computed(f"ST_Transform(geom, {TILE_SRID})", persisted=True)
    )

    __table_args__ = (one_of("view", CoverageView), one_of("cause", GapCause))


class SiteCoverage(SiteScoped, Base):
    """The whole of a site in one line, for lists, maps and the city's numbers. No row = never measured: unknown."""

    __tablename__ = "site_coverage"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    view: Mapped[str] = mapped_column(primary_key=True)
    #: Mandatory requirements, those met, those about which nothing can be said.
    required: Mapped[int]
    met: Mapped[int]
    unknown: Mapped[int]
    #: Mean share of the mandatory requirements; empty when there is none.
    share: Mapped[float | None]
    share_p05: Mapped[float | None]
    share_p95: Mapped[float | None]
    #: Cameras that count, and those registered but incomplete.
    cameras: Mapped[int]
    incomplete: Mapped[int]
    catalogue_number: Mapped[int]
    computed_at: Mapped[datetime]

    __table_args__ = (one_of("view", CoverageView),)


class CityRecompute(Base):
    """How far the measuring of the whole city under a catalogue is."""

    __tablename__ = "city_recompute"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sites: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class DigitalPlan(Recorded, SiteScoped, Base):
    """数字化方案: which devices a site will have, where and by when. Edits after approval make the next number."""

    __tablename__ = "digital_plan"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=PlanState.DRAFT.value)
    author_name: Mapped[str]
    note: Mapped[str | None]
    #: Predicted by the plan's cameras together with the ones that stand: result rows as values.
    predicted: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    submitted_at: Mapped[datetime | None]
    #: Who handed it in, and for which organisation: neither reviews it.
    submitted_by: Mapped[int | None]
    organisation_id: Mapped[int | None]
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None]
    reviewer_name: Mapped[str | None]
    opinion: Mapped[str | None]

    __table_args__ = (one_of("state", PlanState), UniqueConstraint("site_id", "number"))


class PlanItem(SiteScoped, Base):
    """A device that a digital plan foresees."""

    __tablename__ = "plan_item"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("digital_plan.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    device_class: Mapped[str]
    location: Mapped[WKBElement] = mapped_column(Geometry("POINT", STORAGE_SRID))
    #: Of a camera: its kind, level, pose and optics, tags and algorithms, as in its registration.
    kind: Mapped[str | None]
    level: Mapped[str] = mapped_column(default=Level.SURFACE.value)
    pose: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    algorithms: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    #: The camera that stands and is to be aimed so; empty for a device that is new.
    camera_id: Mapped[int | None] = mapped_column(ForeignKey("camera.id", ondelete="SET NULL"))
    due_on: Mapped[date | None]
    responsible: Mapped[str | None]
    #: The device that was put up for it, since when, and whether somebody said so or it was found by class, place and tags.
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id", ondelete="SET NULL"))
    installed_at: Mapped[datetime | None]
    matched: Mapped[bool] = mapped_column(default=False)
    accepted_at: Mapped[datetime | None]
    accepted_by_name: Mapped[str | None]

    __table_args__ = (one_of("device_class", DeviceClass), one_of("kind", CameraKind), one_of("level", Level))


class PlanStep(SiteScoped, Base):
    """One step of a digital plan: append-only."""

    __tablename__ = "plan_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("digital_plan.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    viewer_id: Mapped[int | None]
    viewer_name: Mapped[str]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    opinion: Mapped[str | None]

    __table_args__ = (one_of("action", PlanStepKind),)


class PlanReminder(SiteScoped, Base):
    """A reminder that a planned device is due soon or overdue; each is written once."""

    __tablename__ = "plan_reminder"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("plan_item.id", ondelete="CASCADE"))
    kind: Mapped[str]
    at: Mapped[datetime]
    due_on: Mapped[date]
    responsible: Mapped[str | None]

    __table_args__ = (one_of("kind", PlanReminderKind), UniqueConstraint("item_id", "kind"))


class CoverageReport(Recorded, Base):
    """A report made by a job for the user who asked; its contents were read with that user's eyes."""

    __tablename__ = "coverage_report"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    district_code: Mapped[str | None]
    title: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    format: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(default=ReportState.WAITING.value)
    done_share: Mapped[float] = mapped_column(default=0.0)
    failure: Mapped[str | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    finished_at: Mapped[datetime | None]
    #: Size of the finished file, read without the file; None while there is none.
    size_bytes: Mapped[int | None] = column_property(func.octet_length(body))

    __table_args__ = (
        one_of("state", ReportState),
        one_of("scope", ReportScope),
        CheckConstraint(_FORMATS, name="format_known"),
    )
