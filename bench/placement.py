"""Placement on five hectares with thirty thousand candidate poses, and its quality beside plain greedy and the optimum (HiGHS).

``python -m bench.placement``
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, eye, hstack, vstack
from shapely import Polygon, box
from shapely.affinity import rotate, translate

from bench.measuring import refuse_a_busy_machine, report
from coverage.catalogue.values import Catalogue, Element, Requirement, SceneType, TagBinding
from coverage.placement.choosing import Choice, Problem, choose, greedy_only
from coverage.placement.seeing import Ground, Stand, feature_keys, ground_of, in_row, pose_columns, pose_on, row_of, rows_from
from coverage.placement.targets import sample_targets
from coverage.watching import WatchedScene, Watcher, measure_site
from sites.cameras.states import CameraTag, Level
from sites.cameras.surroundings import Standing, Surroundings
from spatial.cameras.values import Obstacle, Optics
from spatial.cameras.views import ExactView
from spatial.frames import SiteFrame
from spatial.plan_layers import PlanLayer

WIDE_M, HIGH_M = 250.0, 200.0
SITE = box(0, 0, WIDE_M, HIGH_M)
GOAL = 0.95
SITES = 6
#: Cells stand for as many square metres as they do: the goal is set a little higher, and the exact share is what is told.
MARGIN = 0.005
CATALOGUE = Catalogue(
    elements=(Element(code="E05", name_zh="工程车辆", name_en="Vehicle", across_px_per_m=25, required_share=GOAL),),
    scene_types=(SceneType(code="S00", name_zh="全场", name_en="All", requires=(Requirement(element="E05"),)),),
    bindings=(TagBinding(tag=CameraTag.PANORAMA, elements=("E05",)),),
)


def main() -> None:
    """Five hectares first, then small sites on which the optimum can be found."""
    refuse_a_busy_machine()
    large()
    small()


def large() -> None:
    """One existing camera kept, 95 % of what can be watched at all."""
    # once without a clock: the loops are made machine code
    _place(site(0), standing_camera())
    walls, processes, covers, cameras, poses = [], [], [], [], 0
    for seed in range(SITES):
        surroundings, existing = site(seed), standing_camera()
        began, began_cpu = time.perf_counter(), time.process_time()
        found, placed, poses = _place(surroundings, existing)
        walls.append(time.perf_counter() - began)
        processes.append(time.process_time() - began_cpu)
        covers.append(exact_share(surroundings, [*existing, *placed]))
        cameras.append(len(found.picks))
    report(
        "placement",
        hectares=5,
        candidate_poses=poses,
        wall_s=[round(one, 2) for one in walls],
        cpu_s=[round(one, 2) for one in processes],
        exact_share=[round(one, 4) for one in covers],
        new_cameras=cameras,
        limit={"wall_s": 1.5, "share": GOAL, "candidate_poses": 30_000},
    )


def _place(surroundings: Surroundings, existing: list[Watcher]) -> tuple[Choice, list[Watcher], int]:
    problem, stands, poses = candidates(surroundings, existing, spacing_m=10.0, inner_m=40.0, most=80)
    chosen = choose(problem)
    return chosen, [_watcher(stands, poses, one, -1 - n) for n, one in enumerate(chosen.picks)], len(problem.rows)


def small() -> None:
    """The best K cameras, and the fewest for 95 %, on sites of which HiGHS finds the optimum."""
    ratios: dict[str, list[float]] = {"greedy": [], "ours": []}
    more: dict[str, list[int]] = {"greedy": [], "ours": []}
    seconds = {"ours": 0.0, "highs": 0.0}
    for seed in range(SITES):
        coarse = {"azimuth_step": 45.0, "tilts": (20.0,), "heights": (12.0,), "lenses": (90.0,)}
        problem, _, _ = candidates(site(seed), [], spacing_m=50.0, inner_m=90.0, most=200, **coarse)
        for most in (8, 12, 20):
            bounded = replace(problem, most=most, enough=1 << 60, left=_all_open(problem))
            best, took = timed(lambda bounded=bounded: optimum_cover(bounded))
            ours, ours_took = timed(lambda bounded=bounded: choose(bounded))
            seconds["highs"] += took
            seconds["ours"] += ours_took
            ratios["greedy"].append(greedy_only(bounded).worth / best)
            ratios["ours"].append(ours.worth / best)
        fewest = optimum_count(problem)
        more["greedy"].append(len(greedy_only(problem).picks) - fewest)
        more["ours"].append(len(choose(problem).picks) - fewest)
    report(
        "placement_quality",
        sites=SITES,
        ratio_to_optimum={
            name: {"min": round(min(one), 4), "mean": round(float(np.mean(one)), 4)} for name, one in ratios.items()
        },
        more_cameras_than_optimum=more,
        seconds={name: round(one, 2) for name, one in seconds.items()},
        limit={"ratio": 0.97, "more_cameras": 1},
    )


def site(seed: int) -> Surroundings:
    """Five hectares with eight buildings of different heights."""
    rng = np.random.default_rng(seed)
    standing = []
    for number in range(8):
        x, y = rng.uniform(0.12, 0.88) * WIDE_M, rng.uniform(0.12, 0.88) * HIGH_M
        base = box(-rng.uniform(4, 20), -rng.uniform(2, 9), rng.uniform(4, 20), rng.uniform(2, 9))
        base = translate(rotate(base, rng.uniform(0, 180)), x, y)
        obstacle = Obstacle(base=base, bottom_m=0.0, top_m=float(rng.choice([2.5, 3, 6, 9, 15, 24])))
        standing.append(Standing(obstacle=obstacle, plan_key=f"o{number}", layer=PlanLayer.OBSTACLE, level=Level.SURFACE))
    return Surroundings(frame=SiteFrame(121.5, 31.2), boundary=SITE, standing=tuple(standing))


def standing_camera() -> list[Watcher]:
    """One that stands already, in the south-west corner."""
    optics = Optics(hfov_deg=60.0, vfov_deg=36.0, width_px=2560, height_px=1440)
    view = ExactView(pose=pose_on(Stand(x_m=1.0, y_m=1.0, z_m=8.0, level=Level.SURFACE), 45.0, 12.0), optics=optics)
    return [Watcher(camera_id=1, level=Level.SURFACE, tags=frozenset({"panorama"}), online=True, continuous=True, view=view)]


def scene() -> WatchedScene:
    """The whole site."""
    return WatchedScene(scene_id=1, scene_type="S00", name="", level=Level.SURFACE, ground_z_m=0.0, shape=SITE)


def exact_share(surroundings: Surroundings, watchers: list[Watcher]) -> float:
    """Of all ground that is not under a building."""
    return float(measure_site(surroundings, [scene()], watchers, CATALOGUE, live=False)[0].share or 0.0)


def candidates(
    surroundings: Surroundings,
    existing: list[Watcher],
    *,
    spacing_m: float,
    inner_m: float,
    most: int,
    azimuth_step: float = 15.0,
    tilts: tuple[float, ...] = (12.0, 25.0, 40.0),
    heights: tuple[float, ...] = (6.0, 12.0),
    lenses: tuple[float, ...] = (60.0, 90.0),
) -> tuple[Problem, list[Stand], list[tuple[float, float, Optics]]]:
    """Every place × height × lens × tilt × azimuth, and how much of the site each shows."""
    measured = measure_site(surroundings, [scene()], existing, CATALOGUE, live=False)
    ground = ground_of(surroundings, sample_targets(measured, feature_keys(surroundings)))
    closed = shapely.union_all([one.obstacle.base for one in surroundings.standing])
    stands = [
        Stand(x_m=x, y_m=y, z_m=height, level=Level.SURFACE) for x, y in _places(closed, spacing_m, inner_m) for height in heights
    ]
    poses = [(azimuth, tilt, _optics(lens)) for lens in lenses for tilt in tilts for azimuth in np.arange(0, 360, azimuth_step)]
    columns = pose_columns(np.array([one[0] for one in poses]), np.array([one[1] for one in poses]), [one[2] for one in poses])
    return problem_of(ground, rows_from(ground, stands, columns), most), stands, poses


def problem_of(ground: Ground, rows: Any, most: int) -> Problem:
    """Reach the goal of what can be seen at all."""
    counts, covered = ground.targets.counts(), ground.targets.covered
    open_words = row_of(ground, ~covered)
    seen = np.zeros(ground.width, np.uint64)
    np.bitwise_or.at(seen, rows.index, rows.words)
    reachable = int(in_row(ground, seen | row_of(ground, covered)).sum())
    left = max(0, int(np.ceil(min(GOAL + MARGIN, 1.0) * counts[0])) - int(covered.sum()))
    left = min(left, max(0, int(GOAL * reachable) - int(covered.sum()))) if reachable < (GOAL + MARGIN) * counts[0] else left
    return Problem(
        rows=rows,
        requirement=ground.word_requirement,
        open_words=open_words,
        left=np.array([left]),
        weight=np.array([1]),
        enough=left,
        most=most,
    )


def optimum_cover(problem: Problem) -> float:
    """The most points that ``most`` cameras can see."""
    seen, worth = _matrix(problem)
    n, m = seen.shape[1], len(worth)
    least = vstack([hstack([csr_matrix(-seen), eye(m)]), hstack([csr_matrix(np.ones((1, n))), csr_matrix((1, m))])]).tocsr()
    found = milp(
        np.r_[np.zeros(n), -worth],
        constraints=LinearConstraint(least, -np.inf, np.r_[np.zeros(m), problem.most]),
        integrality=np.r_[np.ones(n), np.zeros(m)],
        bounds=Bounds(0, 1),
        options={"time_limit": 60, "mip_rel_gap": 1e-4},
    )
    return float(-found.mip_dual_bound if found.status == 1 else -found.fun)


def optimum_count(problem: Problem) -> int:
    """The fewest cameras that reach the goal; the proven bound when time runs out."""
    seen, worth = _matrix(problem)
    n, m = seen.shape[1], len(worth)
    least = vstack([hstack([csr_matrix(-seen), eye(m)]), hstack([csr_matrix((1, n)), csr_matrix(-worth[None])])]).tocsr()
    found = milp(
        np.r_[np.ones(n), np.zeros(m)],
        constraints=LinearConstraint(least, -np.inf, np.r_[np.zeros(m), -problem.enough]),
        integrality=np.r_[np.ones(n), np.zeros(m)],
        bounds=Bounds(0, 1),
        options={"time_limit": 60},
    )
    return int(np.ceil(found.mip_dual_bound - 1e-6))


def _matrix(problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points × rows, points that the same rows see taken together; and how many each stands for."""
    rows, width = problem.rows, len(problem.requirement)
    full = np.zeros((len(rows), width), np.uint64)
    full[np.repeat(np.arange(len(rows)), np.diff(rows.starts)), rows.index] = rows.words
    full &= problem.open_words
    bits = np.unpackbits(full.view(np.uint8), axis=1, bitorder="little").T
    groups, worth = np.unique(bits, axis=0, return_counts=True)
    kept = groups.any(axis=1)
    return groups[kept].astype(float), worth[kept].astype(float)


def _all_open(problem: Problem) -> NDArray[np.int64]:
    return np.array([int(np.bitwise_count(problem.open_words).sum())])


def _places(closed: Polygon, spacing_m: float, inner_m: float) -> Iterator[tuple[float, float]]:
    edge = [(float(x), y) for x in np.arange(0, WIDE_M + 0.1, spacing_m) for y in (0.0, HIGH_M)]
    edge += [(x, float(y)) for y in np.arange(spacing_m, HIGH_M - 0.1, spacing_m) for x in (0.0, WIDE_M)]
    edge += [
        (float(x), float(y)) for x in np.arange(inner_m, WIDE_M - 1, inner_m) for y in np.arange(inner_m, HIGH_M - 1, inner_m)
    ]
    return (one for one in edge if not shapely.contains_xy(closed, *one))


def _optics(hfov_deg: float) -> Optics:
    vfov_deg = float(np.degrees(2 * np.arctan(np.tan(np.radians(hfov_deg) / 2) * 9 / 16)))
    return Optics(hfov_deg=hfov_deg, vfov_deg=vfov_deg, width_px=2560, height_px=1440, range_max_m=150.0)


def _watcher(stands: list[Stand], poses: list[tuple[float, float, Optics]], row: int, camera_id: int) -> Watcher:
    stand, (azimuth, tilt, optics) = stands[row // len(poses)], poses[row % len(poses)]
    view = ExactView(pose=pose_on(stand, azimuth, tilt), optics=optics)
    tags = frozenset({"panorama"})
    return Watcher(camera_id=camera_id, level=Level.SURFACE, tags=tags, online=True, continuous=True, view=view)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """A result and the seconds it took."""
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


if __name__ == "__main__":
    main()
