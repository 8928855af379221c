"""Sites as they might be: cameras of every kind, obstacles, scenes of every shape. Metres around the site frame's origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from hypothesis import strategies as some
from shapely import LineString, MultiPoint, Polygon, box
from shapely.affinity import rotate, scale, translate
from shapely.geometry.base import BaseGeometry

from coverage.catalogue.values import Catalogue, Element
from coverage.states import Measure
from coverage.watched import Watched, WatchedScene, Watcher
from coverage.watching import measure_site
from sites.cameras.states import CameraTag
from sites.cameras.surroundings import Standing, Surroundings
from spatial.cameras.values import Optics, Pose, Projection
from spatial.cameras.views import ExactView, NominalView, View
from tests.coverage.golden import catalogue, element, scene, standing, surroundings, watcher

#: Shares of rows this high may differ by so much from those of others.
ROWS = 0.003
TAGS = (CameraTag.GATE, CameraTag.YARD)
ELEMENTS = [
    element("E10", 0.0),
    element("E11", 40.0, plane_z_m=1.7, depression_max_deg=60.0),
    element("E12", 25.0, along_px_per_m=8.0),
    element("E13", 25.0, plane_z_m=1.0, measure=Measure.LENGTH),
    element("E14", 30.0, plane_z_m=0.5, measure=Measure.COUNT),
    element("E15", 12.0, cameras_needed=2),
]
CATALOGUE = catalogue(ELEMENTS, {CameraTag.GATE: ("E10", "E11", "E13", "E15"), CameraTag.YARD: ("E12", "E14", "E15")})


@dataclass(frozen=True, kw_only=True)
class Given:
    """Everything a measuring is asked with."""

    standing: tuple[Standing, ...]
    scenes: tuple[WatchedScene, ...]
    watchers: tuple[Watcher, ...]
    catalogue: Catalogue = CATALOGUE

    @property
    def surroundings(self) -> Surroundings:
        return surroundings(*self.standing)

    def measure(self, *, live: bool = False) -> dict[tuple[int, str], Watched]:
        """Scene and element → what was found."""
        found = measure_site(self.surroundings, self.scenes, self.watchers, self.catalogue, live=live)
        return {(one.scene.scene_id, one.element.code): one for one in found}


def changed(given: Given, **changes: Any) -> Given:
    return replace(given, **changes)


def with_elements(given: Given, change: Any) -> Given:
    """The same site under demands that were changed."""
    elements: list[Element] = [change(one) for one in given.catalogue.elements]
    bindings = {one.tag: one.elements for one in given.catalogue.bindings}
    return replace(given, catalogue=catalogue(elements, bindings))


def moved(given: Given, change: Any, view: Any) -> Given:
    """The same site elsewhere: ``change`` moves shapes, ``view`` moves cameras."""
    things = tuple(replace(one, obstacle=replace(one.obstacle, base=change(one.obstacle.base))) for one in given.standing)
    scenes = tuple(replace(one, shape=change(one.shape)) for one in given.scenes)
    watchers = tuple(replace(one, view=view(one.view) if one.view else None) for one in given.watchers)
    return replace(given, standing=things, scenes=scenes, watchers=watchers)


def shifted(view: View, east_m: float, north_m: float) -> View:
    if isinstance(view, NominalView):
        return replace(view, x_m=view.x_m + east_m, y_m=view.y_m + north_m)
    return replace(view, pose=replace(view.pose, x_m=view.pose.x_m + east_m, y_m=view.pose.y_m + north_m))


def turned(view: View, clockwise_deg: float) -> View:
    """Turned about the origin with everything else."""
    plain = view if isinstance(view, NominalView) else view.pose
    place = rotate(shapely.Point(plain.x_m, plain.y_m), -clockwise_deg, origin=(0, 0))
    new = replace(plain, x_m=place.x, y_m=place.y, azimuth_deg=(plain.azimuth_deg + clockwise_deg) % 360)
    return new if isinstance(view, NominalView) else replace(view, pose=new)


def enlarged(view: View, factor: float) -> View:
    if isinstance(view, NominalView):
        return replace(view, x_m=factor * view.x_m, y_m=factor * view.y_m, range_m=factor * view.range_m)
    pose = replace(view.pose, x_m=factor * view.pose.x_m, y_m=factor * view.pose.y_m, z_m=factor * view.pose.z_m)
    return ExactView(pose=pose, optics=replace(view.optics, range_max_m=factor * view.optics.range_max_m))


def scaled(shape: BaseGeometry, factor: float) -> BaseGeometry:
    return scale(shape, factor, factor, origin=(0, 0))


def _bent(x: float, y: float, wide: float, high: float, turn_deg: float, kind: str) -> BaseGeometry:
    block = box(-wide / 2, -high / 2, wide / 2, high / 2)
    shapes: dict[str, BaseGeometry] = {
        "block": block,
        "angle": block.difference(box(0, 0, wide, high)),
        "ring": block.difference(block.buffer(-min(wide, high) / 4)),
        "parts": shapely.union(translate(block, -wide), translate(block, wide)),
        "line": LineString([(-wide, -high), (0, high), (wide, 0)]),
        "places": MultiPoint([(0.37 - wide, 0.41), (0.53, high), (wide / 2, 0.61)]),
    }
    return translate(rotate(shapes[kind], turn_deg, origin=(0, 0)), x, y)


def _lens(hfov: float, width: int, k1: float, fisheye: bool) -> Optics:
    vfov = float(2 * np.degrees(np.arctan(np.tan(np.radians(hfov) / 2) * 9 / 16)))
    if fisheye:
        return Optics(
            hfov_deg=hfov + 95,
            vfov_deg=hfov + 95,
            width_px=width,
            height_px=width,
            range_max_m=60,
            projection=Projection.EQUIDISTANT,
        )
    return Optics(hfov_deg=hfov, vfov_deg=vfov, width_px=width, height_px=width * 9 // 16, k1=k1, range_max_m=120)


places = some.floats(-60, 60)
poses = some.builds(
    Pose,
    x_m=places,
    y_m=places,
    z_m=some.floats(3, 25),
    azimuth_deg=some.floats(0, 359),
    tilt_deg=some.floats(5, 80),
    roll_deg=some.floats(-10, 10),
)
widths, bends = some.sampled_from([1920, 3840]), some.sampled_from([0.0, 0.0, -0.15])
fisheyes = some.sampled_from([False] * 4 + [True])
lenses = some.builds(_lens, some.floats(25, 95), widths, bends, fisheyes)
nominal = some.builds(
    NominalView,
    x_m=places,
    y_m=places,
    azimuth_deg=some.floats(0, 359),
    hfov_deg=some.sampled_from([60.0, 90.0, 180.0, 270.0, 360.0]),
    range_m=some.floats(20, 120),
    width_px=some.just(1920),
)
views = some.builds(ExactView, pose=poses, optics=lenses) | nominal
tags = some.sets(some.sampled_from([tag.value for tag in TAGS]))
cameras = some.builds(lambda view, tags, online: watcher(0, view, *tags, online=online), views, tags, some.booleans())
shapes = some.builds(
    _bent,
    some.floats(-40, 40),
    some.floats(-40, 40),
    some.floats(8, 40),
    some.floats(8, 30),
    some.floats(0, 180),
    some.sampled_from(["block", "block", "angle", "ring", "parts", "line", "places"]),
)
kinds = some.sampled_from(["block", "angle"])
bases = some.builds(_bent, places, places, some.floats(2, 25), some.floats(2, 12), some.floats(0, 180), kinds)
things = some.builds(lambda base, top: standing(Polygon(base.exterior), top), bases, some.sampled_from([0.8, 2.5, 6.0, 30.0]))
sites = some.builds(
    lambda things, shapes, cameras: Given(
        standing=tuple(replace(one, plan_key=f"thing {number}") for number, one in enumerate(things)),
        scenes=tuple(scene(number, shape) for number, shape in enumerate(shapes)),
        watchers=tuple(replace(one, camera_id=number + 1) for number, one in enumerate(cameras)),
    ),
    some.lists(things, max_size=4),
    some.lists(shapes, min_size=1, max_size=3),
    some.lists(cameras, min_size=1, max_size=6),
)
