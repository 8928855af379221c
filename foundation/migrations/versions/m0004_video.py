"""Viewings of cameras, and cameras kept at hand."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0004_video.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    op.execute("DROP TABLE camera_star, video_session")
