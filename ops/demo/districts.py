"""The city's sixteen districts, schematic: decoded at seeding time from the npm package ``echarts`` 4.9.0 (Apache-2.0).

The outlines are generalised, good for overview and statistics; they are marked so, and an administrator replaces them with
the official ones. The package writes each ring as zigzag deltas of 1/1024 degree from an offset.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon

from ops.home import ROOT, OpsError
from sites.districts import DistrictOutline

SOURCE = ROOT / "web_map" / "node_modules" / "district-outlines" / "map" / "json" / "province" / "shanghai.json"
UNIT_DEG = 1 / 1024
#: GB/T 2260 code → names. Districts are found by name: the package knows former codes, or none.
NAMES = {
    "310101": ("黄浦区", "Huangpu"),
    "310104": ("徐汇区", "Xuhui"),
    "310105": ("长宁区", "Changning"),
    "310106": ("静安区", "Jing'an"),
    "310107": ("普陀区", "Putuo"),
    "310109": ("虹口区", "Hongkou"),
    "310110": ("杨浦区", "Yangpu"),
    "310112": ("闵行区", "Minhang"),
    "310113": ("宝山区", "Baoshan"),
    "310114": ("嘉定区", "Jiading"),
    "310115": ("浦东新区", "Pudong"),
    "310116": ("金山区", "Jinshan"),
    "310117": ("松江区", "Songjiang"),
    "310118": ("青浦区", "Qingpu"),
    "310120": ("奉贤区", "Fengxian"),
    "310151": ("崇明区", "Chongming"),
}
FORMER = {"崇明县": "崇明区", "闸北区": "静安区"}


@cache
def schematic_districts() -> tuple[DistrictOutline, ...]:
    """All sixteen, in the order of their codes; former districts are united with those that took them over."""
    if not SOURCE.exists():
        raise OpsError("The district outlines are missing: run `npm ci --ignore-scripts` in web_map (./geowarden up does).")
    shapes: dict[str, list[Polygon]] = {}
    for feature in json.loads(SOURCE.read_text(encoding="utf-8"))["features"]:
        name = feature["properties"]["name"]
        shapes.setdefault(FORMER.get(name, name), []).extend(_polygons(feature["geometry"]))
    return tuple(
        DistrictOutline(code=code, name_zh=zh, name_en=en, outline=_united(shapes[zh]), schematic=True)
        for code, (zh, en) in sorted(NAMES.items())
    )


def _united(parts: list[Polygon]) -> MultiPolygon:
    whole = shapely.make_valid(shapely.union_all(parts))
    return MultiPolygon([part for part in shapely.get_parts(whole) if isinstance(part, Polygon)])


def _polygons(geometry: dict[str, Any]) -> list[Polygon]:
    many = geometry["type"] == "MultiPolygon"
    groups = geometry["coordinates"] if many else [geometry["coordinates"]]
    offsets = geometry["encodeOffsets"] if many else [geometry["encodeOffsets"]]
    found = []
    for rings, starts in zip(groups, offsets, strict=True):
        decoded = [_ring(text, start) for text, start in zip(rings, starts, strict=True)]
        found += [shapely.make_valid(Polygon(ring)) for ring in decoded if len(ring) > 3]
    return found


def _ring(text: str, start: list[int]) -> list[tuple[float, float]]:
    x, y = start
    ring = []
    for across, up in zip(text[::2], text[1::2], strict=True):
        x += _zigzag(ord(across) - 64)
        y += _zigzag(ord(up) - 64)
        ring.append((x * UNIT_DEG, y * UNIT_DEG))
    return ring


def _zigzag(number: int) -> int:
    return number >> 1 ^ -(number & 1)
