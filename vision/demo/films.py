"""Short films of one synthetic camera, each with something a rule must find, or must leave alone; and the camera's true pose.

They make the whole chain run without a site: pictures, network, tracks, ground, rule. The camera stands at the origin of the site
frame and looks north.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from shapely import Polygon, box

from spatial.cameras.values import Optics, Pose
from vision.demo.backdrop import backdrop, flames
from vision.demo.drawing import Labels, SceneCamera, draw
from vision.demo.faults import Picture, lively
from vision.demo.people import ebike, person
from vision.demo.solids import Solid
from vision.demo.vehicles import dump_truck, segment_stack, special_vehicle
from vision.locating import CameraView
from vision.rules.values import Algorithm, Zone, ZoneUse

SIZE_PX, HEIGHT_M, TILT_DEG, FOCAL_SHARE = 416, 5.0, 24.0, 1.0
#: Headed to the right of the picture.
ACROSS = 0.0


@dataclass(frozen=True, kw_only=True)
class Film:
    """What moves, for how long, and which algorithm is to say something."""

    name: str
    algorithm: Algorithm
    long_s: int
    solids: Callable[[float], list[Solid]]
    zones: tuple[Zone, ...] = ()
    #: Where something burns.
    fire_m: tuple[float, float] | None = None
    #: The rule must raise, or must stay silent.
    raises: bool = True
    seed: int = 3


def camera() -> SceneCamera:
    """The lens all films are taken with."""
    tilt = np.radians(TILT_DEG)
    cos, sin = np.cos(tilt), np.sin(tilt)
    turn = np.array([[1, 0, 0], [0, -sin, -cos], [0, cos, -sin]])
    return SceneCamera(size_px=SIZE_PX, height_m=HEIGHT_M, tilt_rad=float(tilt), focal_px=FOCAL_SHARE * SIZE_PX, turn=turn)


def view() -> CameraView:
    """The same camera as a pose of the site frame."""
    angle = float(np.degrees(2 * np.arctan(0.5 / FOCAL_SHARE)))
    return CameraView(
        pose=Pose(x_m=0.0, y_m=0.0, z_m=HEIGHT_M, azimuth_deg=0.0, tilt_deg=TILT_DEG),
        optics=Optics(hfov_deg=angle, vfov_deg=angle, width_px=SIZE_PX, height_px=SIZE_PX),
    )


def frames(film: Film, *, fps: float = 1.0) -> Iterator[tuple[float, Picture]]:
    """Seconds and pictures of a film, the same every time."""
    lens = camera()
    ground = backdrop(np.random.default_rng(film.seed), lens)
    for number in range(int(film.long_s * fps) + 1):
        at_s = number / fps
        image = np.clip(ground, 0, 255).astype(np.uint8)
        labels = Labels(size_px=SIZE_PX)
        draw(lens, image, film.solids(at_s), labels)
        rng = np.random.default_rng([film.seed, number])
        if film.fire_m is not None:
            burning = flames(rng, lens, image.astype(np.float32), np.array(film.fire_m), "fire", labels)
            image = np.clip(burning, 0, 255).astype(np.uint8)
        yield at_s, lively(rng, image)


def films() -> tuple[Film, ...]:
    """All of them."""
    work = Zone(name="yard", use=ZoneUse.WORK, area=box(-12, 5, 12, 25))
    water = Zone(name="basin", use=ZoneUse.WATER, area=box(-12, 10, 12, 20))
    site = Zone(name="site", use=ZoneUse.SITE, area=box(-30, -5, 30, 40))
    shield = Zone(name="shield works", use=ZoneUse.SHIELD, area=Polygon(site.area))
    return (
        Film(name="a bare head beside a lorry", algorithm=Algorithm.NO_HELMET_NEAR_VEHICLE, long_s=12,
             solids=lambda t: [_lorry(), _worker(-1.5 + 0.05 * t, 8.0, helmet=False)]),
        Film(name="a helmet beside a lorry", algorithm=Algorithm.NO_HELMET_NEAR_VEHICLE, long_s=12, raises=False,
             solids=lambda t: [_lorry(), _worker(-1.5 + 0.05 * t, 8.0, helmet=True)]),
        Film(name="no jacket at the basin", algorithm=Algorithm.NO_LIFE_JACKET, long_s=10, zones=(water,),
             solids=lambda t: [_worker(-1 + 0.2 * t, 8.5, helmet=True)]),
        Film(name="a jacket at the basin", algorithm=Algorithm.NO_LIFE_JACKET, long_s=10, zones=(water,), raises=False,
             solids=lambda t: [_worker(-1 + 0.2 * t, 8.5, helmet=True, jacket=True)]),
        Film(name="an e-bike in the yard", algorithm=Algorithm.EBIKE_IN_WORK_ZONE, long_s=8, zones=(work,),
             solids=lambda t: _ride(-4.5 + 1.8 * t, 11.0)),
        Film(name="an e-bike parked in the yard", algorithm=Algorithm.EBIKE_IN_WORK_ZONE, long_s=8, zones=(work,), raises=False,
             solids=lambda _: _ride(1.0, 9.0)[:1]),
        Film(name="a tipper in the yard", algorithm=Algorithm.ENGINEERING_VEHICLE, long_s=8, zones=(work,),
             solids=lambda t: [dump_truck(_look(5), np.array([-3 + 0.8 * t, 16.0]), ACROSS)]),
        Film(name="a fire", algorithm=Algorithm.FIRE_OR_SMOKE, long_s=8, fire_m=(1.0, 9.0), solids=lambda _: []),
        Film(name="six segments on each other", algorithm=Algorithm.STACK_TOO_HIGH, long_s=8, zones=(shield,),
             solids=lambda _: [segment_stack(_look(9), np.array([0.0, 10.0]), 0.3, 6)]),
        Film(name="three segments on each other", algorithm=Algorithm.STACK_TOO_HIGH, long_s=8, zones=(shield,), raises=False,
             solids=lambda _: [segment_stack(_look(9), np.array([0.0, 10.0]), 0.3, 3)]),
        Film(name="an ambulance", algorithm=Algorithm.SPECIAL_VEHICLE, long_s=8, zones=(site,),
             solids=lambda t: [special_vehicle(_look(4), np.array([-3 + 0.7 * t, 13.0]), ACROSS, "ambulance")]),
        Film(name="a plain car", algorithm=Algorithm.SPECIAL_VEHICLE, long_s=8, zones=(site,), raises=False,
             solids=lambda t: [special_vehicle(_look(6), np.array([-3 + 0.7 * t, 13.0]), ACROSS, "plain")]),
    )  # fmt: skip


def _look(seed: int) -> np.random.Generator:
    """What decides how a thing looks: the same in every frame."""
    return np.random.default_rng(seed)


def _lorry() -> Solid:
    return dump_truck(_look(5), np.array([0.0, 12.0]), ACROSS)


def _worker(x: float, y: float, *, helmet: bool, jacket: bool = False) -> Solid:
    return person(_look(2), np.array([x, y]), -1.2, helmet=helmet, jacket=jacket)


def _ride(x: float, y: float) -> list[Solid]:
    place = np.array([x, y])
    return [
        ebike(_look(8), place, ACROSS),
        person(_look(2), place, ACROSS, lifted_m=0.35, sitting=True, helmet=True, jacket=False),
    ]
