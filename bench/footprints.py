"""Footprints a second, and what a camera sees cell by cell, beside GDAL's viewshed on the same ground.

``python -m bench.footprints``. GDAL comes from Debian (``apt install python3-gdal``) and runs in the system's Python; without it
its figures are left out and said to be.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import box

from bench.golden_city import RandomSite, random_city
from bench.measuring import refuse_a_busy_machine, report, seconds
from coverage.catalogue.values import Catalogue, Element, Requirement, SceneType, TagBinding
from coverage.kernel.measuring import measure_packed
from coverage.kernel.packing import pack
from coverage.kernel.values import PackedSite
from coverage.placement.seeing import Prisms, feature_keys, hot_loops, prisms_of
from coverage.watched import WatchedScene, Watcher
from sites.cameras.states import CameraTag, Level
from spatial.cameras.footprints import footprint_rings
from spatial.cameras.values import Demand, Optics, Pose, Projection
from spatial.cameras.views import ExactView, visible

Floats = NDArray[np.float64]
RADIUS_M, CELL_M = 100.0, 0.5
SITES, CAMERAS = 20, 10
DEBIANS_PYTHON = "/usr/bin/python3"
#: Lens, cells (n, 3), what stands there.
Scene = tuple[Floats, Floats, Prisms, RandomSite]
EVERYTHING = Catalogue(
    elements=(Element(code="E05", name_zh="x", name_en="x", across_px_per_m=0.0),),
    scene_types=(SceneType(code="S00", name_zh="x", name_en="x", requires=(Requirement(element="E05"),)),),
    bindings=(TagBinding(tag=CameraTag.PANORAMA, elements=("E05",)),),
)
VIEWSHED = """
import sys, time, numpy as np
from osgeo import gdal
gdal.UseExceptions()
given = np.load(sys.argv[1])
spent, masks = 0.0, []
for number in range(len(given["lens"])):
    surface, (x, y, z) = given["surface"][number], given["lens"][number]
    rows, columns = surface.shape
    source = gdal.GetDriverByName("MEM").Create("", columns, rows, 1, gdal.GDT_Float32)
    west, north, cell = given["corner"][number][0], given["corner"][number][1], float(given["cell"])
    source.SetGeoTransform([west, cell, 0, north, 0, -cell])
    source.GetRasterBand(1).WriteArray(surface)
    under = surface[int((north - y) / cell), int((x - west) / cell)]
    began = time.perf_counter()
    seen = gdal.ViewshedGenerate(source.GetRasterBand(1), "MEM", "", [], x, y, max(float(z - under), 0.1), 0.0, 255.0, 0.0, 0.0,
                                 -1.0, 0.0, gdal.GVM_Edge, float(given["radius"]), heightMode=gdal.GVOT_NORMAL)
    spent += time.perf_counter() - began
    mask, place = seen.ReadAsArray() > 0, seen.GetGeoTransform()
    whole = np.zeros(surface.shape, bool)
    left, top = round((place[0] - west) / cell), round((north - place[3]) / cell)
    whole[top:top + mask.shape[0], left:left + mask.shape[1]] = mask
    masks.append(whole)
np.savez_compressed(sys.argv[2], seconds=spent, masks=np.array(masks), version=gdal.__version__)
"""


def main() -> None:
    """Arrays of footprints, footprints among obstacles, and masks."""
    options = argparse.ArgumentParser()
    options.add_argument("--anyway", action="store_true")
    options.parse_args()
    refuse_a_busy_machine()
    city = random_city(SITES)
    many()
    occluded(city)
    masks(city)


def many() -> None:
    """Undistorted footprints of a hundred thousand cameras at once."""
    random, count = np.random.default_rng(3), 100_000
    poses = np.column_stack(
        [
            random.uniform(-500, 500, (count, 2)),
            random.uniform(3, 25, count),
            random.uniform(0, 360, count),
            random.uniform(4, 60, count),
            random.normal(0, 1.5, count),
            np.full(count, 62.0),
            np.full(count, 37.0),
        ]
    )
    taken_s = seconds(lambda: footprint_rings(poses, 0.0, np.full(count, 80.0)))
    report("footprints as arrays", per_s=round(count / taken_s), limit={"per_s": 1_000_000})


def occluded(city: list[RandomSite]) -> None:
    """Footprints as polygons, less the shadows of eight obstacles."""
    cameras = [(one, tuple(thing.obstacle for thing in one.surroundings.standing)) for one in city]
    demand = Demand(plane_z_m=0.0, across_px_per_m=25.0)

    def draw() -> None:
        for one, obstacles in cameras:
            for watcher in one.watchers:
                assert watcher.view is not None
                visible(watcher.view, demand, obstacles)

    count = sum(len(one.watchers) for one in city)
    report("footprints among obstacles", per_s=round(count / seconds(draw)), limit={"per_s": 25_000})


def masks(city: list[RandomSite]) -> None:
    """All round, a hundred metres: the kernel's rows, a line of sight to every cell as the referee, and GDAL's viewshed."""
    scenes = [_scene(one, number) for one in city for number in range(CAMERAS)]
    hidden = [np.zeros(len(cells), bool) for _, cells, _, _ in scenes]
    began = time.process_time()
    for scene, found in zip(scenes, hidden, strict=True):
        _hide(scene, found)
    rays_ms = (time.process_time() - began) / len(scenes) * 1e3
    packed = [_all_round(lens, one) for lens, _, _, one in scenes]
    measure_packed(packed[0], causes=False)  # made machine code
    ours_ms = seconds(lambda: [measure_packed(one, causes=False) for one in packed], repeats=3) / len(scenes) * 1e3
    seen = np.array([measure_packed(one, causes=False).stages[0, 0] for one in packed])
    beside = _beside_gdal(scenes, hidden, ours_ms)
    report(
        "visibility mask",
        cameras=len(scenes),
        ours_ms=round(ours_ms, 2),
        ours_from_rays_pct=round(100 * float(np.mean(np.abs(seen - _seen_m2(scenes, hidden)) / seen)), 2),
        rays_ms=round(rays_ms, 2),
        shapely_rays_ms=round(_brute_ms(scenes[:2])),
        **beside,
    )


def _all_round(lens: Floats, one: RandomSite) -> PackedSite:
    """A fisheye that looks straight down over a square: rows as high as a cell."""
    pose = Pose(x_m=lens[0], y_m=lens[1], z_m=lens[2], azimuth_deg=0.0, tilt_deg=90.0)
    optics = Optics(
        hfov_deg=185.0,
        vfov_deg=185.0,
        width_px=2000,
        height_px=2000,
        range_max_m=float(np.hypot(RADIUS_M, lens[2])),
        projection=Projection.EQUIDISTANT,
    )
    square = box(lens[0] - RADIUS_M, lens[1] - RADIUS_M, lens[0] + RADIUS_M, lens[1] + RADIUS_M)
    scene = WatchedScene(scene_id=0, scene_type="S00", name="x", level=Level.SURFACE, ground_z_m=0.0, shape=square)
    watcher = Watcher(
        camera_id=1,
        level=Level.SURFACE,
        tags=frozenset({CameraTag.PANORAMA}),
        online=True,
        continuous=True,
        view=ExactView(pose=pose, optics=optics),
    )
    return pack(one.surroundings, [scene], [watcher], EVERYTHING, live=False).site


def _seen_m2(scenes: list[Scene], hidden: list[NDArray[np.bool_]]) -> Floats:
    """Square metres within the radius that no ray misses."""
    found = []
    for (lens, cells, _, _), one in zip(scenes, hidden, strict=True):
        near = np.hypot(cells[:, 0] - lens[0], cells[:, 1] - lens[1]) <= RADIUS_M
        found.append(float((near & ~one).sum()) * CELL_M**2)
    return np.array(found)


def _scene(one: RandomSite, number: int) -> Scene:
    view = one.watchers[number].view
    assert isinstance(view, ExactView)
    lens = np.array([view.pose.x_m, view.pose.y_m, view.pose.z_m])
    x, y = _grid(lens)
    prisms = prisms_of(one.surroundings, Level.SURFACE, feature_keys(one.surroundings))
    return lens, np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)]), prisms, one


def _grid(lens: Floats) -> tuple[Floats, Floats]:
    half = int(RADIUS_M / CELL_M)
    west, north = np.floor(lens[0]) - RADIUS_M, np.floor(lens[1]) + RADIUS_M
    steps = (np.arange(2 * half) + 0.5) * CELL_M
    x, y = np.meshgrid(west + steps, north - steps)
    return x, y


def _hide(scene: Scene, hidden: NDArray[np.bool_]) -> None:
    lens, cells, prisms, _ = scene
    own = np.full(len(cells), -1)
    hot_loops().hide_targets(lens, cells, own, prisms.corners, prisms.first, prisms.heights, prisms.feature, hidden)


def _brute_ms(scenes: list[Scene]) -> float:
    """Every line of sight as a line that must not cross what is higher than it: what PostGIS or shapely alone can do."""
    began, share = time.process_time(), 20
    for lens, cells, _, one in scenes:
        for cell in cells[::share]:
            sight = shapely.linestrings([lens[:2], cell[:2]])
            any(sight.intersects(thing.obstacle.base) for thing in one.surroundings.standing)
    return (time.process_time() - began) / len(scenes) * share * 1e3


def _beside_gdal(scenes: list[Scene], ours: list[NDArray[np.bool_]], ours_ms: float) -> dict[str, object]:
    if subprocess.run([DEBIANS_PYTHON, "-c", "import osgeo"], capture_output=True, check=False).returncode:
        print("GDAL is not here: apt install python3-gdal", file=sys.stderr)
        return {"gdal": "not installed"}
    with tempfile.TemporaryDirectory() as name:
        given, found = Path(name) / "given.npz", Path(name) / "found.npz"
        lenses = np.array([lens for lens, *_ in scenes])
        corners = np.column_stack([np.floor(lenses[:, 0]) - RADIUS_M, np.floor(lenses[:, 1]) + RADIUS_M])
        surfaces = np.array([_surface(one, cells) for _, cells, _, one in scenes])
        np.savez(given, surface=surfaces, lens=lenses, corner=corners, cell=CELL_M, radius=RADIUS_M)
        subprocess.run([DEBIANS_PYTHON, "-c", VIEWSHED, str(given), str(found)], check=True)
        answer = np.load(found)
        theirs = answer["masks"].reshape(len(scenes), -1)
    pairs = zip(scenes, theirs, ours, strict=True)
    wrong = [float((seen == hidden)[_open_ground(scene)].mean()) for scene, seen, hidden in pairs]
    gdal_ms = float(answer["seconds"]) / len(scenes) * 1e3
    return {
        "gdal_ms": round(gdal_ms, 2),
        "times_faster": round(gdal_ms / ours_ms, 1),
        "gdal_cells_wrong_pct": round(100 * float(np.mean(wrong)), 2),
        "gdal": str(answer["version"]),
        "limit": {"times_faster": 10},
    }


def _surface(one: RandomSite, cells: Floats) -> NDArray[np.float32]:
    """Heights (rows, columns) as GDAL wants them."""
    side = int(2 * RADIUS_M / CELL_M)
    heights = np.zeros(len(cells), np.float32)
    for thing in one.surroundings.standing:
        inside = shapely.contains_xy(thing.obstacle.base, cells[:, 0], cells[:, 1])
        heights[inside] = np.maximum(heights[inside], thing.obstacle.top_m)
    return heights.reshape(side, side)


def _open_ground(scene: Scene) -> NDArray[np.bool_]:
    """Cells that are compared: on the ground, not beside an obstacle, where GDAL looks at the roof, and within the radius."""
    lens, cells, _, one = scene
    kept = np.hypot(cells[:, 0] - lens[0], cells[:, 1] - lens[1]) < RADIUS_M - 2
    for thing in one.surroundings.standing:
        kept &= ~shapely.contains_xy(thing.obstacle.base.buffer(2 * CELL_M), cells[:, 0], cells[:, 1])
    return np.asarray(kept)


if __name__ == "__main__":
    main()
