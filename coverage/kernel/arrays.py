"""The NumPy twin: all pairs of segment and camera on a plane at once. Maths and numbers are those of ``machine``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coverage.kernel import values as of
from coverage.kernel.array_breaking import broken_rows, edges_of, rounds_of
from coverage.kernel.array_demands import demanded
from coverage.kernel.array_pictures import curved_spans, out_of_boxes, picture_sides, shadow_sides, through_rim
from coverage.kernel.counting import NOTHING_M
from coverage.kernel.gathering import SURFACE
from coverage.kernel.spans import Spans, in_disc, joined, lengths_watched, less, within
from coverage.kernel.values import Floats, Ints, Measured, PackedSite

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Plane:
    """What is measured on one plane. n segments, each with its group; P pairs of segment and camera."""

    height_m: float
    #: (n, 6), (n,), (n,)
    segments: Floats
    group: Ints
    margin: Floats
    #: (P,) segment and camera of a pair.
    segment_of: Ints
    camera_of: Ints
    #: Spans of the pairs in the picture, left by obstacles, and within reach; owners are pairs.
    pictured: Spans
    visible: Spans
    reached: Spans


@np.errstate(all="ignore")
def measure_arrays(site: PackedSite, *, causes: bool) -> Measured:
    """Total, stages and contributing cameras of every request."""
    requests = len(site.demands)
    found = Measured(
        total=np.zeros(requests),
        stages=np.zeros((requests, of.STAGES)),
        adds=np.zeros((requests, len(site.cameras)), dtype=np.uint8),
        marks=np.zeros(requests),
    )
    for number, height_m in enumerate(site.planes):
        groups = np.flatnonzero(site.groups[:, 1] == number)
        groups = groups[np.diff(site.target_from)[site.groups[groups, 0]] > 0]
        if len(groups):
            plane = _lay_plane(site, groups, float(height_m), causes=causes)
            _count(site, plane, found, causes=causes)
    np.maximum.accumulate(found.stages, axis=1, out=found.stages)
    return found


def _lay_plane(site: PackedSite, groups: Ints, height_m: float, *, causes: bool) -> Plane:
    own = [site.segments[site.target_from[target] : site.target_from[target + 1]] for target in site.groups[groups, 0]]
    thin = site.groups[groups, 3] == 1
    boxes = np.array([_box(segments, of.EDGE_MARGIN_M * line) for segments, line in zip(own, thin, strict=True)])
    sides, radius2 = picture_sides(site.cameras, height_m)
    lens = site.cameras[None, :, [of.X, of.Y]]
    away2 = (np.maximum(np.maximum(boxes[:, None, :2] - lens, lens - boxes[:, None, 2:]), 0.0) ** 2).sum(axis=-1)
    join = site.joined[site.groups[groups, 2]]
    blank = (radius2 < 0)[None] | (away2 > radius2) | out_of_boxes(sides[None], boxes[:, None])
    active = (join != of.APART) & (~blank | (causes & (away2 <= site.cameras[None, :, of.REACH] ** 2)))
    shadows, near = _near_shadows(site, groups, boxes, height_m, blank)
    for number in np.flatnonzero(~thin):
        seeing = np.flatnonzero(active[number] & ~blank[number])
        edges = edges_of(site, int(groups[number]), height_m, sides, shadows, near[number], seeing)
        turning = np.flatnonzero(active[number]) if causes else np.empty(0, np.int64)
        rounds = rounds_of(site, int(groups[number]), height_m, radius2, seeing, turning)
        own[number] = broken_rows(own[number], edges, rounds)
    sizes = [len(segments) for segments in own]
    local, segments = np.repeat(np.arange(len(groups)), sizes), np.vstack(own)
    margin = of.EDGE_MARGIN_M * np.repeat(thin, sizes)
    segment_of, camera_of = np.nonzero(active[local])
    seen = np.flatnonzero(~blank[local[segment_of], camera_of])
    pictured = _pictured(site, height_m, sides, radius2, segments, margin, segment_of, camera_of, seen)
    plane = Plane(
        height_m=height_m,
        segments=segments,
        group=groups[local],
        margin=margin,
        segment_of=segment_of,
        camera_of=camera_of,
        pictured=pictured,
        visible=pictured,
        reached=_reached(site, segments, segment_of, camera_of),
    )
    return _hide(site, plane, (shadows, near), local)


def _box(segments: Floats, margin: float) -> Floats:
    """West, south, east, north of segments and a margin, metres."""
    ends = segments[:, :2] + segments[:, 4:5] * segments[:, 2:4]
    both = np.concatenate([segments[:, :2], ends])
    return np.concatenate([both.min(axis=0) - margin, both.max(axis=0) + margin])


def _reached(site: PackedSite, segments: Floats, segment_of: Ints, camera_of: Ints) -> Spans:
    rows, own = site.cameras[camera_of], segments[segment_of]
    low, high = in_disc(own[:, :2] - rows[:, [of.X, of.Y]], own, rows[:, of.REACH] ** 2)
    return Spans(np.arange(len(rows)), np.maximum(low, 0.0), np.minimum(high, own[:, 4])).real()


def _pictured(
    site: PackedSite,
    height_m: float,
    sides: Floats,
    radius2: Floats,
    segments: Floats,
    margin: Floats,
    segment_of: Ints,
    camera_of: Ints,
    pairs: Ints,
) -> Spans:
    own, cameras, wider = segments[segment_of[pairs]], camera_of[pairs], margin[segment_of[pairs]]
    low, high = within(sides[cameras], own, np.zeros(len(pairs)), own[:, 4], wider)
    rows = site.cameras[cameras]
    bounded = radius2[cameras] < of.EVERYWHERE
    away = own[bounded, :2] - rows[bounded][:, [of.X, of.Y]]
    radius = np.sqrt(radius2[cameras][bounded]) + wider[bounded]
    first, last = in_disc(away, own[bounded], radius**2)
    low[bounded], high[bounded] = np.maximum(low[bounded], first), np.minimum(high[bounded], last)
    spans = Spans(np.arange(len(pairs)), low, high).real()
    kind = rows[spans.owner, of.KIND]
    curved = (kind == of.DISTORTED) | (kind == of.EQUIDISTANT) | ((kind == of.SECTOR) & (rows[spans.owner, of.COS_HALF] < 0))
    if curved.any():
        chosen = spans.where(curved)
        bent = curved_spans(site, height_m, cameras[chosen.owner], own[chosen.owner], chosen)
        spans = joined(spans.where(~curved), bent)
    return Spans(pairs[spans.owner], spans.low, spans.high)


def _near_shadows(site: PackedSite, groups: Ints, boxes: Floats, height_m: float, blank: Booleans) -> tuple[Floats, Booleans]:
    """Shadows (C, K, V + 2, 3), and (g, C, K): which can matter to the cameras of which group."""
    sides, throws = shadow_sides(site, height_m)
    scenes = site.groups[groups, 2]
    join = site.joined[scenes]
    level = np.where(join == of.SAME_LEVEL, site.scene_of[scenes, 0][:, None], SURFACE)
    same = level[:, :, None] == site.part_of[None, None, :, 0]
    other = site.part_of[None, :, 1] != site.scene_of[scenes, 1][:, None]
    near = throws[None] & same & other[:, None, :] & (~blank & (join != of.BLIND))[:, :, None]
    return sides, near & ~out_of_boxes(sides[None], boxes[:, None, None])


def _hide(site: PackedSite, plane: Plane, shadows: tuple[Floats, Booleans], local: Ints) -> Plane:
    """The plane with what obstacles and rims leave visible."""
    sides, near = shadows
    spans = plane.pictured
    camera, segment = plane.camera_of[spans.owner], plane.segment_of[spans.owner]
    scene = site.groups[plane.group[segment], 2]
    join = site.joined[scene, camera]
    able = join != of.BLIND
    spans, camera, segment, scene, join = spans.where(able), camera[able], segment[able], scene[able], join[able]
    number, part = np.nonzero(near[local[segment], camera])
    own, narrower = plane.segments[segment[number]], -plane.margin[segment[number]]
    low, high = within(sides[camera[number], part], own, spans.low[number], spans.high[number], narrower)
    hidden = Spans(spans.owner[number], low, high).real()
    visible = less(spans, hidden)
    rim = join == of.OVER_THE_RIM
    over = {(int(one), int(other)) for one, other in zip(scene[rim], camera[rim], strict=True)}
    for of_scene, of_camera in sorted(over):
        mine = (plane.camera_of[visible.owner] == of_camera) & (
            site.groups[plane.group[plane.segment_of[visible.owner]], 2] == of_scene
        )
        chosen = visible.where(mine)
        seen = through_rim(site, of_scene, of_camera, plane.height_m, plane.segments[plane.segment_of[chosen.owner]], chosen)
        visible = joined(visible.where(~mine), seen)
    return Plane(**{**vars(plane), "visible": visible})


def _count(site: PackedSite, plane: Plane, found: Measured, *, causes: bool) -> None:
    """Add the plane's segments to the stages of their requests."""
    groups = np.unique(plane.group)
    many = len(plane.segments)
    sizes = plane.segments[:, 4] * plane.segments[:, 5]
    whole = np.bincount(plane.group, weights=sizes, minlength=len(site.groups))
    first, last = site.request_from[groups], site.request_from[groups + 1]
    requests = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])
    group_of = np.repeat(groups, last - first)
    found.total[requests] = whole[group_of]
    position = np.full(len(site.demands), -1)
    position[requests] = np.arange(len(requests))
    spans = _as_demanded(site, plane, causes=causes)
    request, pair = spans.owner // len(plane.camera_of), spans.owner % len(plane.camera_of)
    rank, segment = site.ranks[request, plane.camera_of[pair]], plane.segment_of[pair]
    counts = rank == of.COUNTS
    found.adds[request[counts], plane.camera_of[pair[counts]]] = 1
    key = position[request] * many + segment
    place = plane.segments[:, 5] * (1 + 0.01 * (plane.segments[:, 0] - 0.6180339887 * plane.segments[:, 1]))
    moved = (spans.high**2 - spans.low**2) * place[segment] * (rank + 1.0)
    found.marks[:] += np.bincount(request, weights=moved, minlength=len(site.demands))
    needed = np.repeat(site.needed[requests], many)
    for stage in range(3 if causes else 1):
        kept = rank <= stage
        lengths = lengths_watched(Spans(key[kept], spans.low[kept], spans.high[kept]), needed, len(needed))
        found.stages[requests, stage] += lengths.reshape(-1, many) @ plane.segments[:, 5]
    if not causes:
        return
    for stage, wide in ((3, plane.visible), (4, plane.pictured), (5, plane.reached)):
        for fold in np.unique(site.needed[requests]):
            by_segment = Spans(plane.segment_of[wide.owner], wide.low, wide.high)
            lengths = lengths_watched(by_segment, np.full(many, fold), many)
            by_group = np.bincount(plane.group, weights=lengths * plane.segments[:, 5], minlength=len(site.groups))
            same = site.needed[requests] == fold
            moved = (by_segment.high**2 - by_segment.low**2) * place[by_segment.owner]
            mark = np.bincount(plane.group[by_segment.owner], weights=moved, minlength=len(site.groups))
            found.marks[requests[same]] += mark[group_of[same]]
            found.stages[requests[same], stage] += by_group[group_of[same]]


def _as_demanded(site: PackedSite, plane: Plane, *, causes: bool) -> Spans:
    """Visible spans as each request of their group demands; owners are request · pairs + pair."""
    spans, pairs = plane.visible, len(plane.camera_of)
    group = plane.group[plane.segment_of[spans.owner]]
    counts = site.request_from[group + 1] - site.request_from[group]
    repeated = np.repeat(np.arange(len(group)), counts)
    offset = np.arange(len(repeated)) - np.repeat(np.cumsum(counts) - counts, counts)
    request = site.request_from[group[repeated]] + offset
    camera = plane.camera_of[spans.owner[repeated]]
    asked = site.ranks[request, camera] <= (of.OFFLINE if causes else of.COUNTS)
    repeated, request, camera = repeated[asked], request[asked], camera[asked]
    own = spans.where(repeated)
    segment = plane.segment_of[own.owner]
    left = demanded(
        site.cameras[camera], plane.height_m, site.demands[request], plane.segments[segment], plane.margin[segment], own
    )
    left = left.where(left.high - left.low > NOTHING_M)
    return Spans(request[left.owner] * pairs + own.owner[left.owner], left.low, left.high)
