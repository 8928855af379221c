"""Tables of cameras. Columns and last guards only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, LargeBinary, String, column, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database import Base, Recorded, SiteScoped
from sites.cameras.states import CameraKind, CameraState, FootprintMethod, Level, NorthGiven, PictureSource, StreamProtocol
from sites.models import Device, one_of
from spatial.crs import STORAGE_SRID, TILE_SRID


class Camera(Recorded, SiteScoped, Base):
    """What a camera is, beside the device it is; where it looks is its pose, of which it has a history."""

    __tablename__ = "camera"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(default=CameraKind.FIXED.value)
    state: Mapped[str] = mapped_column(default=CameraState.DRAFT.value)
    level: Mapped[str] = mapped_column(default=Level.SURFACE.value)
    #: True for the synthetic cameras of the demo, the only ones a demonstration model may be bound to.
    synthetic: Mapped[bool] = mapped_column(default=False)
    protocol: Mapped[str | None]
    #: Address of the main stream with its password, sealed (``foundation.sealing``); never returned.
    stream_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The same of the sub-stream, which is the one analysed.
    substream_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The addresses without user, password and query, for people.
    stream_shown: Mapped[str | None]
    substream_shown: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    algorithms: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)

    device: Mapped[Device] = relationship(lazy="raise")

    __table_args__ = (
        one_of("kind", CameraKind),
        one_of("state", CameraState),
        one_of("level", Level),
        one_of("protocol", StreamProtocol),
    )


class CameraPose(Recorded, SiteScoped, Base):
    """Where a camera stood and how it was aimed during ``valid``. Only the end of ``valid`` and what is computed ever change."""

    __tablename__ = "camera_pose"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    valid: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    author_name: Mapped[str]
    reason: Mapped[str | None]
    location: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", STORAGE_SRID))
    #: Metres of the lens above the site datum.
    height_m: Mapped[float | None]
    #: Clockwise from true north, 0 ≤ azimuth < 360.
    azimuth_deg: Mapped[float | None]
    azimuth_given: Mapped[str] = mapped_column(default=NorthGiven.TRUE.value)
    #: Positive down from the horizon.
    tilt_deg: Mapped[float | None]
    roll_deg: Mapped[float] = mapped_column(default=0.0)
    hfov_deg: Mapped[float | None]
    vfov_deg: Mapped[float | None]
    range_m: Mapped[float | None]
    #: The analysed stream, not the sensor.
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    k1: Mapped[float] = mapped_column(default=0.0)
    k2: Mapped[float] = mapped_column(default=0.0)
    #: PTZ only: pan sector (clockwise), tilt limits, narrowest angle.
    pan_from_deg: Mapped[float | None]
    pan_to_deg: Mapped[float | None]
    tilt_max_deg: Mapped[float | None]
    hfov_narrowest_deg: Mapped[float | None]
    method: Mapped[str]
    #: Standard deviations of azimuth, tilt, roll (deg), x, y, z (m) and focal length (share); empty = installer's defaults.
    sigmas: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    calibration_id: Mapped[int | None] = mapped_column(ForeignKey("camera_calibration.id"))
    #: The ground seen at any density, less what stands in the way; computed.
    footprint: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", STORAGE_SRID))
    footprint_3857: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", TILE_SRID), Computed(f"ST_Transform(footprint, {TILE_SRID})", persisted=True)
    )
    footprint_area_m2: Mapped[float | None]

    __table_args__ = (
        one_of("method", FootprintMethod),
        one_of("azimuth_given", NorthGiven),
        CheckConstraint("azimuth_deg >= 0 AND azimuth_deg < 360", name="azimuth"),
        CheckConstraint("tilt_deg BETWEEN -90 AND 90", name="tilt"),
        CheckConstraint("footprint IS NULL OR ST_IsValid(footprint)", name="footprint_valid"),
        ExcludeConstraint(("camera_id", "="), ("valid", "&&"), using="gist", name="ex_camera_pose_one_at_a_time"),
        # what is in force now is the hot question
        Index("ix_camera_pose_now", "camera_id", postgresql_where=func.upper_inf(column("valid"))),
        Index(
            "ix_camera_pose_footprint_now",
            "footprint_3857",
            postgresql_using="gist",
            postgresql_where=func.upper_inf(column("valid")),
        ),
    )


class CameraCalibration(Recorded, SiteScoped, Base):
    """A fit of a camera to control points picked on its picture and on the map; append-only."""

    __tablename__ = "camera_calibration"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"), index=True)
    author_name: Mapped[str]
    #: Control points: pixel (u, v) and lon, lat, height of each.
    points: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    width_px: Mapped[int]
    height_px: Mapped[int]
    grade: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    #: Pose, optics, residuals, leave-one-out and covariance of the fit.
    fit: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (CheckConstraint("grade IN ('verified', 'rough', 'refused')", name="grade_known"),)


class CameraPicture(Recorded, SiteScoped, Base):
    """A picture of what a camera shows: control points are picked on it. Encoded anew here, so nothing but pixels is in it."""

    __tablename__ = "camera_picture"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"), index=True)
    image: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    media_type: Mapped[str]
    width_px: Mapped[int]
    height_px: Mapped[int]
    taken_at: Mapped[datetime]
    source: Mapped[str]
    sha256: Mapped[str]

    __table_args__ = (
        one_of("source", PictureSource),
        CheckConstraint("media_type IN ('image/jpeg', 'image/png')", name="media_type_known"),
        CheckConstraint("octet_length(image) <= 8388608", name="image_size"),
    )
