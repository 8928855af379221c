"""Bringing a database to the schema this code expects (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from foundation.database import sqlalchemy_url

FOLDER = Path(__file__).parent / "migrations"
#: Two starters at once take turns on this advisory lock.
LOCK = 0x67_65_6F_77


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run every migration the database has not had, in one transaction."""
    _run(database_url, "upgrade", revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take migrations back to ``revision`` (``base`` for all)."""
    _run(database_url, "downgrade", revision)


def _run(database_url: str, direction: str, revision: str) -> None:
    engine = create_engine(sqlalchemy_url(database_url))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            config = Config()
            config.set_main_option("script_location", str(FOLDER))
            config.attributes["connection"] = connection
            getattr(command, direction)(config, revision)
    finally:
        engine.dispose()
