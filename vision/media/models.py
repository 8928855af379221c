"""Tables of watching: who watched what when, and which cameras somebody keeps at hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, SiteScoped


class VideoSession(SiteScoped, Base):
    """One viewing of one camera by one person."""

    __tablename__ = "video_session"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    #: When the player came with its ticket; a ticket not used in time opens nothing.
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_video_session_camera_id_started_at", "camera_id", "started_at"),
        Index("ix_video_session_user_id", "user_id"),
    )


class CameraStar(SiteScoped, Base):
    """A camera somebody keeps at hand."""

    __tablename__ = "camera_star"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    camera_id: Mapped[int] = mapped_column(ForeignKey("camera.id", ondelete="CASCADE"), primary_key=True, index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
