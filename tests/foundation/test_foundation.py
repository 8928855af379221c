"""The unit of work, announced changes, jobs in the transaction, migrations, labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select

import tiles.models  # noqa: F401  all tables are known
from foundation import changes, jobs
from foundation.changes import Change, on
from foundation.database import Base, Database, sqlalchemy_url
from foundation.jobs import build_app, defer, job
from foundation.labels import label
from foundation.log import drop_personal_data
from foundation.migrate import downgrade, upgrade
from foundation.settings import Settings
from foundation.viewer import SYSTEM
from foundation.work import work
from sites.models import District
from tests.make import City


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Change):
    """A test's own fact."""

    litres: int


@pytest.fixture
def reacted() -> Iterator[list[int]]:
    found: list[int] = []

    @on(KettleBoiled)
    def pour(unit: object, change: KettleBoiled) -> None:
        found.append(change.litres)
        if change.litres > 1:
            unit.announce(KettleBoiled(litres=change.litres - 1))  # type: ignore[attr-defined]

    yield found
    changes._reactions.pop(KettleBoiled)


def test_reactions_run_once_each_in_the_transaction_and_may_announce_more(database: Database, reacted: list[int]) -> None:
    with work(database, SYSTEM) as unit:
        unit.announce(KettleBoiled(litres=3))
        assert reacted == []
        unit.react()
        assert reacted == [3, 2, 1]
    assert reacted == [3, 2, 1]


def test_listeners_are_told_at_commit_and_never_of_a_rollback(database: Database, database_url: str, reacted: list[int]) -> None:
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN changes")
        with pytest.raises(ZeroDivisionError), work(database, SYSTEM) as unit:
            unit.announce(KettleBoiled(litres=9))
            raise ZeroDivisionError
        with work(database, SYSTEM) as unit:
            unit.announce(KettleBoiled(litres=1))
        [note] = list(listener.notifies(timeout=2, stop_after=1))
    assert json.loads(note.payload) == [{"change": "KettleBoiled", "litres": 1}]


def test_a_job_belongs_to_the_transaction_that_wants_it(database: Database, settings: Settings, database_url: str) -> None:
    ran: list[str] = []

    @job("test_boil")
    def boil(unit: object, water: str) -> None:
        ran.append(water)

    try:
        with pytest.raises(ZeroDivisionError), work(database, SYSTEM) as unit:
            defer(unit, "test_boil", water="lost")
            raise ZeroDivisionError
        with work(database, SYSTEM) as unit:
            defer(unit, "test_boil", water="hot", lock="kettle")
        with build_app(settings, database).open() as app:
            app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
        assert ran == ["hot"]
        with psycopg.connect(database_url) as connection:
            assert connection.execute("SELECT status FROM procrastinate_jobs WHERE task_name = 'test_boil'").fetchall() == [
                ("succeeded",)
            ]
    finally:
        jobs._jobs.pop("test_boil")


def test_a_read_only_unit_of_work_writes_nothing(database: Database, city: City) -> None:
    from sqlalchemy.exc import InternalError

    with pytest.raises(InternalError, match="read-only"), work(database, SYSTEM, read_only=True) as unit:
        unit.session.scalars(select(District)).first().name_en = "Elsewhere"  # type: ignore[union-attr]


def test_the_tables_are_what_the_migrations_make(database_url: str) -> None:
    engine = create_engine(sqlalchemy_url(database_url))

    def ours(_: object, name: str | None, kind: str, __: bool, ___: object) -> bool:
        named = name or ""
        return not (kind == "table" and named.startswith(("procrastinate", "spatial_ref"))) and not (
            kind == "index" and "in_force" in named
        )

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        differences = [one for one in compare_metadata(context, Base.metadata) if "procrastinate" not in repr(one)]
    engine.dispose()
    assert differences == []


def test_migrations_go_down_and_up_again(database_url: str) -> None:
    downgrade(database_url, "base")
    with psycopg.connect(database_url) as connection:
        left = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {name for (name,) in left} <= {"alembic_version", "spatial_ref_sys"}
    upgrade(database_url)


def test_secrets_never_reach_the_log() -> None:
    assert drop_personal_data(None, "", {"event": "x", "password": "p", "site": 1}) == {"event": "x", "password": "…", "site": 1}


def test_a_word_nobody_wrote_is_its_own_key() -> None:
    assert label("no.such.word", "zh") == "no.such.word"
    assert label("rule.P08.text", "en", distance_m=5, limit_m=3).startswith("The gate is 5 m")
