"""Incidents and their loop."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0005_incidents.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    op.execute("DROP TABLE incident_step, incident_evidence, incident_source, incident")
