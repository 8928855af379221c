"""Recorded scenes: known things at known places, boxed as one camera sees them, written as JSON, played again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from shapely import Polygon

from spatial.cameras.values import Optics, Pose
from vision.demo.stage import Body, box_of, jittered, seen
from vision.locating import CameraView
from vision.looks import GOODS, PEOPLE, VEHICLES, Box, Detection
from vision.rules.registry import RULE_OF, make_rule
from vision.rules.values import Algorithm, Finding, Line, LineUse, Phase, RuleState, Surroundings, Verdict, Zone, ZoneUse
from vision.tracking import GroundTracker

GOLDENS = Path(__file__).parent / "goldens"
#: 2026-03-02 10:00 in Shanghai.
BEGIN_S = 1_772_416_800.0
#: Looks east over a yard: x ahead, y to the left of the picture.
VIEW = CameraView(
    pose=Pose(x_m=0.0, y_m=0.0, z_m=7.0, azimuth_deg=90.0, tilt_deg=17.0),
    optics=Optics(hfov_deg=70.0, vfov_deg=43.0, width_px=1280, height_px=720),
)
ACROSS = np.pi / 2
KINDS = (
    PEOPLE
    | VEHICLES
    | GOODS
    | {
        *("helmet", "head", "life_jacket", "harness", "ebike", "fire", "smoke", "water"),
        *("segment", "precast", "guardrail", "overhang_object"),
    }
)
Moment = Callable[[float], list[Detection]]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A finding that must come: what it is, and between which seconds of the scene."""

    phase: str = "start"
    kind: str = "alarm"
    from_s: float = 0.0
    to_s: float = 1e9
    what: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    name: str
    algorithm: Algorithm
    moment: Moment
    long_s: float
    every_s: float = 1.0
    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    infrared: bool = False
    expected: tuple[Expected, ...] = ()


def zone(use: ZoneUse, west: float, south: float, east: float, north: float) -> Zone:
    return Zone(name=f"{use} 1", use=use, area=Polygon([(west, south), (east, south), (east, north), (west, north)]))


def line(use: LineUse, *points: tuple[float, float], top_m: float = 0.0) -> Line:
    return Line(name=f"{use} 1", use=use, points_m=points, top_m=top_m)


def things(*bodies: Body) -> list[Detection]:
    return seen(VIEW, list(bodies))


def worker(
    x: float,
    y: float,
    *,
    wears: str = "",
    jacket: bool = False,
    harness: bool = False,
    lifted_m: float = 0.0,
    tall_m: float = 1.72,
) -> list[Detection]:
    """A person, with a head box when ``wears`` says "helmet" or "head"."""
    bodies = [Body(kind="person", x_m=x, y_m=y, bottom_m=lifted_m, size_m=(0.35, 0.5, tall_m))]
    if wears:
        bodies.append(Body(kind=wears, x_m=x, y_m=y, bottom_m=lifted_m + tall_m - 0.26, size_m=(0.24, 0.24, 0.28)))
    if jacket:
        bodies.append(Body(kind="life_jacket", x_m=x, y_m=y, bottom_m=lifted_m + 0.8, size_m=(0.4, 0.5, 0.65)))
    if harness:
        bodies.append(Body(kind="harness", x_m=x, y_m=y, bottom_m=lifted_m + 0.85, size_m=(0.3, 0.4, 0.6)))
    return things(*bodies)


def outlined(kind: str, x: float, y: float, radius_m: float, *, outline: bool = True) -> list[Detection]:
    """A disc on the ground."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    rim = VIEW.project(np.column_stack([x + radius_m * np.cos(turn), y + radius_m * np.sin(turn), np.zeros(24)]))
    (x1, y1), (x2, y2) = rim.min(0), rim.max(0)
    box = Box(x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2))
    corners = tuple((round(float(u), 1), round(float(v), 1)) for u, v in rim) if outline else ()
    return [Detection(kind=kind, score=0.8, box=box, outline_px=corners)]


def scaled(kind: str, body: Body, factor: float, score: float = 0.8) -> list[Detection]:
    """A body whose box is larger or smaller than it should be, its foot staying."""
    box = box_of(VIEW, body)
    assert box
    middle, wide, high = box.centre_px[0], box.width_px * factor / 2, box.height_px * factor
    return [Detection(kind=kind, score=score, box=Box(x1=middle - wide, y1=box.y2 - high, x2=middle + wide, y2=box.y2))]


def recorded(one: Scenario) -> dict[str, Any]:
    """The scenario as it is written down."""
    zones = one.zones
    times = np.arange(0.0, one.long_s + 1e-9, one.every_s)
    return {
        "name": one.name,
        "algorithm": one.algorithm.value,
        "zones": [{"name": z.name, "use": z.use.value, "ring": [list(c) for c in z.area.exterior.coords]} for z in zones],
        "lines": [
            {"name": n.name, "use": n.use.value, "points": [list(p) for p in n.points_m], "top_m": n.top_m} for n in one.lines
        ],
        "parameters": one.parameters,
        "infrared": one.infrared,
        "looks": [[float(t), [_row(found) for found in one.moment(float(t))]] for t in times],
        "expected": [asdict(wanted) for wanted in one.expected],
    }


def _row(one: Detection) -> list[Any]:
    edges = [round(value, 1) for value in (one.box.x1, one.box.y1, one.box.x2, one.box.y2)]
    return [one.kind, one.score, *edges, *([[list(p) for p in one.outline_px]] if one.outline_px else [])]


def _read(row: list[Any]) -> Detection:
    outline = tuple((u, v) for u, v in row[6]) if len(row) > 6 else ()
    box = Box(x1=row[2], y1=row[3], x2=row[4], y2=row[5])
    return Detection(kind=row[0], score=row[1], box=box, outline_px=outline)


def surroundings_of(record: dict[str, Any]) -> Surroundings:
    return Surroundings(
        view=VIEW,
        kinds=KINDS,
        zones=tuple(Zone(name=z["name"], use=ZoneUse(z["use"]), area=Polygon(z["ring"])) for z in record["zones"]),
        lines=tuple(
            Line(name=n["name"], use=LineUse(n["use"]), points_m=tuple(tuple(p) for p in n["points"]), top_m=n["top_m"])
            for n in record["lines"]
        ),
    )


def play(record: dict[str, Any], *, missed_share: float = 0.0, off_px: float = 0.0, seed: int = 0) -> list[Verdict]:
    """The verdicts on a recording, after a worse detector if asked for."""
    algorithm = Algorithm(record["algorithm"])
    rule = make_rule(algorithm, surroundings_of(record), RULE_OF[algorithm].parameters(**record["parameters"]))
    tracker, rng, verdicts = GroundTracker(VIEW), np.random.default_rng(seed), []
    for at_s, rows in record["looks"]:
        found = [_read(row) for row in rows]
        if missed_share or off_px:
            found = jittered(rng, found, missed_share=missed_share, off_px=off_px)
        look = tracker.look(BEGIN_S + at_s, found, infrared=record["infrared"])
        assert look
        verdicts.append(rule.update(look))
    return verdicts


def begun(verdicts: list[Verdict]) -> list[Finding]:
    """What started, or was complete in itself."""
    assert {one.state for one in verdicts} == {RuleState.JUDGING}
    return [one for verdict in verdicts for one in verdict.findings if one.phase in {Phase.START, Phase.SINGLE}]


def as_expected(record: dict[str, Any], found: list[Finding], *, slack_s: float = 0.0) -> str:
    """Empty when the findings are those expected, else what is wrong."""
    wanted = record["expected"]
    if len(found) != len(wanted):
        return f"{record['name']}: {len(found)} findings instead of {len(wanted)}"
    for one in wanted:
        fits = [
            f
            for f in found
            if f.phase == one["phase"]
            and f.kind == one["kind"]
            and one["from_s"] - slack_s <= f.at_s - BEGIN_S <= one["to_s"] + slack_s
            and (not one["what"] or f.what == one["what"])
            and (not one["remark"] or one["remark"] in f.remarks)
        ]
        if not fits:
            got = [(f.phase.value, f.kind.value, f.at_s - BEGIN_S, f.what, f.remarks) for f in found]
            return f"{record['name']}: {one} is not among {got}"
    return ""


def read_goldens() -> list[dict[str, Any]]:
    return [record for path in sorted(GOLDENS.glob("*.json")) for record in json.loads(path.read_text(encoding="utf-8"))]
