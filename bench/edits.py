"""One camera is turned through the API, and everything that follows from it: footprint, coverage, gaps, summary, tile versions.

``python -m bench.edits``: a seeded city on a private PostGIS; the largest site by cameras and one of ordinary size. Wall time of
the whole request in this process, without a network.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.app import create_app
from bench.measuring import percentiles_ms, refuse_a_busy_machine, report
from foundation.database import Database, open_database
from foundation.settings import Database as DatabaseSettings
from foundation.settings import Security, Settings
from foundation.viewer import SYSTEM
from foundation.work import work
from ops.demo.load import seed_city
from ops.demo.logins import DEMO_PASSWORD
from ops.throwaway import TEMPLATE, throwaway_cluster
from sites.cameras.models import Camera
from sites.visibility import visible_sites

RUNS = 60


def main() -> None:
    """Seed, sign in, turn a camera to and fro."""
    options = argparse.ArgumentParser()
    options.add_argument("--sites", type=int, default=60)
    options.add_argument("--anyway", action="store_true")
    chosen = options.parse_args()
    refuse_a_busy_machine()
    with throwaway_cluster() as cluster:
        settings = Settings(
            database=DatabaseSettings(url=cluster.url(TEMPLATE)), security=Security(argon2_memory_kib=8, argon2_time=1)
        )
        database = open_database(settings.database, visible_sites)
        seed_city(database, settings, sites=chosen.sites)
        client = TestClient(create_app(settings, database=database))
        answer = client.post("/api/v1/session", json={"login": "director", "password": DEMO_PASSWORD})
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        sizes = _sites_by_cameras(database)
        for name, (site_id, cameras) in {"largest": sizes[0], "ordinary": sizes[len(sizes) // 2]}.items():
            requirements = len(client.get(f"/api/v1/sites/{site_id}/coverage").json()["items"])
            figures = percentiles_ms(_turn(client, site_id), runs=RUNS)
            report(f"edit, {name} site", cameras=cameras, requirements=requirements, **figures, limit={"p95_ms": 40})
        database.engine.dispose()


def _sites_by_cameras(database: Database) -> list[tuple[int, int]]:
    with work(database, SYSTEM) as unit:
        counted = select(Camera.site_id, func.count()).group_by(Camera.site_id).order_by(func.count().desc(), Camera.site_id)
        return [(site_id, number) for site_id, number in unit.session.execute(counted).all()]


def _turn(client: TestClient, site_id: int) -> Callable[[], None]:
    camera = next(
        one for one in client.get(f"/api/v1/sites/{site_id}/cameras").json()["items"] if one["pose"]["method"] == "pinhole"
    )
    pose = client.get(f"/api/v1/cameras/{camera['id']}").json()["pose"]
    names = (
        "location",
        "height_m",
        "azimuth_deg",
        "tilt_deg",
        "roll_deg",
        "hfov_deg",
        "vfov_deg",
        "range_m",
        "width_px",
        "height_px",
    )
    aimed = {name: pose[name] for name in names}
    version = [camera["version"]]

    def turn() -> None:
        aimed["azimuth_deg"] = (aimed["azimuth_deg"] + 40) % 360
        answer = client.put(f"/api/v1/cameras/{camera['id']}/pose", json={"version": version[0], "pose": aimed})
        assert answer.status_code == 200, answer.text
        version[0] = answer.json()["version"]

    return turn


if __name__ == "__main__":
    main()
