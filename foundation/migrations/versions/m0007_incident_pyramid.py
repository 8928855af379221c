"""The pyramid of incident counts. Incidents that are there already get their key here and are counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from alembic import op
from psycopg import Connection

revision = "0007"
down_revision = "0006"
SQL = Path(__file__).parent.parent / "sql"
#: Level of the keys (``spatial.morton``), and finest and coarsest of the cells.
LEVEL, FINEST, COARSEST = 28, 20, 12
#: What an incident counts as: closed, or open with its grade.
COUNTED_AS = """
CASE WHEN state IN ('false_alarm', 'duplicate', 'voided') THEN NULL
     WHEN state = 'closed' THEN 0
     ELSE array_position(ARRAY['minor', 'moderate', 'major', 'critical']::varchar[], severity) END
"""
CELLS = """
INSERT INTO incident_cell (level, key, site_id, closed, minor, moderate, major, critical, columns, rows)
SELECT %(level)s, counted_key >> %(shift)s, site_id,
       count(*) FILTER (WHERE counted_as = 0), count(*) FILTER (WHERE counted_as = 1),
       count(*) FILTER (WHERE counted_as = 2), count(*) FILTER (WHERE counted_as = 3),
       count(*) FILTER (WHERE counted_as = 4), sum(k.x), sum(k.y)
FROM incident JOIN incident_position k USING (id) WHERE counted_as IS NOT NULL GROUP BY 2, 3
"""


def upgrade() -> None:
    """Make everything."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((SQL / "0007_incident_pyramid.sql").read_text())
    _give_keys(driver)
    driver.execute(f"UPDATE incident SET counted_as = {COUNTED_AS}")
    driver.execute("UPDATE incident SET counted_key = tile_key WHERE counted_as IS NOT NULL")
    for level in range(COARSEST, FINEST + 1):
        driver.execute(CELLS, {"level": level, "shift": 2 * (LEVEL - level)})
    driver.execute("ALTER TABLE incident ALTER COLUMN tile_key SET NOT NULL")
    driver.execute("CREATE INDEX ix_incident_counted_key ON incident (counted_key)")
    driver.execute("CREATE INDEX ix_incident_open_counted_key ON incident (counted_key) WHERE counted_as > 0")


def downgrade() -> None:
    """Remove everything."""
    op.execute("DROP TABLE incident_cell")
    op.execute("ALTER TABLE incident DROP COLUMN tile_key, DROP COLUMN counted_key, DROP COLUMN counted_as")


def _give_keys(driver: Connection) -> None:
    """Keys are computed here: the same bits, shifted in SQL, take a thousand times as long."""
    driver.execute("CREATE TEMPORARY TABLE incident_position (id BIGINT, x BIGINT, y BIGINT, key BIGINT) ON COMMIT DROP")
    found = driver.execute("SELECT id, ST_X(location), ST_Y(location) FROM incident").fetchall()
    if found:
        ids, lon, lat = (np.array(part) for part in zip(*found, strict=True))
        side = 2.0**LEVEL
        x = np.floor((lon + 180) / 360 * side).astype(np.int64)
        y = np.floor((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * side).astype(np.int64)
        key = sum(((x >> bit & 1) << 2 * bit) | ((y >> bit & 1) << 2 * bit + 1) for bit in range(LEVEL))
        with driver.cursor().copy("COPY incident_position FROM STDIN") as copy:
            for row in zip(ids.tolist(), x.tolist(), y.tolist(), key.tolist(), strict=True):
                copy.write_row(row)
    driver.execute("UPDATE incident SET tile_key = k.key FROM incident_position k WHERE k.id = incident.id")
