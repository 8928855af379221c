"""The first schema: access, sites, tiles, audit, and the job queue."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
SQL = Path(__file__).parent.parent / "sql"
TABLES = """
    layer_version, audit_entry, area_grant, api_key, browser_session, sign_in_failure, former_password,
    user_role, device, plotting_reminder, plot_draft, plot_feature, plot_version, code_serial, opening_step, participant,
    site_viewer, site_district, site, project, district, user_account, organisation
"""


def upgrade() -> None:
    """Make everything."""
    _execute((SQL / "0001_first_city.sql").read_text())
    _execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Remove everything; extensions stay, others may use them."""
    _execute(f"DROP TABLE {TABLES} CASCADE")
    _execute("DROP FUNCTION refuse_change() CASCADE")
    _execute(REMOVE_JOBS)


def _execute(script: str) -> None:
    """Run a whole script as it stands: a % in it is no placeholder."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(script)


#: procrastinate has no way back of its own: everything of its name goes.
REMOVE_JOBS = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT oid::regclass AS name FROM pg_class WHERE relname LIKE 'procrastinate\\_%' AND relkind = 'r' LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', found.name);
    END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%' LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', found.name);
    END LOOP;
    FOR found IN SELECT oid::regtype AS name FROM pg_type WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') LOOP
        EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', found.name);
    END LOOP;
END;
$$
"""
