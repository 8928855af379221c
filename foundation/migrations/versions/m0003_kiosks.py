"""Sessions of walls."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0003_kiosks.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    op.execute("ALTER TABLE browser_session DROP COLUMN kiosk_key_id")
