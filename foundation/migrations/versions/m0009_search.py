"""Search."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0009_search.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    op.execute("DROP TABLE search_entry, search_feed")
