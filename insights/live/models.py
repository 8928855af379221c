"""Tables of the live stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, SiteScoped


class LiveEvent(SiteScoped, Base):
    """Something that happened on a site; its number is what a stream goes on from."""

    __tablename__ = "live_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
