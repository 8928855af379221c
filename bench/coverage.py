"""Coverage of a whole city, of one site after an edit, and its interval, beside PostGIS doing the same in SQL.

``python -m bench.coverage --sites 5000``: random sites of 20 cameras, 8 obstacles and 10 scenes of 6 elements. PostGIS is given
the exact footprints as polygons and measures as many of the sites as ``--postgis`` says; its answers are the truth that ours are
held against. CPU time of one thread for ours; wall time of one connection for PostGIS.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from psycopg import connect

from bench.golden_city import ELEMENTS, SCENES, RandomSite, random_city
from bench.measuring import percentiles_ms, refuse_a_busy_machine, report
from coverage.intervals import share_intervals
from coverage.kernel.measuring import measure_packed
from coverage.kernel.packing import Packed, pack
from coverage.watched import demand_of
from coverage.watching import measure_views
from ops.throwaway import TEMPLATE, throwaway_cluster
from sites.cameras.aiming import INSTALLER_SIGMAS
from spatial.cameras.views import ExactView, visible

#: Sites that the slow twins and peers measure.
FEW = 200
TEXTBOOK = """
    SELECT s.site, s.scene, e.element, st_area(st_intersection(s.geom, st_union(f.geom))) / st_area(s.geom)
    FROM scenes s JOIN elements e USING (site, scene)
    JOIN footprints f ON f.site = s.site AND f.density = e.density AND st_intersects(f.geom, s.geom)
    JOIN tags t ON t.site = f.site AND t.camera = f.camera AND t.element = e.element
    GROUP BY s.site, s.scene, e.element, s.geom"""
CLIPPED_FIRST = TEXTBOOK.replace(
    "st_area(st_intersection(s.geom, st_union(f.geom)))", "st_area(st_union(st_intersection(s.geom, f.geom)))"
)
TABLES = """
    CREATE TABLE footprints (site int, camera int, density float, geom geometry(Geometry, 4549));
    CREATE TABLE scenes (site int, scene int, geom geometry(Geometry, 4549));
    CREATE TABLE elements (site int, scene int, element text, density float);
    CREATE TABLE tags (site int, camera int, element text);"""
INDEXES = """
    CREATE INDEX ON footprints USING gist (geom); CREATE INDEX ON footprints (site, density);
    CREATE INDEX ON scenes (site, scene); CREATE INDEX ON elements (site, scene); CREATE INDEX ON tags (site, element, camera);
    ANALYZE footprints; ANALYZE scenes; ANALYZE elements; ANALYZE tags;"""
Key = tuple[int, int, str]


def main() -> None:
    """The city first; then what a single edit costs."""
    options = argparse.ArgumentParser()
    options.add_argument("--sites", type=int, default=5000)
    options.add_argument("--postgis", type=int, default=500)
    options.add_argument("--anyway", action="store_true")
    chosen = options.parse_args()
    refuse_a_busy_machine()
    city = random_city(chosen.sites)
    measure_packed(_packed(city[0]).site)  # the kernel is made machine code
    ours = whole_city(city)
    beside_postgis(city[: chosen.postgis], ours)
    twin(city[:FEW])
    edits(city[:FEW])
    intervals(city[:FEW])


def whole_city(city: Sequence[RandomSite]) -> dict[Key, float]:
    """Every share of every site; the sites are packed before, as the product keeps them packed between edits."""
    began = time.process_time()
    packed = [_packed(one) for one in city]
    packing_s = time.process_time() - began
    began = time.process_time()
    shares = [measure_packed(one.site, causes=False) for one in packed]
    shares_s = time.process_time() - began
    began = time.process_time()
    for one in packed:
        measure_packed(one.site)
    causes_s = time.process_time() - began
    report(
        "coverage of the city",
        sites=len(city),
        results=len(city) * SCENES * ELEMENTS,
        shares_s=round(shares_s, 2),
        shares_and_causes_s=round(causes_s, 2),
        packing_s=round(packing_s, 2),
        limit={"shares_s": 2.5},
    )
    return {key: share for number, one in enumerate(packed) for key, share in _shares(number, one, shares[number].stages[:, 0])}


def beside_postgis(city: Sequence[RandomSite], ours: dict[Key, float]) -> None:
    """The same sites in SQL, and how far our shares are from its exact ones."""
    with throwaway_cluster() as cluster, connect(cluster.url(TEMPLATE).replace("+psycopg", "")) as connection:
        footprints_s = _load(connection, city)
        seconds = {}
        for name, query in (("union, then cut", TEXTBOOK), ("cut, then union", CLIPPED_FIRST)):
            began = time.perf_counter()
            rows = connection.execute(query).fetchall()
            seconds[name] = time.perf_counter() - began
    exact = {(site, scene, element): float(share or 0.0) for site, scene, element, share in rows}
    errors = np.array([abs(ours[key] - exact.get(key, 0.0)) for key in ours if key[0] < len(city)])
    scale = 5000 / len(city)
    report(
        "PostGIS on the same sites",
        sites=len(city),
        footprints_for_5000_s=round(footprints_s * scale, 1),
        sql_for_5000_s={name: round(taken * scale, 1) for name, taken in seconds.items()},
        sql_ms_per_site=round(min(seconds.values()) / len(city) * 1e3, 2),
        our_mean_error=float(f"{errors.mean():.2g}"),
        our_p99_error=float(f"{np.percentile(errors, 99):.2g}"),
        our_max_error=float(f"{errors.max():.2g}"),
        limit={"our_mean_error": 1e-4},
    )


def twin(city: Sequence[RandomSite]) -> None:
    """Without the compiled kernel: the same numbers, and how long they take."""
    packed = [_packed(one) for one in city]
    began = time.process_time()
    slow = [measure_packed(one.site, causes=False, compiled=False) for one in packed]
    seconds = time.process_time() - began
    fast = [measure_packed(one.site, causes=False) for one in packed]
    apart = max(
        float((np.abs(one.stages[:, 0] - other.stages[:, 0]) / one.total).max()) for one, other in zip(fast, slow, strict=True)
    )
    report(
        "NumPy twin",
        sites=len(city),
        for_5000_s=round(seconds / len(city) * 5000, 1),
        largest_difference=float(f"{apart:.2g}"),
        limit={"for_5000_s": 40, "largest_difference": 0.002},
    )


def edits(city: Sequence[RandomSite]) -> None:
    """One camera is turned: the site is packed and measured anew, shares, causes and both views."""
    turned = iter(_turned(city))
    kernel = iter([_packed(one) for one in _turned(city)])
    shares = iter([_packed(one) for one in _turned(city)])

    def whole() -> None:
        one = next(turned)
        measure_views(one.surroundings, one.scenes, one.watchers, one.catalogue)

    runs = len(city) - 1
    report(
        "one camera turned",
        kernel_shares=percentiles_ms(lambda: measure_packed(next(shares).site, causes=False), runs=runs),
        kernel_with_causes=percentiles_ms(lambda: measure_packed(next(kernel).site), runs=runs),
        with_packing_and_reading=percentiles_ms(whole, runs=runs),
        limit={"compute_p99_ms": 2},
    )


def intervals(city: Sequence[RandomSite]) -> None:
    """5–95 % of every share of a site from 64 draws of all poses."""
    rest = iter([(one, measure_views(one.surroundings, one.scenes, one.watchers, one.catalogue)[0]) for one in city])

    def draw() -> None:
        one, found = next(rest)
        sigmas = {watcher.camera_id: INSTALLER_SIGMAS for watcher in one.watchers}
        share_intervals(one.surroundings, one.watchers, sigmas, one.catalogue, found)

    report("interval of a site", **percentiles_ms(draw, runs=len(city) - 1), limit={"p50_ms": 30})


def _packed(one: RandomSite) -> Packed:
    return pack(one.surroundings, one.scenes, one.watchers, one.catalogue, live=False)


def _shares(number: int, packed: Packed, covered: Any) -> Iterator[tuple[Key, float]]:
    for request, position in enumerate(packed.order):
        asked = packed.asked[position]
        yield (number, asked.scene.scene_id, asked.element.code), float(covered[request]) / asked.scene.shape.area


def _turned(city: Sequence[RandomSite]) -> list[RandomSite]:
    return [replace(one, watchers=(_turn(one.watchers[0]), *one.watchers[1:])) for one in city]


def _turn(watcher: Any) -> Any:
    assert isinstance(watcher.view, ExactView)
    pose = replace(watcher.view.pose, azimuth_deg=(watcher.view.pose.azimuth_deg + 15) % 360)
    return replace(watcher, view=replace(watcher.view, pose=pose))


def _load(connection: Any, city: Sequence[RandomSite]) -> float:
    """Everything as tables; returns the seconds of CPU that the footprints took."""
    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    connection.execute(TABLES)
    began = time.process_time()
    footprints = [row for number, one in enumerate(city) for row in _footprints(number, one)]
    taken_s = time.process_time() - began
    scenes = [(number, scene.scene_id, _hex(scene.shape)) for number, one in enumerate(city) for scene in one.scenes]
    elements = [
        (number, asked.scene.scene_id, asked.element.code, asked.element.across_px_per_m)
        for number, one in enumerate(city)
        for asked in _packed(one).asked
    ]
    tags = [
        (number, watcher.camera_id, element)
        for number, one in enumerate(city)
        for watcher in one.watchers
        for binding in one.catalogue.bindings
        if binding.tag.value in watcher.tags
        for element in binding.elements
    ]
    for table, rows in (("footprints", footprints), ("scenes", scenes), ("elements", elements), ("tags", tags)):
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    connection.execute(INDEXES)
    return taken_s


def _footprints(number: int, one: RandomSite) -> Iterator[tuple[int, int, float, str]]:
    obstacles = tuple(thing.obstacle for thing in one.surroundings.standing)
    demands = {asked.element.across_px_per_m: demand_of(asked.element, asked.scene) for asked in _packed(one).asked}
    for watcher in one.watchers:
        assert watcher.view is not None
        for density, demand in demands.items():
            ground = visible(watcher.view, demand, obstacles)
            if not ground.is_empty:
                yield number, watcher.camera_id, density, _hex(ground)


def _hex(shape: Any) -> str:
    return str(shapely.to_wkb(shapely.set_srid(shape, 4549), hex=True, include_srid=True))


if __name__ == "__main__":
    main()
