"""Cameras, their poses and calibrations; catalogue, scenes, coverage, digital plans and reports."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
SQL = Path(__file__).parent.parent / "sql"
TABLES = """
    coverage_report, plan_reminder, plan_step, plan_item, digital_plan, city_recompute, site_coverage, coverage_gap,
    coverage_result, scene, catalogue_version, camera_picture, camera_pose, camera_calibration, camera,
    quarantined_device, device_log
"""


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0002_cameras_and_coverage.sql").read_text())


def downgrade() -> None:
    """Remove everything."""
    op.execute(f"DROP TABLE {TABLES} CASCADE")
    op.execute(
        "ALTER TABLE device DROP COLUMN location_3857, DROP COLUMN connectivity, DROP COLUMN heard_at, DROP COLUMN period_s, "
        "DROP COLUMN vendor, DROP COLUMN retired_at, DROP COLUMN readings, DROP COLUMN readings_at"
    )
