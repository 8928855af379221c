"""Tables of access: organisations, users, roles, sessions, API keys, grants."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database import Base, Recorded
from spatial.crs import STORAGE_SRID


class Organisation(Recorded, Base):
    """A company or an authority, known by its unified social credit code (GB 32100)."""

    __tablename__ = "organisation"

    name: Mapped[str]
    kind: Mapped[str]
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)


class UserAccount(Recorded, Base):
    """A person, or a machine's service account, who can sign in."""

    __tablename__ = "user_account"

    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    password_hash: Mapped[str]
    password_set_at: Mapped[datetime]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default="active")
    locale: Mapped[str] = mapped_column(default="zh")
    locked_until: Mapped[datetime | None]
    last_signed_in_at: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    roles: Mapped[list[UserRole]] = relationship(lazy="raise", cascade="all, delete-orphan", back_populates="user")

    __table_args__ = (CheckConstraint("state IN ('active', 'disabled')", name="state"),)


class UserRole(Base):
    """A role somebody holds."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)

    user: Mapped[UserAccount] = relationship(lazy="raise", back_populates="roles")


class FormerPassword(Base):
    """A password used before, as its hash, so that it is not used again."""

    __tablename__ = "former_password"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    password_hash: Mapped[str]
    replaced_at: Mapped[datetime]


class SignInFailure(Base):
    """A failed sign-in; enough of them in the window lock the account. Unknown logins count as well."""

    __tablename__ = "sign_in_failure"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    login: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    ip: Mapped[str | None]

    __table_args__ = (Index("ix_sign_in_failure_login_at", "login", "at"),)


class BrowserSession(Base):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "browser_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ip: Mapped[str | None]
    #: The key a wall was opened with; such a session holds at its address only, and no longer than the key.
    kiosk_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), index=True)


class ApiKey(Recorded, Base):
    """A machine's key, bound to a service account whose grants it shares. Only its hash is kept."""

    __tablename__ = "api_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    valid_to: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class Grant(Recorded, Base):
    """What part of the city a user sees, as it was granted. ``sites`` resolves it to site ids when it is written."""

    __tablename__ = "area_grant"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    district_code: Mapped[str | None] = mapped_column(String(6))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", STORAGE_SRID, spatial_index=True))
    site_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    valid_to: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "CASE kind WHEN 'city' THEN true WHEN 'district' THEN district_code IS NOT NULL"
            " WHEN 'organisation' THEN organisation_id IS NOT NULL WHEN 'polygon' THEN geom IS NOT NULL"
            " WHEN 'sites' THEN site_ids IS NOT NULL ELSE false END",
            name="kind_has_its_value",
        ),
        CheckConstraint("geom IS NULL OR ST_IsValid(geom)", name="geom_valid"),
    )
