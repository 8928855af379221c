"""Imagery and drone flights."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0008_imagery.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    for table in ("imagery_item", "file_upload", "flight_frame", "flight"):
        op.execute(f"DROP TABLE {table}")
