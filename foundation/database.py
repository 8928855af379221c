"""The database: declarative base, sessions, and the row visibility that is installed on every session.

A session carries the viewer it works for. Every statement that touches a scoped table gets the viewer's rule added by
``with_loader_criteria``; a statement over a scoped table with nobody to look fails closed (architecture.md §6).
The rule itself lives in ``sites/visibility.py`` and is handed in once at start-up, because nothing imports upwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Engine,
    Identity,
    MetaData,
    Select,
    Table,
    create_engine,
    event,
    func,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Mapper,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    sessionmaker,
    with_loader_criteria,
)
from sqlalchemy.sql import ClauseElement, visitors

from foundation.settings import Database as DatabaseSettings
from foundation.viewer import SYSTEM, Viewer

#: viewer → select of the site ids that viewer may see.
VisibilityRule = Callable[[Viewer], Select[int]]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger, datetime: DateTime(timezone=True)}


class Recorded:
    """Integer identity, who and when, and the version that optimistic locking compares."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    created_by: Mapped[int | None] = mapped_column(sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=92)
    updated_by: Mapped[int | None] = mapped_column(sort_order=93)
    version: Mapped[int] = mapped_column(sort_order=94, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  SQLAlchemy calls it with the class
        return {"version_id_col": cls.version}


class SiteScoped:
    """A table whose rows belong to a site: nobody sees a row of a site that is not theirs."""

    @classmethod
    def scope_criteria(cls, visible: Select[int]) -> ColumnElement[bool]:
        """Which rows belong to the ``visible`` site ids."""
        return cls.site_id.in_(visible)  # type: ignore[attr-defined, no-any-return]


class NobodyIsLooking(RuntimeError):
    """A statement over a scoped table ran on a session without a viewer."""


class VisibleSession(Session):
    """A session that works for one viewer and adds that viewer's rule to every statement."""

    @property
    def viewer(self) -> Viewer | None:
        """On whose behalf this session reads and writes."""
        return self.info.get("viewer")

    @contextmanager
    def everything(self) -> Iterator[None]:
        """Read without the viewer's rule, for rules that need all rows (resolving grants, overlaps, unique codes).

        What is read so may decide, but is never returned to the viewer. Forbidden in ``api/`` by a test.
        """
        self.flush()
        viewer, self.info["viewer"] = self.info["viewer"], SYSTEM
        try:
            yield
        finally:
            self.info["viewer"] = viewer


@dataclass(frozen=True, kw_only=True)
class Database:
    """An engine, and sessions on it that know who is looking."""

    engine: Engine
    rule: VisibilityRule

    def session(self, viewer: Viewer) -> VisibleSession:
        """A new session for this viewer; the caller owns its transaction."""
        maker = sessionmaker(self.engine, class_=VisibleSession, expire_on_commit=False)
        return maker(info={"viewer": viewer, "rule": self.rule})


def open_database(settings: DatabaseSettings, rule: VisibilityRule, **engine_options: Any) -> Database:
    """Connect to PostgreSQL through psycopg 3; ``rule`` says which sites a viewer sees."""
    url = sqlalchemy_url(settings.url.get_secret_value())
    timeout_ms = int(settings.statement_timeout_s * 1000)
    options: dict[str, Any] = {
        "pool_size": settings.pool_size,
        "max_overflow": settings.pool_size,
        "pool_pre_ping": True,
        "connect_args": {"options": f"-c statement_timeout={timeout_ms} -c timezone=UTC"},
    }
    return Database(engine=create_engine(url, **(options | engine_options)), rule=rule)


def sqlalchemy_url(libpq_url: str) -> str:
    """The libpq URL with SQLAlchemy's driver name."""
    return libpq_url.replace("postgresql://", "postgresql+psycopg://", 1)


@event.listens_for(VisibleSession, "do_orm_execute")
def _show_only_what_is_theirs(state: ORMExecuteState) -> None:
    """Add the viewer's rule to each scoped table of the statement, or refuse to run it."""
    if state.is_column_load:
        return
    viewer: Viewer | None = state.session.info.get("viewer")
    if viewer is not None and viewer.system:
        return
    touched = set(_tables_of(state.statement))
    scoped = [mapper for mapper in _scoped_mappers() if mapper.local_table in touched]
    if not scoped:
        return
    if viewer is None or viewer.user_id is None:
        raise NobodyIsLooking(", ".join(sorted(mapper.class_.__name__ for mapper in scoped)))
    visible = state.session.info["rule"](viewer)
    for mapper in scoped:
        criteria = mapper.class_.scope_criteria(visible)
        state.statement = state.statement.options(with_loader_criteria(mapper.class_, criteria, include_aliases=True))


@event.listens_for(VisibleSession, "before_flush")
def _sign_changes(session: VisibleSession, _: Any, __: Any) -> None:
    """Write who made and who changed each recorded row."""
    user_id = session.viewer.user_id if session.viewer else None
    for row in session.new:
        if isinstance(row, Recorded):
            row.created_by = row.created_by or user_id
            row.updated_by = user_id
    for row in session.dirty:
        if isinstance(row, Recorded) and session.is_modified(row):
            row.updated_by = user_id
            row.updated_at = func.now()


def _scoped_mappers() -> Iterator[Mapper[Any]]:
    return (mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, SiteScoped))


def _tables_of(statement: Any) -> Iterator[Table]:
    """Every table anywhere in the statement: FROM, joins, subqueries, CTEs, IN, EXISTS, bare columns."""
    for element in visitors.iterate(statement):
        if isinstance(element, Table):
            yield element
        elif isinstance(element, Column) and isinstance(element.table, Table):
            yield element.table
        elif isinstance(element, ClauseElement) and "parententity" in element._annotations:  # noqa: SLF001  where SQLAlchemy keeps an expression's entity
            table = getattr(element._annotations["parententity"], "local_table", None)  # noqa: SLF001
            if isinstance(table, Table):
                yield table
