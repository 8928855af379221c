"""The referee's site (``tests/spatial/cameras/golden/coverage.json``) and the golden fixtures of features.md as values."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from shapely import Polygon, box

from coverage.catalogue.values import Catalogue, Element, Requirement, SceneType, TagBinding
from coverage.watched import WatchedScene, Watcher
from sites.cameras.states import CameraTag, Level
from sites.cameras.surroundings import Standing, Surroundings
from spatial.cameras.values import Obstacle, Optics, Pose
from spatial.cameras.views import ExactView, NominalView
from spatial.frames import SiteFrame
from spatial.plan_layers import PlanLayer

GOLDEN = Path(__file__).parents[1] / "spatial/cameras/golden/coverage.json"
FRAME = SiteFrame(121.47, 31.23)
#: The referee has no far limit.
ENDLESS_M = 1e6
#: One tag for each of the referee's elements.
RefereeTag = StrEnum("RefereeTag", {f"T{number}": f"t{number}" for number in range(24)})


def element(code: str, px_per_m: float = 0.0, **given: Any) -> Element:
    return Element(code=code, name_zh=code, name_en=code, across_px_per_m=px_per_m, **given)


def standing(base: Polygon, top_m: float, key: str = "", **given: Any) -> Standing:
    level = given.pop("level", Level.SURFACE)
    obstacle = Obstacle(base=base, bottom_m=given.pop("bottom_m", 0.0), top_m=top_m, **given)
    return Standing(obstacle=obstacle, plan_key=key, layer=PlanLayer.OBSTACLE, level=level)


def surroundings(*things: Standing, boundary: Polygon | None = None) -> Surroundings:
    return Surroundings(frame=FRAME, boundary=boundary or Polygon(), standing=things)


def watcher(camera_id: int, view: ExactView | NominalView | None, *tags: str, **given: Any) -> Watcher:
    plain: dict[str, Any] = {"level": Level.SURFACE, "online": True, "continuous": True}
    return Watcher(camera_id=camera_id, view=view, tags=frozenset(tags), **(plain | given))


def scene(scene_id: int, shape: Any, scene_type: str = "SC1", **given: Any) -> WatchedScene:
    plain: dict[str, Any] = {"level": Level.SURFACE, "ground_z_m": 0.0}
    return WatchedScene(scene_id=scene_id, scene_type=scene_type, name=f"scene {scene_id}", shape=shape, **(plain | given))


def catalogue(elements: list[Element], tags: dict[CameraTag, tuple[str, ...]] | None = None) -> Catalogue:
    """One scene type that requires every element; the gate tag binds them all unless said otherwise."""
    codes = tuple(one.code for one in elements)
    requires = tuple(Requirement(element=code) for code in codes)
    return Catalogue(
        elements=tuple(elements),
        scene_types=(SceneType(code="SC1", name_zh="场景", name_en="scene", requires=requires),),
        bindings=tuple(TagBinding(tag=tag, elements=bound) for tag, bound in (tags or {CameraTag.GATE: codes}).items()),
    )


def referee() -> tuple[Surroundings, list[WatchedScene], list[Watcher], Catalogue, dict[tuple[int, str], float]]:
    """The referee's site and its answers."""
    case = json.loads(GOLDEN.read_text())[0]
    demands = {one["element"]: one["min_ppm"] for given in case["scenes"] for one in given["elements"]}
    types = tuple(
        SceneType(
            code=f"SC{number}",
            name_zh="场景",
            name_en="scene",
            requires=tuple(Requirement(element=f"X{one['element']:02d}") for one in given["elements"]),
        )
        for number, given in enumerate(case["scenes"])
    )
    made = Catalogue.model_construct(
        elements=tuple(element(f"X{number:02d}", demand) for number, demand in sorted(demands.items())),
        scene_types=types,
        bindings=tuple(
            TagBinding.model_construct(tag=RefereeTag[f"T{number}"], elements=(f"X{number:02d}",)) for number in sorted(demands)
        ),
    )
    # the referee counts the ground under obstacles: all but solid ones do
    things = [
        standing(Polygon(one["polygon"]), one["top"], str(number), opacity=0.99) for number, one in enumerate(case["obstacles"])
    ]
    scenes = [scene(number, Polygon(given["polygon"]), f"SC{number}") for number, given in enumerate(case["scenes"])]
    answers = {
        (number, f"X{one['element']:02d}"): one["coverage"]
        for number, given in enumerate(case["scenes"])
        for one in given["elements"]
    }
    watchers = [_camera(number, one) for number, one in enumerate(case["cameras"])]
    return surroundings(*things), scenes, watchers, made, answers


def _camera(number: int, one: dict[str, Any]) -> Watcher:
    pose = Pose(x_m=one["x"], y_m=one["y"], z_m=one["z"], azimuth_deg=one["azimuth"], tilt_deg=one["tilt"], roll_deg=one["roll"])
    optics = Optics(
        hfov_deg=one["hfov"], vfov_deg=one["vfov"], width_px=int(one["width_px"]), height_px=1080, range_max_m=ENDLESS_M
    )
    return watcher(number, ExactView(pose=pose, optics=optics), *(f"t{tag}" for tag in one["elements"]))


#: GF-1 to GF-3 of features.md, in the site frame.
GF1 = box(0, 0, 200, 120)
GF2_A = NominalView(x_m=0, y_m=0, azimuth_deg=45, hfov_deg=90, range_m=100, width_px=1920)
GF2_B = NominalView(x_m=200, y_m=0, azimuth_deg=315, hfov_deg=90, range_m=100, width_px=1920)
GF3_WALL = standing(box(49.999, 0, 50.001, 50), 3.0, "wall")
