"""The live log."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0006_live.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    op.execute("DROP TABLE live_event")
