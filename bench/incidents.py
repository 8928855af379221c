"""Ten million incidents: loading them with the pyramid right, tiles of every zoom, one more, and the same tiles without it.

``python -m bench.incidents [--sites 5000] [--incidents 10000000]``: a seeded city on a private PostGIS. Tiles are made as the
director sees them, through the session's rule, uncached; wall time in this process. The peer is one statement over the rows
(``ST_AsMVT`` of ``ST_AsMVTGeom``, what martin and pg_tileserv send), on the same table in the same run.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle

import numpy as np
import psycopg
from numpy.typing import NDArray
from shapely import Point
from sqlalchemy import Integer, func, literal, select

from bench.city import demo_viewer
from bench.measuring import percentiles_ms, refuse_a_busy_machine, report
from foundation import changes
from foundation.database import Database, open_database
from foundation.settings import Database as DatabaseSettings
from foundation.settings import Security, Settings
from foundation.viewer import SYSTEM, Viewer
from foundation.work import work
from incidents.changes import IncidentReported
from incidents.models import Incident
from incidents.reporting import Report, report_incident
from incidents.states import IncidentKind, IncidentSeverity
from ops.demo.load import seed_city
from ops.throwaway import TEMPLATE, throwaway_cluster
from sites.models import Site
from sites.visibility import visible_sites
from spatial.morton import keys_at, separate
from tiles.layers.incidents import INCIDENTS
from tiles.mvt import draw_tile
from tiles.pyramid.counting import Counted, cells_of
from tiles.pyramid.keeping import add_cells, count_incident
from tiles.pyramid.models import COUNT, IncidentCell

BATCH = 200_000
STATES = ("closed", "detected", "confirmed", "rectifying")
SEVERITIES = ("minor", "moderate", "major", "critical")
COLUMNS = (
    "site_id, kind, severity, state, level, location, located, occurred_at, reported_at, reporter_name, appealed, rejections, "
    "version, tile_key, counted_key, counted_as"
)
ROWS_TILE = """
SELECT ST_AsMVT(t, 'incidents', 4096, 'geom', 'id') FROM (
    SELECT id, kind, severity, state, ST_AsMVTGeom(location_3857, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
    FROM incident WHERE location_3857 && ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) t
"""


def main() -> None:
    """Load, draw, add one, draw without."""
    options = argparse.ArgumentParser()
    options.add_argument("--sites", type=int, default=5000)
    options.add_argument("--incidents", type=int, default=10_000_000)
    options.add_argument("--anyway", action="store_true")
    chosen = options.parse_args()
    refuse_a_busy_machine()
    with throwaway_cluster() as cluster:
        url = cluster.url(TEMPLATE)
        settings = Settings(
            database=DatabaseSettings(url=url, statement_timeout_s=600.0), security=Security(argon2_memory_kib=8, argon2_time=1)
        )
        database = open_database(settings.database, visible_sites)
        seed_city(database, settings, sites=chosen.sites)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("TRUNCATE incident CASCADE")
            connection.execute("TRUNCATE incident_cell")
            _load(database, connection, chosen.incidents)
        _draw(database, url)
        _add_one(database)
        database.engine.dispose()


def _load(database: Database, connection: psycopg.Connection, number: int) -> None:
    with work(database, SYSTEM) as unit:
        places = unit.session.execute(select(Site.id, func.ST_X(Site.location), func.ST_Y(Site.location))).all()
    sites = np.array(places)
    rng = np.random.default_rng(7)
    copied = counted = 0.0
    for begin in range(0, number, BATCH):
        size = min(BATCH, number - begin)
        chosen = sites[(rng.power(2.0, size) * len(sites)).astype(int)]
        lon, lat = chosen[:, 1] + rng.normal(0, 6e-4, size), chosen[:, 2] + rng.normal(0, 6e-4, size)
        kinds = np.where(rng.random(size) < 0.95, 0, rng.integers(1, 5, size))
        keys, site_ids = keys_at(lon, lat), chosen[:, 0].astype(np.int64)
        lines = "".join(_lines(site_ids, lon, lat, keys, kinds))
        with work(database, SYSTEM) as unit:
            began = time.perf_counter()
            driver = unit.session.connection().connection.driver_connection
            assert driver is not None
            with driver.cursor().copy(f"COPY incident ({COLUMNS}) FROM STDIN") as copy:
                copy.write(lines)
            copied += time.perf_counter() - began
            began = time.perf_counter()
            signs = np.ones(size, dtype=np.int64)
            add_cells(unit, cells_of(Counted(keys=keys, site_ids=site_ids, counted_as=kinds, signs=signs)))
            counted += time.perf_counter() - began
    connection.execute("VACUUM ANALYZE incident, incident_cell")
    with work(database, SYSTEM) as unit:
        sums = unit.session.execute(select(IncidentCell.level, func.sum(COUNT)).group_by(IncidentCell.level)).all()
    report(
        "incidents, load",
        incidents=number,
        rows_per_s=round(number / (copied + counted)),
        rows_per_s_without_pyramid=round(number / copied),
        right=all(total == number for _, total in sums),
        limit={"rows_per_s": 30_000},
    )


def _lines(
    site_ids: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    keys: NDArray[np.int64],
    kinds: NDArray[np.int64],
) -> Iterator[str]:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    for site_id, x, y, key, kind in zip(
        site_ids.tolist(), lon.tolist(), lat.tolist(), keys.tolist(), kinds.tolist(), strict=True
    ):
        when = (at - timedelta(minutes=key % 525_600)).isoformat()
        state = STATES[0] if kind == 0 else STATES[1 + key % 3]
        severity = SEVERITIES[key % 4 if kind == 0 else kind - 1]
        place = f"SRID=4490;POINT({x:.7f} {y:.7f})"
        told = (site_id, "dust", severity, state, "small", place, "map", when, when, "bench", "f", 0, 1, key, key, kind)
        yield "\t".join(map(str, told)) + "\n"


def _draw(database: Database, url: str) -> None:
    """The busiest tiles of each zoom, ours and the peer's."""
    viewer = demo_viewer(database, "director")
    for z in (6, 8, 10, 12, 14, 16):
        tiles = _busiest(database, z)
        sizes: list[int] = []

        figures = percentiles_ms(partial(_ours, database, viewer, z, cycle(tiles), sizes), runs=60)
        with psycopg.connect(url, autocommit=True) as connection:
            began = time.perf_counter()
            row = connection.execute(ROWS_TILE, {"z": z, "x": tiles[0][0], "y": tiles[0][1]}).fetchone()
            assert row is not None
            body = gzip.compress(row[0], 4)
            peer = round((time.perf_counter() - began) * 1e3)
        report(
            f"incidents, tile z{z}", **figures, largest_bytes=max(sizes), peer_ms=peer, peer_bytes=len(body), limit={"p99_ms": 10}
        )


def _ours(database: Database, viewer: Viewer, z: int, tiles: Iterator[tuple[int, int]], sizes: list[int]) -> None:
    with work(database, viewer, read_only=True) as unit:
        sizes.append(len(draw_tile(unit, INCIDENTS, z, *next(tiles)).body))


def _busiest(database: Database, z: int) -> list[tuple[int, int]]:
    level = max(z, 12)
    with work(database, SYSTEM) as unit:
        shifted = IncidentCell.key.op(">>")(literal(2 * (level - z), Integer)) if level > z else IncidentCell.key
        rows = unit.session.execute(
            select(shifted.label("tile"), func.sum(IncidentCell.closed).label("n"))
            .where(IncidentCell.level == level)
            .group_by("tile")
            .order_by(func.sum(IncidentCell.closed).desc())
            .limit(20)
        ).all()
    columns, tile_rows = separate([row.tile for row in rows])
    return list(zip(columns.tolist(), tile_rows.tolist(), strict=True))


def _add_one(database: Database) -> None:
    """One report through the use case, with and without counting it."""
    with work(database, SYSTEM) as unit:
        site = unit.session.execute(select(Incident.location).limit(1)).scalar_one()
        x, y = unit.session.execute(select(func.ST_X(site), func.ST_Y(site))).one()

    def write() -> None:
        told = Report(
            kind=IncidentKind.DUST,
            severity=IncidentSeverity.MINOR,
            location=Point(x, y),
            occurred_at=datetime.now(UTC) - timedelta(days=next(days)),
        )
        with work(database, SYSTEM) as unit:
            report_incident(unit, told)

    days = iter(range(1, 100_000))
    with_it = percentiles_ms(write, runs=200)
    reactions = changes._reactions[IncidentReported]  # noqa: SLF001  taken out for the comparison
    reactions.remove(count_incident)
    without = percentiles_ms(write, runs=200)
    reactions.append(count_incident)
    added = round(with_it["p50_ms"] - without["p50_ms"], 2)
    report("incidents, one more", **with_it, without_pyramid=without, added_p50_ms=added, limit={"added_ms": 5})


if __name__ == "__main__":
    main()
