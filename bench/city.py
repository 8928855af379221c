"""The demo city at the size asked for: how long it takes to seed, how large it is, and how fast its tiles and lists come.

``python -m bench.city --sites 5000``: a private PostGIS, thrown away afterwards. The limit beside every figure is the design's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from sqlalchemy import func, select

from access.models import UserAccount
from access.viewers import viewer_of_user
from bench.measuring import percentiles_ms, refuse_a_busy_machine, report
from foundation.database import Database, open_database
from foundation.settings import Database as DatabaseSettings
from foundation.settings import Settings
from foundation.viewer import SYSTEM, Viewer
from foundation.work import work
from ops.demo.load import seed_city
from ops.throwaway import TEMPLATE, throwaway_cluster
from sites.models import PlotFeature, Site
from sites.visibility import visible_sites
from tiles.mvt import draw_tile, layer_named

#: Tiles over the middle of the city, from the whole of it down to one street.
TILES = (("districts", 8, 214, 104), ("sites", 10, 857, 418), ("sites", 12, 3429, 1673), ("plan_layers", 14, 13719, 6692))


def main() -> None:
    """Seed, then ask for tiles as the director, who sees all, and as an officer, who sees a district."""
    options = argparse.ArgumentParser()
    options.add_argument("--sites", type=int, default=5000)
    options.add_argument("--anyway", action="store_true")
    chosen = options.parse_args()
    refuse_a_busy_machine()
    with throwaway_cluster() as cluster:
        settings = Settings(database=DatabaseSettings(url=cluster.url(TEMPLATE)))
        database = open_database(settings.database, visible_sites)
        began = time.perf_counter()
        seeded = seed_city(database, settings, sites=chosen.sites)
        seed_s = round(time.perf_counter() - began, 1)
        figures = {login: _drawn(database, login) for login in ("director", "pudong")}
        report("city", sites=seeded.sites, features=seeded.features, seed_s=seed_s, tiles=figures, limit={"tile_p95_ms": 50})
        database.engine.dispose()


def _drawn(database: Database, login: str) -> dict[str, object]:
    viewer = demo_viewer(database, login)
    found: dict[str, object] = {}
    with work(database, viewer, read_only=True) as unit:
        found["sites_seen"] = unit.session.scalar(select(func.count(Site.id)))
        found["features_seen"] = unit.session.scalar(select(func.count(PlotFeature.id)))
    for name, z, x, y in TILES:
        draw = _draw(database, viewer, name, z, x, y)
        found[f"{name}/{z}"] = {**percentiles_ms(draw, runs=30), "kb": round(draw() / 1024, 1)}
    return found


def demo_viewer(database: Database, login: str) -> Viewer:
    """Somebody of the demo city."""
    with work(database, SYSTEM) as unit:
        user = unit.session.scalars(select(UserAccount).where(UserAccount.login == login)).unique().one()
        return viewer_of_user(unit, user, None)


def _draw(database: Database, viewer: Viewer, name: str, z: int, x: int, y: int) -> Callable[[], int]:
    def drawn() -> int:
        with work(database, viewer, read_only=True) as unit:
            return len(draw_tile(unit, layer_named(name), z, x, y).body)

    return drawn


if __name__ == "__main__":
    main()
