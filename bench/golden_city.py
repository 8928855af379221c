"""Sites for the benchmarks of coverage: the referee's random city, as arrays and as values of the product.

1–5 ha, 20 cameras, 8 obstacles, 10 scenes of 6 elements each, fixed seed: the city that the numbers to reach were set with.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from coverage.catalogue.values import Catalogue, Element, Requirement, SceneType, TagBinding
from coverage.watched import WatchedScene, Watcher
from sites.cameras.states import Level
from sites.cameras.surroundings import Standing, Surroundings
from spatial.cameras.values import Obstacle, Optics, Pose
from spatial.cameras.views import ExactView
from spatial.frames import SiteFrame
from spatial.plan_layers import PlanLayer

Floats = NDArray[np.float64]
CAMERAS, OBSTACLES, SCENES, ELEMENTS, KINDS = 20, 8, 10, 6, 24
#: px/m of the five density classes, and the class of each kind of element.
CLASSES = (25.0, 40.0, 62.5, 125.0, 250.0)
CLASS_OF = (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 1)
FRAME = SiteFrame(121.47, 31.23)
CityTag = StrEnum("CityTag", {f"T{number}": f"t{number}" for number in range(KINDS)})


@dataclass(frozen=True, kw_only=True)
class RandomSite:
    """One site of the city as the product sees it."""

    surroundings: Surroundings
    scenes: tuple[WatchedScene, ...]
    watchers: tuple[Watcher, ...]
    catalogue: Catalogue


def random_city(sites: int, *, seed: int = 7) -> list[RandomSite]:
    """So many sites, the same ones every time."""
    return [_site(np.random.default_rng([seed, number])) for number in range(sites)]


def _site(random: np.random.Generator) -> RandomSite:
    wide, high = random.uniform(120, 260), random.uniform(100, 200)
    elements = tuple(
        Element(code=f"X{kind:02d}", name_zh="x", name_en="x", across_px_per_m=CLASSES[CLASS_OF[kind]]) for kind in range(KINDS)
    )
    asked = [sorted(random.permutation(KINDS)[:ELEMENTS]) for _ in range(SCENES)]
    catalogue = Catalogue.model_construct(
        elements=elements,
        scene_types=tuple(
            SceneType.model_construct(
                code=f"S{number}", requires=tuple(Requirement(element=f"X{kind:02d}") for kind in kinds), plan_layers=()
            )
            for number, kinds in enumerate(asked)
        ),
        bindings=tuple(TagBinding.model_construct(tag=CityTag[f"T{kind}"], elements=(f"X{kind:02d}",)) for kind in range(KINDS)),
    )
    things = tuple(_thing(random, wide, high, str(number)) for number in range(OBSTACLES))
    scenes = tuple(
        WatchedScene(
            scene_id=number,
            scene_type=f"S{number}",
            name="x",
            level=Level.SURFACE,
            ground_z_m=0.0,
            shape=_rectangle(random, wide, high, (15, 70), (8, 40), 0.15),
        )
        for number in range(SCENES)
    )
    watchers = tuple(_camera(random, wide, high, number) for number in range(CAMERAS))
    around = Surroundings(frame=FRAME, boundary=Polygon(), standing=things)
    return RandomSite(surroundings=around, scenes=scenes, watchers=watchers, catalogue=catalogue)


def _rectangle(
    random: np.random.Generator, wide: float, high: float, length: tuple[float, float], depth: tuple[float, float], rim: float
) -> Polygon:
    middle = np.array([random.uniform(rim, 1 - rim) * wide, random.uniform(rim, 1 - rim) * high])
    a, b, turn = random.uniform(*length) / 2, random.uniform(*depth) / 2, random.uniform(0, np.pi)
    corners = np.array([[-a, -b], [a, -b], [a, b], [-a, b]])
    turned = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return Polygon(turned + middle)


def _thing(random: np.random.Generator, wide: float, high: float, key: str) -> Standing:
    base = _rectangle(random, wide, high, (4, 40), (3, 18), 0.1)
    # the referee and PostGIS count the ground under obstacles: all but solid ones do
    obstacle = Obstacle(base=base, bottom_m=0.0, top_m=float(random.choice([2, 2.5, 3, 6, 9, 15, 24])), opacity=0.99)
    return Standing(obstacle=obstacle, plan_key=key, layer=PlanLayer.OBSTACLE, level=Level.SURFACE)


def _camera(random: np.random.Generator, wide: float, high: float, number: int) -> Watcher:
    side, u, v = random.integers(0, 5), random.uniform(), random.uniform()
    x = wide * (0 if side == 0 else 1 if side == 1 else u)
    y = high * (0 if side == 2 else 1 if side == 3 else v)
    hfov = float(random.choice([28, 45, 62, 88, 102]))
    azimuth = np.degrees(np.arctan2(wide / 2 - x, high / 2 - y)) + random.normal(0, 35)
    pose = Pose(
        x_m=x,
        y_m=y,
        z_m=float(random.choice([4, 6, 8, 12, 20])),
        azimuth_deg=float(azimuth % 360),
        tilt_deg=random.uniform(4, 38),
        roll_deg=random.normal(0, 1.5),
    )
    vfov = float(np.degrees(2 * np.arctan(np.tan(np.radians(hfov) / 2) * 9 / 16)))
    optics = Optics(hfov_deg=hfov, vfov_deg=vfov, width_px=int(random.choice([1920, 2560, 3840])), height_px=1080)
    tags = frozenset(CityTag[f"T{kind}"].value for kind in random.integers(0, KINDS, 8))
    return Watcher(
        camera_id=number + 1,
        level=Level.SURFACE,
        tags=tags,
        online=True,
        continuous=True,
        view=ExactView(pose=pose, optics=optics),
    )
