"""Tables of search: what can be found, and how far another engine has read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
    Text,
    UniqueConstraint,
    cast,
    column,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator

from foundation.database import Base, SiteScoped
from insights.search.states import EntryKind
from sites.models import one_of
from spatial.crs import STORAGE_SRID


def this_transaction() -> ColumnElement[int]:
    """The number of the transaction that runs."""
    return cast(cast(func.pg_current_xact_id(), Text), BigInteger)


class Tokens(TypeDecorator[list[str]]):
    """A list of tokens, kept as a ``tsvector`` without positions: its GIN index finds tokens and beginnings of tokens."""

    impl = TSVECTOR
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[list[str]]) -> ColumnElement[Any]:
        """Made by the database from an array, so that nothing in a token is syntax."""
        return func.array_to_tsvector(cast(bindparam, ARRAY(Text)))

    def process_bind_param(self, value: list[str] | None, _: Any) -> Any:
        """The list itself."""
        return value


class SearchEntry(SiteScoped, Base):
    """One thing that can be found. It goes with what it is about: the database takes it away."""

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    #: The site it belongs to; organisations belong to none.
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"),
        Computed("CASE WHEN kind IN ('camera', 'device') THEN subject_id END", persisted=True),
    )
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), Computed("CASE WHEN kind = 'incident' THEN subject_id END", persisted=True)
    )
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"),
        Computed("CASE WHEN kind = 'organisation' THEN subject_id END", persisted=True),
    )
    state: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime]
    #: The transaction that wrote it, so that another engine can read on without missing any.
    written_in: Mapped[int] = mapped_column(server_default=this_transaction())
    #: Key of the label that says what it is: ``incident_kind.dust``.
    word: Mapped[str]
    title: Mapped[str]
    #: What is shown under the title.
    text: Mapped[str]
    #: Title and codes, folded: a match here counts more.
    head: Mapped[str]
    #: Everything it is found by, folded.
    folded: Mapped[str]
    tokens: Mapped[Any] = mapped_column(Tokens)
    #: Where it is; empty when nobody knows.
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", STORAGE_SRID))

    @classmethod
    def scope_criteria(cls, visible: Select[int]) -> ColumnElement[bool]:
        """The entries of the visible sites, and those of no site."""
        return cls.site_id.in_(visible) | cls.site_id.is_(None)

    __table_args__ = (
        one_of("kind", EntryKind),
        CheckConstraint("(site_id IS NULL) = (kind = 'organisation')", name="site"),
        UniqueConstraint("kind", "subject_id"),
        Index("ix_search_entry_tokens", "tokens", postgresql_using="gin", postgresql_with={"fastupdate": False}),
        Index("ix_search_entry_written_in", "written_in"),
        Index("ix_search_entry_site_id", "site_id"),
        # for deletions of what the entries are about
        *(
            Index(f"ix_search_entry_{name}", name, postgresql_where=column(name).is_not(None))
            for name in ("device_id", "incident_id", "organisation_id")
        ),
    )


class SearchFeed(Base):
    """How far another engine has read the entries."""

    __tablename__ = "search_feed"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: Entries written in earlier transactions have all been read.
    read_before: Mapped[int]
    at: Mapped[datetime]
