"""The golden scenes of every rule, each a few lines. ``python -m tests.vision.scenarios`` writes them down again."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np

from tests.vision.playing import (
    ACROSS,
    GOLDENS,
    Expected,
    Moment,
    Scenario,
    line,
    outlined,
    recorded,
    scaled,
    things,
    worker,
    zone,
)
from vision.demo.stage import Body
from vision.looks import Detection
from vision.rules.values import Algorithm, LineUse, Zone, ZoneUse

Wanted = tuple[Expected, ...]
TRUCK = Body(kind="dump_truck", x_m=21.2, y_m=0, yaw_rad=ACROSS)
WORK = zone(ZoneUse.WORK, 12, -10, 36, 10)


def always(*parts: list[Detection]) -> Moment:
    return lambda _: [one for part in parts for one in part]


def until(end_s: float, moment: Moment, after: Moment = lambda _: []) -> Moment:
    return lambda t: moment(t) if t <= end_s else after(t)


def starts(from_s: float, to_s: float, **more: Any) -> Wanted:
    return (Expected(from_s=from_s, to_s=to_s, **more),)


def near_vehicle() -> list[Scenario]:
    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 25) -> Scenario:
        return Scenario(name=name, algorithm=Algorithm.NO_HELMET_NEAR_VEHICLE, moment=moment, long_s=long_s, expected=expected)

    truck = things(TRUCK)
    bare = worker(18, 0, wears="head")

    def rides(t: float) -> list[Detection]:
        y = -8 + 0.8 * t
        return things(Body(kind="ebike", x_m=18, y_m=y, yaw_rad=ACROSS)) + worker(18, y, wears="head", lifted_m=0.35, tall_m=1.35)

    def passes(t: float) -> list[Detection]:
        return things(Body(kind="dump_truck", x_m=21.2, y_m=-12 + 5 * t, yaw_rad=ACROSS)) + bare

    return [
        scene("a bare head two metres from a lorry for long", always(truck, bare), starts(5, 8)),
        scene("only for two seconds", until(2, always(truck, bare), always(truck))),
        scene("eight metres away", always(truck, worker(12, 0, wears="head"))),
        scene("with a helmet", always(truck, worker(18, 0, wears="helmet"))),
        scene("a head nobody sees", always(truck, worker(18, 0))),
        scene("in the cab", always(truck, worker(21.2, 2.4, wears="head", lifted_m=1.1, tall_m=1.2))),
        scene("riding an e-bike without", rides, starts(5, 9), long_s=18),
        scene("a lorry that drives past", until(5, passes, always(bare))),
        scene("gone and back within ten minutes",
              lambda t: truck + (bare if t < 20 or t > 60 else []), starts(5, 8), long_s=90),
        scene("no vehicle", always(bare)),
    ]  # fmt: skip


def entry() -> list[Scenario]:
    # Inwards is to the left of the line: towards the camera.
    gate = line(LineUse.GATE, (18, -3), (18, 3))

    def scene(name: str, moment: Moment, expected: Wanted = (), zones: tuple[Zone, ...] = (), **more: Any) -> Scenario:
        return Scenario(name=name, algorithm=Algorithm.ILLEGAL_ENTRY, moment=moment, long_s=18, lines=(gate,), zones=zones,
                        expected=expected, parameters=more)  # fmt: skip

    def walker(t: float, y: float = 0.0, way: int = -1) -> list[Detection]:
        x = 18 + way * (1.2 * t - 7.5)
        return worker(x, y) if 9 < x < 27 else []

    def cart(t: float, kind: str = "handcart", score: float = 0.9) -> list[Detection]:
        return things(Body(kind=kind, x_m=18 - 1.2 * t + 7.5, y_m=1.3, score=score))

    alarm = (Expected(phase="single", from_s=8, to_s=12),)
    passage = (Expected(phase="single", kind="record", from_s=8, to_s=12, remark="material_passage"),)
    parked = things(Body(kind="handcart", x_m=18, y_m=8.5))
    beside = things(Body(kind="handcart", x_m=17.5, y_m=1.6))
    lane = zone(ZoneUse.LANE, 14, -2, 20, 2)
    return [
        scene("somebody walks in", walker, alarm),
        scene("somebody walks out", lambda t: walker(t, way=1)),
        scene("with a cart", lambda t: walker(t) + cart(t), passage),
        scene("with long material", lambda t: walker(t) + cart(t, "large_material"), passage),
        scene("a parked cart far away excuses nobody", lambda t: walker(t) + parked, alarm),
        scene("a parked cart at the gate excuses nobody", lambda t: walker(t) + beside, alarm),
        scene("what may be a cart is said to be uncertain", lambda t: walker(t) + cart(t, score=0.4),
              (Expected(phase="single", from_s=8, to_s=12, remark="uncertain"),)),
        scene("past the post", lambda t: walker(t, y=4.5)),
        scene("through a lane", walker, zones=(lane,)),
        scene("in allowed hours", walker, allowed_from_minute=420, allowed_to_minute=1080),
        scene("at other hours", walker, alarm, allowed_from_minute=1080, allowed_to_minute=420),
        scene("on the line without going in", lambda t: worker(18 + 0.2 * np.sin(t), 0)),
        scene("a cart alone", cart),
        scene("one with a cart and one without",
              lambda t: (walker(t) + cart(t)) + (walker(t - 4, y=-2.4) if t > 4 else []),
              (passage[0], Expected(phase="single", from_s=12, to_s=16))),
    ]  # fmt: skip


def jacket() -> list[Scenario]:
    water = zone(ZoneUse.WATER, 22, -9, 32, 9)

    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 15) -> Scenario:
        return Scenario(
            name=name, algorithm=Algorithm.NO_LIFE_JACKET, moment=moment, long_s=long_s, zones=(water,), expected=expected
        )

    van = things(Body(kind="van", x_m=17.5, y_m=0, yaw_rad=ACROSS, size_m=(5.0, 2.0, 1.9)))
    return [
        scene("two metres from the water without", always(worker(20, 0)), starts(3, 6)),
        scene("on a boat without", always(worker(25, 2)), starts(3, 6)),
        scene("seven metres away", always(worker(15, 0))),
        scene("with a jacket", always(worker(20, 0, jacket=True))),
        scene("only for two seconds", until(2, always(worker(20, 0)))),
        scene("behind a van", always(van, worker(19.4, 0))),
        scene("one with and one without", always(worker(20, -3, jacket=True), worker(20, 3)), starts(3, 6)),
        scene("past the water", lambda t: worker(14 + 0.1 * t, -5 + t)),
    ]


def ebike() -> list[Scenario]:
    road = zone(ZoneUse.ROAD, 19, -10, 25, 10)

    def scene(name: str, moment: Moment, expected: Wanted = (), zones: tuple[Zone, ...] = (WORK,)) -> Scenario:
        return Scenario(
            name=name, algorithm=Algorithm.EBIKE_IN_WORK_ZONE, moment=moment, long_s=8, zones=zones, expected=expected
        )

    def bike(y: float, *, x: float = 22.0, rider: bool = True, beside: bool = False) -> list[Detection]:
        found = things(Body(kind="ebike", x_m=x, y_m=y, yaw_rad=ACROSS))
        if rider:
            found += worker(x, y, lifted_m=0.35, tall_m=1.35)
        return found + (worker(x - 0.3, y + 0.9) if beside else [])

    return [
        scene("ridden through", lambda t: bike(-9 + 2.5 * t), starts(3, 7)),
        scene("ridden slowly through", lambda t: bike(-8 + 1.9 * t), starts(3, 7)),
        scene("parked", always(bike(0, rider=False))),
        scene("somebody sits on it", always(bike(0))),
        scene("pushed", lambda t: bike(-5 + 1.2 * t, rider=False, beside=True)),
        scene("on the site road", lambda t: bike(-9 + 2.5 * t), zones=(WORK, road)),
        scene("outside the zone", lambda t: bike(-9 + 2.5 * t), zones=(zone(ZoneUse.WORK, 30, -10, 40, 10),)),
    ]


def engineering() -> list[Scenario]:
    def record(what: str, **more: Any) -> Expected:
        return Expected(phase="single", kind="record", what=what, **more)

    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 20) -> Scenario:
        return Scenario(
            name=name, algorithm=Algorithm.ENGINEERING_VEHICLE, moment=moment, long_s=long_s, zones=(WORK,), expected=expected
        )

    def drives(kind: str, x: float = 24) -> Moment:
        return lambda t: things(Body(kind=kind, x_m=x, y_m=-8 + 1.5 * t, yaw_rad=ACROSS)) if t < 11 else []

    digger = things(Body(kind="excavator", x_m=24, y_m=0, yaw_rad=ACROSS))

    def torn(t: float) -> list[Detection]:
        kind = "dump_truck" if int(t) % 2 else "mixer_truck"
        return things(Body(kind=kind, x_m=24, y_m=0, yaw_rad=ACROSS, size_m=(7.2, 2.4, 3.0)))

    return [
        scene("a tipper drives through", drives("dump_truck"), (record("dump_truck", from_s=2, to_s=6),)),
        scene("a parked digger that is lost for a while", lambda t: [] if 8 < t < 30 else digger, (record("excavator"),), 60),
        scene("a tipper and a mixer", lambda t: drives("dump_truck", 18)(t) + drives("mixer_truck", 28)(t),
              (record("dump_truck"), record("mixer_truck"))),
        scene("outside the zone", always(things(Body(kind="dump_truck", x_m=45, y_m=0, yaw_rad=ACROSS)))),
        scene("a kind that nobody can tell", torn, (record("unclear", remark="kind_unclear"),)),
        scene("one false frame", lambda t: digger if t == 5 else []),
        scene("a misread frame changes no kind",
              lambda t: things(Body(kind="fire_truck" if t == 3 else "dump_truck", x_m=24, y_m=0, yaw_rad=ACROSS)),
              (record("dump_truck"),)),
    ]  # fmt: skip


def edge() -> list[Scenario]:
    along = line(LineUse.EDGE, (20, -5), (20, 5))

    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 60, every_s: float = 1, **more: Any) -> Scenario:
        return Scenario(name=name, algorithm=Algorithm.EDGE_PROTECTION_MISSING, moment=moment, long_s=long_s, every_s=every_s,
                        lines=(along,), expected=expected, parameters=more)  # fmt: skip

    def rails(*starts_m: float, long_m: float = 1.0) -> list[Detection]:
        return things(
            *(Body(kind="guardrail", x_m=20, y_m=y + long_m / 2, yaw_rad=ACROSS, size_m=(long_m, 0.07, 1.2)) for y in starts_m)
        )

    whole = rails(*range(-5, 5))
    gap = rails(-5, -4, -3, -2, 2, 3, 4)
    small = rails(-5, -4, -3, -2, -1, 0.5, 1.5, 2.5, 3.5)
    digger = things(Body(kind="excavator", x_m=32, y_m=6))
    person = worker(19.5, 0.4) + worker(19.5, 0.9)
    return [
        scene("a gap of three metres", always(gap), starts(30, 34)),
        scene("fully railed", always(whole)),
        scene("a gap of half a metre", always(small)),
        scene("a gap for ten seconds", until(10, always(gap), always(whole))),
        scene("people hide the middle of the gap", always(gap, person)),
        scene("a digger somewhere in the picture", always(gap, digger)),
        scene("five minutes after the digger left", lambda t: gap + (digger if t < 40 else []), starts(368, 376), 420, 2),
        scene("only while a digger is there", always(gap, digger), starts(30, 34), vehicle_mode="require"),
        scene("no digger where one is required", always(gap), vehicle_mode="require"),
    ]


def fire() -> list[Scenario]:
    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 20, **more: Any) -> Scenario:
        return Scenario(name=name, algorithm=Algorithm.FIRE_OR_SMOKE, moment=moment, long_s=long_s, expected=expected, **more)

    body = Body(kind="fire", x_m=20, y_m=0, size_m=(0.8, 1.2, 1.5))
    cloud = Body(kind="smoke", x_m=20, y_m=0, bottom_m=1.0, size_m=(1.5, 2.0, 3.0))

    def flame(t: float, score: float = 0.8) -> list[Detection]:
        return scaled("fire", body, 1 + 0.3 * float(np.sin(2.1 * t + 0.3)), score)

    lamp = things(Body(kind="fire", x_m=20, y_m=0, bottom_m=2.0, size_m=(0.3, 0.9, 0.9)))
    hot = zone(ZoneUse.HOT_WORK, 17, -3, 23, 3)
    return [
        scene("a flame", flame, starts(2, 5, what="fire")),
        scene("smoke", always(things(cloud)), starts(2, 5, what="smoke")),
        scene("flame and smoke are one", lambda t: flame(t) + things(cloud), starts(2, 5, what="fire")),
        scene("a growing flame", lambda t: scaled("fire", body, 0.5 + 0.08 * t), starts(2, 8)),
        scene("a red lamp", always(lamp), long_s=90),
        scene("a flash in one frame", lambda t: flame(t) if t == 5 else []),
        scene("fog that may be smoke", always(things(Body(kind="smoke", x_m=20, y_m=0, size_m=(2, 4, 3), score=0.35)))),
        scene("a flame of an infrared picture", flame, infrared=True),
        scene("permitted hot work", flame, starts(2, 5, remark="hot_work"), zones=(hot,)),
    ]


def ponding() -> list[Scenario]:
    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 720, **more: Any) -> Scenario:
        return Scenario(
            name=name, algorithm=Algorithm.PONDING, moment=moment, long_s=long_s, every_s=8, expected=expected, **more
        )

    pond = outlined("water", 18, 0, 2.0)
    return [
        scene("twelve square metres for long", always(pond), starts(600, 620)),
        scene("for five minutes", until(300, always(pond))),
        scene("one square metre", always(outlined("water", 18, 0, 0.56))),
        scene("a wash bay", always(pond), zones=(zone(ZoneUse.WASH_BAY, 14, -4, 22, 4),)),
        scene("outside the site", always(pond), zones=(zone(ZoneUse.SITE, 25, -9, 40, 9),)),
        scene("only a box", always(outlined("water", 18, 0, 2.0, outline=False)), starts(600, 620, remark="coarse_area")),
        scene("too far to measure", always(outlined("water", 120, 0, 2.0))),
        scene("seen every third time", lambda t: [] if int(t / 8) % 3 else pond),
    ]


def stacks() -> list[Scenario]:
    def scene(name: str, moment: Moment, expected: Wanted = ()) -> Scenario:
        shield = (zone(ZoneUse.SHIELD, 5, -15, 40, 15),)
        return Scenario(name=name, algorithm=Algorithm.STACK_TOO_HIGH, moment=moment, long_s=12, zones=shield, expected=expected)

    def stack(layers: int, y: float = 0.0, without: tuple[int, ...] = ()) -> list[Detection]:
        return things(
            *(
                Body(kind="segment", x_m=16, y_m=y, yaw_rad=ACROSS, bottom_m=0.2 + 0.55 * i, size_m=(2.8, 1.2, 0.4))
                for i in range(layers)
                if i not in without
            )
        )

    def precast(tall_m: float) -> list[Detection]:
        return things(Body(kind="precast", x_m=18, y_m=0, yaw_rad=ACROSS, size_m=(3.0, 0.3, tall_m)))

    return [
        scene("five layers", always(stack(5)), starts(2, 4)),
        scene("four layers", always(stack(4))),
        scene("six with one in the middle missed", always(stack(6, without=(3,))), starts(2, 4, remark="layers_inferred")),
        scene("four of five seen when the top is missed", always(stack(5, without=(4,)))),
        scene("two stacks of three", always(stack(3, -2), stack(3, 2))),
        scene("two stacks, one of six", always(stack(3, -2), stack(6, 2)), starts(2, 4)),
        scene("five in one frame of six", lambda t: stack(5 if int(t) % 6 == 3 else 4)),
        scene("a precast part of four metres", always(precast(4.0)), starts(2, 4, what="precast")),
        scene("a precast part of two metres", always(precast(2.0))),
    ]


def overhang() -> list[Scenario]:
    facade = line(LineUse.FACADE, (25, -6), (25, 6), top_m=6.0)

    def scene(name: str, moment: Moment, expected: Wanted = (), long_s: float = 50, *, plotted: bool = True) -> Scenario:
        lines = (facade,) if plotted else ()
        return Scenario(
            name=name, algorithm=Algorithm.SCAFFOLD_OVERHANG, moment=moment, long_s=long_s, lines=lines, expected=expected
        )

    def object_at(y: float, z: float = 3.0) -> list[Detection]:
        return things(Body(kind="overhang_object", x_m=25, y_m=y, bottom_m=z - 0.3, size_m=(0.2, 1.0, 0.6)))

    return [
        scene("half a metre out at the side", always(object_at(6.6)), starts(30, 36)),
        scene("above the top", always(object_at(0, 6.7)), starts(30, 36)),
        scene("inside the scaffold", always(object_at(3))),
        scene("a tenth of a metre out", always(object_at(6.1))),
        scene("a swinging load", lambda t: object_at(8 + 1.5 * float(np.sin(t)))),
        scene("a load lowered", lambda t: object_at(7.5, max(0.5, 7 - 0.5 * t)), long_s=12),
        scene("out for eight seconds", until(8, always(object_at(6.6)))),
        scene("no façade plotted", always(object_at(6.6)), starts(30, 36, remark="by_class_only"), plotted=False),
    ]


def special() -> list[Scenario]:
    def scene(name: str, moment: Moment, expected: Wanted = (), east_m: float = 40) -> Scenario:
        site = (zone(ZoneUse.SITE, east_m - 30, -12, east_m, 12),)
        return Scenario(name=name, algorithm=Algorithm.SPECIAL_VEHICLE, moment=moment, long_s=14, zones=site, expected=expected)

    def drives(kind: str, x: float = 24) -> Moment:
        return lambda t: things(Body(kind=kind, x_m=x, y_m=-8 + 1.2 * t, yaw_rad=ACROSS))

    def sized(kind: str) -> list[Detection]:
        return things(Body(kind=kind, x_m=24, y_m=0, yaw_rad=ACROSS, size_m=(7.2, 2.4, 3.0)))

    return [
        scene("an ambulance", drives("ambulance"), starts(2, 5, what="ambulance")),
        scene("a fire engine", drives("fire_truck"), starts(2, 5, what="fire_truck")),
        scene("a police car", drives("police_car"), starts(2, 5, what="police_car")),
        scene("a lorry misread once", lambda t: sized("fire_truck" if t == 4 else "truck")),
        scene("nobody can tell", lambda t: sized("fire_truck" if int(t) % 2 else "truck")),
        scene("a plain van", drives("van")),
        scene("a model that is never sure", always(things(Body(kind="police_car", x_m=24, y_m=0, yaw_rad=ACROSS, score=0.42)))),
        scene("far outside the site", drives("ambulance"), east_m=-10),
        scene("two fire engines", lambda t: drives("fire_truck", 18)(t) + drives("fire_truck", 30)(t),
              (Expected(what="fire_truck"), Expected(what="fire_truck"))),
    ]  # fmt: skip


def base_set() -> list[Scenario]:
    def scene(algorithm: Algorithm, name: str, moment: Moment, expected: Wanted = (), use: ZoneUse = ZoneUse.WORK,
              long_s: float = 15) -> Scenario:  # fmt: skip
        zones = (zone(use, 12, -10, 36, 10),)
        return Scenario(name=name, algorithm=algorithm, moment=moment, long_s=long_s, zones=zones, expected=expected)

    def group(count: int, apart_m: float) -> list[Detection]:
        return [one for i in range(count) for one in worker(18 + apart_m * (i // 3), apart_m * (i % 3 - 1))]

    helmet, harness, crowd, intrusion = Algorithm.NO_HELMET, Algorithm.NO_HARNESS, Algorithm.CROWD, Algorithm.INTRUSION
    return [
        scene(helmet, "a bare head", always(worker(18, 0, wears="head")), starts(3, 6)),
        scene(helmet, "a helmet", always(worker(18, 0, wears="helmet"))),
        scene(helmet, "no head seen", always(worker(18, 0))),
        scene(helmet, "outside the zone", always(worker(9.5, 0, wears="head"))),
        scene(helmet, "a helmet misread now and then", lambda t: worker(18, 0, wears="head" if int(t) % 4 == 3 else "helmet")),
        scene(helmet, "two bare heads are two", always(worker(18, -3, wears="head"), worker(18, 3, wears="head")),
              (Expected(from_s=3, to_s=6), Expected(from_s=3, to_s=6))),
        scene(harness, "no harness at height", always(worker(16, 0)), starts(8, 12), ZoneUse.HEIGHT, 20),
        scene(harness, "a harness", always(worker(16, 0, harness=True)), (), ZoneUse.HEIGHT, 20),
        scene(harness, "not at height", always(worker(9.5, 0)), (), ZoneUse.HEIGHT, 20),
        scene(crowd, "nine within three metres", always(group(9, 1.2)), starts(30, 34), long_s=45),
        scene(crowd, "five within three metres", always(group(5, 1.2)), long_s=45),
        scene(crowd, "nine far apart", always(group(9, 5.0)), long_s=45),
        scene(crowd, "nine for ten seconds", until(10, always(group(9, 1.2))), long_s=45),
        scene(intrusion, "somebody inside", always(worker(18, 0)), starts(2, 4), ZoneUse.FORBIDDEN),
        scene(intrusion, "somebody beside", always(worker(10.5, 0)), (), ZoneUse.FORBIDDEN),
        scene(intrusion, "a false box in one frame", lambda t: worker(18, 0) if t == 5 else [], (), ZoneUse.FORBIDDEN),
        scene(intrusion, "walked through", lambda t: worker(14 + 0.2 * t, -12 + 1.5 * t), starts(3, 7), ZoneUse.FORBIDDEN),
    ]  # fmt: skip


def scenarios() -> list[Scenario]:
    makers = (near_vehicle, entry, jacket, ebike, engineering, edge, fire, ponding, stacks, overhang, special, base_set)
    return [one for maker in makers for one in maker()]


def records() -> dict[str, list[dict[str, Any]]]:
    by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in scenarios():
        by_file[one.algorithm.value].append(recorded(one))
    return dict(by_file)


def written(scenes: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(scene, ensure_ascii=False, separators=(",", ":")) for scene in scenes) + "\n]\n"


if __name__ == "__main__":
    GOLDENS.mkdir(exist_ok=True)
    for name, scenes in records().items():
        (GOLDENS / f"{name}.json").write_text(written(scenes), encoding="utf-8")
