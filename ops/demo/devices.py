"""The terminals of a demo site: cameras at gates, along hoardings, over pits and yards, turnstiles, dust monitors.

They are put up as a contractor would: masts at the edge, aimed at what must be watched, some badly, some off line, some with
figures missing, so that coverage has something to tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from ops.demo.layers import DemoFeature
from sites.cameras.poses import PoseGiven
from sites.cameras.states import CameraKind, CameraTag
from sites.states import Connectivity, DeviceClass
from spatial.frames import SiteFrame, site_frame
from spatial.plan_layers import PlanLayer

#: A site has this many cameras at most.
MOST_CAMERAS = 18
#: (horizontal angle, analysed width, height): lenses as they are sold.
LENSES = ((88.0, 2560, 1440), (62.0, 2560, 1440), (45.0, 1920, 1080), (102.0, 3840, 2160))
VENDORS = ("海盾", "浦视", "申瞳", "云岚")
#: Algorithms that run on cameras with a tag, by their numbers in the tender.
ALGORITHMS: dict[CameraTag, tuple[str, ...]] = {
    CameraTag.GATE: ("30", "31", "33", "40"),
    CameraTag.VEHICLE_LANE: ("33", "34"),
    CameraTag.EDGE: ("35",),
    CameraTag.PIT: ("30", "37"),
    CameraTag.WATERSIDE: ("32",),
    CameraTag.YARD: ("38", "34"),
    CameraTag.PANORAMA: ("34", "36", "37"),
}
OFFLINE_SHARE, UNHEARD_SHARE, NOMINAL_SHARE, DRAFT_SHARE, UNLOCATED_SHARE = 0.07, 0.03, 0.12, 0.04, 0.04


@dataclass(frozen=True, kw_only=True)
class DemoDevice:
    """A terminal of the demo; ``tags`` and ``kind`` are a camera's."""

    device_class: DeviceClass
    name: str
    connectivity: Connectivity
    vendor: str
    pose: PoseGiven
    tags: tuple[CameraTag, ...] = ()
    algorithms: tuple[str, ...] = ()
    kind: CameraKind = CameraKind.FIXED


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Where a camera stands and what it is aimed at, site frame, metres."""

    name: str
    tags: tuple[CameraTag, ...]
    mast: Point
    target: Point
    height_m: float
    lens: int = 0
    kind: CameraKind = CameraKind.FIXED


def demo_devices(features: tuple[DemoFeature, ...], rng: np.random.Generator) -> tuple[DemoDevice, ...]:
    """The terminals of a site with these plan features (EPSG:4490)."""
    boundary = next(one.geometry for one in features if one.layer is PlanLayer.BOUNDARY)
    frame = site_frame(boundary)
    local = [(one, frame.to_local(one.geometry)) for one in features]
    site = frame.to_local(boundary)
    aims = islice(_aims(site, local, rng), MOST_CAMERAS)
    cameras = [_camera(aim, frame, number, rng) for number, aim in enumerate(aims, start=1)]
    return (*cameras, *_others(site, local, frame, rng))


def _aims(site: BaseGeometry, features: list[tuple[DemoFeature, BaseGeometry]], rng: np.random.Generator) -> Iterator[Aim]:
    yield from _gate_aims(site, features)
    for feature, shape in features:
        if feature.layer in {PlanLayer.PIT, PlanLayer.SHAFT}:
            yield from _rim_aims(shape, feature.name or "基坑", (CameraTag.PIT, CameraTag.EDGE), 8.0, 4)
        elif feature.layer in {PlanLayer.YARD, PlanLayer.SEGMENT_YARD}:
            yield from _rim_aims(shape, "堆场", (CameraTag.YARD, CameraTag.VEHICLE_LANE), 6.0, 1)
        elif feature.layer is PlanLayer.SCAFFOLD:
            yield from _rim_aims(shape, "支架", (CameraTag.SCAFFOLD, CameraTag.EDGE), 9.0, 2)
        elif feature.layer is PlanLayer.WATER_EDGE:
            yield from _line_aims(shape, "临水", (CameraTag.WATERSIDE,), 6.0)
        elif feature.layer is PlanLayer.ROAD:
            yield from _line_aims(shape, "便道", (CameraTag.VEHICLE_LANE,), 6.0)
        elif feature.layer in {PlanLayer.OFFICE, PlanLayer.LIVING}:
            yield from _rim_aims(shape, "生活办公区", (CameraTag.PANORAMA, CameraTag.GATE), 7.0, 1)
        elif feature.layer is PlanLayer.TOWER_CRANE:
            mast = Point(shape.x + 1.5, shape.y)
            aside = Point(shape.x + 18, shape.y + 6)
            yield Aim(name="塔吊", tags=(CameraTag.PANORAMA,), mast=mast, target=aside, height_m=16.0, lens=3)
    yield from _high_aims(site)
    yield from _perimeter_aims(site, rng)


def _high_aims(site: BaseGeometry) -> Iterator[Aim]:
    """Two high points at the short end: one turns, one watches the middle."""
    middle = site.representative_point()
    corners = [Point(xy) for xy in shapely.get_coordinates(site.minimum_rotated_rectangle)[:2]]
    for number, corner in enumerate(corners, start=1):
        mast = Point(shapely.get_coordinates(shapely.shortest_line(site.buffer(-3), corner))[0])
        kind = CameraKind.PTZ if number == 1 else CameraKind.FIXED
        yield Aim(name=f"制高点{number}", tags=(CameraTag.PANORAMA,), mast=mast, target=middle, height_m=18.0, lens=1, kind=kind)


def _gate_aims(site: BaseGeometry, features: list[tuple[DemoFeature, BaseGeometry]]) -> Iterator[Aim]:
    for feature, gate in features:
        if feature.layer is PlanLayer.GATE:
            inside = shapely.shortest_line(gate, site.buffer(-14)).interpolate(1, normalized=True)
            tags = (CameraTag.GATE, CameraTag.VEHICLE_LANE)
            yield Aim(name=f"{feature.name}内侧", tags=tags, mast=inside, target=gate, height_m=5.0, lens=0)
            yield Aim(name=f"{feature.name}卡口", tags=(CameraTag.CHECKPOINT,), mast=inside, target=gate, height_m=4.0, lens=2)


def _rim_aims(shape: BaseGeometry, word: str, tags: tuple[CameraTag, ...], height_m: float, count: int) -> Iterator[Aim]:
    ring = shape.minimum_rotated_rectangle.buffer(1.5, join_style="mitre").exterior
    for number in range(count):
        mast = ring.interpolate(number / count + 0.02, normalized=True)
        yield Aim(name=f"{word}{number + 1}", tags=tags, mast=mast, target=shape.centroid, height_m=height_m, lens=0)


def _line_aims(line: BaseGeometry, word: str, tags: tuple[CameraTag, ...], height_m: float) -> Iterator[Aim]:
    count = int(np.clip(line.length // 90, 1, 4))
    for number in range(count):
        mast = line.interpolate(number / count, normalized=True)
        target = line.interpolate((number + 0.7) / count, normalized=True)
        yield Aim(name=f"{word}{number + 1}", tags=tags, mast=mast, target=target, height_m=height_m, lens=1)


def _perimeter_aims(site: BaseGeometry, rng: np.random.Generator) -> Iterator[Aim]:
    ring = (site.buffer(-1.5) if isinstance(site.buffer(-1.5), Polygon) else site.geoms[0]).exterior
    count = int(np.clip(ring.length // 70, 3, MOST_CAMERAS))
    start = rng.uniform()
    for number in range(count):
        mast = ring.interpolate((start + number / count) % 1, normalized=True)
        target = ring.interpolate((start + (number + 0.55) / count) % 1, normalized=True)
        yield Aim(name=f"周界{number + 1}", tags=(CameraTag.PERIMETER,), mast=mast, target=target, height_m=6.0, lens=1)


def _camera(aim: Aim, frame: SiteFrame, number: int, rng: np.random.Generator) -> DemoDevice:
    east, north = aim.target.x - aim.mast.x, aim.target.y - aim.mast.y
    away = max(float(np.hypot(east, north)), 4.0)
    hfov_deg, width_px, height_px = LENSES[aim.lens]
    vfov_deg = 2 * np.degrees(np.arctan(np.tan(np.radians(hfov_deg) / 2) * height_px / width_px))
    tilt_deg = float(np.clip(np.degrees(np.arctan2(aim.height_m, away)), vfov_deg / 4, 55.0))
    azimuth_deg = (np.degrees(np.arctan2(east, north)) + rng.normal(0, 6)) % 360
    turns = aim.kind is CameraKind.PTZ
    draw = rng.uniform()
    location = frame.to_storage(aim.mast)
    assert isinstance(location, Point)
    pose = PoseGiven(
        location=location,
        height_m=aim.height_m if draw > NOMINAL_SHARE else None,
        azimuth_deg=round(float(azimuth_deg), 1) % 360 if draw > DRAFT_SHARE else None,
        tilt_deg=round(tilt_deg, 1) if draw > NOMINAL_SHARE else None,
        hfov_deg=hfov_deg,
        range_m=float(np.clip(round(away * 2.2, -1), 40, 150)),
        width_px=width_px,
        height_px=height_px,
        pan_from_deg=0.0 if turns else None,
        pan_to_deg=360.0 if turns else None,
        tilt_max_deg=80.0 if turns else None,
        hfov_narrowest_deg=4.0 if turns else None,
    )
    return DemoDevice(
        device_class=DeviceClass.CAMERA,
        name=f"{aim.name}摄像机",
        connectivity=_connectivity(rng),
        vendor=VENDORS[number % len(VENDORS)],
        pose=pose,
        tags=aim.tags,
        algorithms=tuple(dict.fromkeys(number for tag in aim.tags for number in ALGORITHMS.get(tag, ()))),
        kind=aim.kind,
    )


def _others(
    site: BaseGeometry, features: list[tuple[DemoFeature, BaseGeometry]], frame: SiteFrame, rng: np.random.Generator
) -> Iterator[DemoDevice]:
    gates = [gate for feature, gate in features if feature.layer is PlanLayer.GATE]
    places = [(DeviceClass.TURNSTILE, f"{number}号门闸机", gate) for number, gate in enumerate(gates, start=1)]
    places.append((DeviceClass.DUST_MONITOR, "扬尘监测站", site.representative_point()))
    places.append((DeviceClass.EDGE_BOX, "边缘盒子", site.buffer(-4).representative_point()))
    for device_class, name, place in places:
        location = frame.to_storage(place) if rng.uniform() > UNLOCATED_SHARE else None
        assert location is None or isinstance(location, Point)
        yield DemoDevice(
            device_class=device_class,
            name=name,
            connectivity=_connectivity(rng),
            vendor=VENDORS[int(rng.integers(len(VENDORS)))],
            pose=PoseGiven(location=location),
        )


def _connectivity(rng: np.random.Generator) -> Connectivity:
    draw = rng.uniform()
    if draw < OFFLINE_SHARE:
        return Connectivity.OFFLINE
    return Connectivity.UNKNOWN if draw < OFFLINE_SHARE + UNHEARD_SHARE else Connectivity.ONLINE
