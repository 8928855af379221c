"""Pictures, shadows and rims for all cameras on a plane at once (NumPy twin of ``pictures`` and ``hiding``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coverage.kernel import values as of
from coverage.kernel.hiding import LEVEL_WITH_M
from coverage.kernel.spans import Spans, pieces
from coverage.kernel.values import Floats, Ints, PackedSite

Booleans = NDArray[np.bool_]


def picture_sides(cameras: Floats, plane_m: float) -> tuple[Floats, Floats]:
    """(C, PICTURE_SIDES, 3) half-planes of pictures on a plane, and (C,) largest plan distances squared, negative = nothing."""
    sides = np.zeros((len(cameras), of.PICTURE_SIDES, 3))
    sides[:, :, 2] = 1.0
    kind, above = cameras[:, of.KIND], cameras[:, of.Z] - plane_m
    axes = [cameras[:, axis : axis + 3] for axis in (of.FORWARD, of.RIGHT, of.UP)]
    lens = np.column_stack([cameras[:, of.X], cameras[:, of.Y], -above])
    flat, straight = kind == of.SECTOR, (kind == of.PINHOLE) | (kind == of.DISTORTED)
    wide = np.where(kind == of.PINHOLE, cameras[:, of.WIDE], cameras[:, of.BORDER_WIDE])[:, None]
    high = np.where(kind == of.PINHOLE, cameras[:, of.HIGH], cameras[:, of.BORDER_HIGH])[:, None]
    normals = (wide * axes[0] - axes[1], wide * axes[0] + axes[1], high * axes[0] - axes[2], high * axes[0] + axes[2], -axes[0])
    for number, normal in enumerate(normals):
        sides[straight, number, :2] = normal[straight, :2]
        level = -(normal[:, 0] * lens[:, 0] + normal[:, 1] * lens[:, 1]) + normal[:, 2] * lens[:, 2]
        sides[straight, number, 2] = (level + (cameras[:, of.RANGE] if number == 4 else 0.0))[straight]
    narrow = flat & (cameras[:, of.COS_HALF] >= 0)
    for number, sign in enumerate((1.0, -1.0)):
        normal = cameras[:, of.SIN_HALF, None] * axes[0] + sign * cameras[:, of.COS_HALF, None] * axes[1]
        sides[narrow, number, :2] = normal[narrow, :2]
        sides[narrow, number, 2] = -(normal[:, :2] * lens[:, :2]).sum(axis=1)[narrow]
    radius2 = np.full(len(cameras), of.EVERYWHERE)
    radius2[kind == of.EQUIDISTANT] = (cameras[:, of.RANGE] ** 2 - above**2)[kind == of.EQUIDISTANT]
    radius2[~flat & (above <= 0)] = -1.0
    radius2[flat] = cameras[flat, of.RANGE] ** 2
    return sides, radius2


def shadow_sides(site: PackedSite, plane_m: float) -> tuple[Floats, Booleans]:
    """(C, K, V + 2, 3) half-planes of shadows on a plane, unused ones true everywhere, and (C, K): is there a shadow?"""
    corners, cameras = site.part_corners, site.cameras
    parts, most = corners.shape[:2]
    bottom, top = site.part_heights[:, 0], site.part_heights[:, 1]
    lens_z = cameras[:, of.Z, None]
    above, flat = lens_z - plane_m, (cameras[:, of.KIND] == of.SECTOR)[:, None]
    foot = np.maximum(bottom, plane_m)[None, :]
    throws = flat | ((top[None, :] > plane_m) & (above > 0) & (foot < lens_z))
    ends = ~flat & (lens_z - top[None, :] > LEVEL_WITH_M)
    low = np.where(flat, 1.0, above / (lens_z - foot))
    high = np.where(ends, above / (lens_z - top[None, :]), np.inf)
    used = np.arange(most)[None, :] < site.part_size[:, None]
    after = np.where(np.arange(most)[None, :] + 1 < site.part_size[:, None], np.arange(most)[None, :] + 1, 0)
    following = np.take_along_axis(corners, after[:, :, None], axis=1)
    normal = np.stack([corners[:, :, 1] - following[:, :, 1], following[:, :, 0] - corners[:, :, 0]], axis=-1)
    lens = cameras[:, [of.X, of.Y]][:, None, None, :]
    offset = corners[None] - lens
    away = (normal[None] * offset).sum(axis=-1)
    faced = (away > 0) & used[None]
    sides = np.zeros((len(cameras), parts, most + 2, 3))
    sides[:, :, :, 2] = 1.0
    factor = np.where(faced, low[:, :, None], high[:, :, None])
    bound = used[None] & np.isfinite(factor)
    sides[:, :, :most, :2] = np.where(bound[..., None], normal[None], 0.0)
    shift = away * np.where(np.isfinite(factor), factor, 0.0) + (normal[None] * lens).sum(axis=-1)
    sides[:, :, :most, 2] = np.where(bound, -shift, 1.0)
    before = np.where(np.arange(most)[None, :] > 0, np.arange(most)[None, :] - 1, site.part_size[:, None] - 1)
    faced_before = np.take_along_axis(faced, np.broadcast_to(before[None], faced.shape), axis=2)
    for slot, (turning, sign) in enumerate(((faced_before & ~faced & used[None], 1.0), (~faced_before & faced, -1.0))):
        at = turning.argmax(axis=2)
        there = turning.any(axis=2)
        corner = np.take_along_axis(offset, at[:, :, None, None], axis=2)[:, :, 0]
        line = np.stack([-corner[..., 1] * sign, corner[..., 0] * sign], axis=-1)
        sides[:, :, most + slot, :2] = np.where(there[..., None], line, 0.0)
        sides[:, :, most + slot, 2] = np.where(there, -(line * lens[:, :, 0]).sum(axis=-1), 1.0)
    return sides, throws


def out_of_boxes(sides: Floats, boxes: Floats) -> Booleans:
    """Is a box (…, 4) wholly outside one of the half-planes (…, m, 3)?"""
    x = np.where(sides[..., 0] > 0, boxes[..., None, 2], boxes[..., None, 0])
    y = np.where(sides[..., 1] > 0, boxes[..., None, 3], boxes[..., None, 1])
    return np.asarray((sides[..., 0] * x + sides[..., 1] * y + sides[..., 2] < 0).any(axis=-1))


def curved_spans(site: PackedSite, plane_m: float, cameras: Ints, segments: Floats, spans: Spans) -> Spans:
    """The parts of spans inside curved borders. ``cameras`` and ``segments`` are the spans' own."""
    rows = site.cameras[cameras]
    cuts = _cone_cuts(rows, plane_m, segments)
    bent = rows[:, of.KIND] == of.DISTORTED
    if bent.any():
        bent_cuts = _border_cuts(site, cameras[bent], rows[bent], plane_m, segments[bent])
        padded = np.full((len(rows), bent_cuts.shape[1]), np.inf)
        padded[bent] = bent_cuts
        padded[~bent, :2] = cuts[~bent]
        cuts = padded
    made = pieces(np.arange(len(rows)), spans.low, spans.high, cuts)
    middle = (made.low + made.high) / 2
    places = segments[made.owner, :2] + middle[:, None] * segments[made.owner, 2:4]
    kept = made.where(in_picture(rows[made.owner], plane_m, places))
    return Spans(spans.owner[kept.owner], kept.low, kept.high)


def in_picture(rows: Floats, plane_m: float, places: Floats) -> Booleans:
    """(n,): is a place inside the curved border of a camera?"""
    away = np.column_stack([places - rows[:, [of.X, of.Y]], plane_m - rows[:, of.Z]])
    away[rows[:, of.KIND] == of.SECTOR, 2] = 0.0
    depth, u, v = ((away * rows[:, axis : axis + 3]).sum(axis=1) for axis in (of.FORWARD, of.RIGHT, of.UP))
    in_cone = depth >= rows[:, of.COS_HALF] * np.linalg.norm(away, axis=1)
    u, v = u / depth, v / depth
    square = u**2 + v**2
    bend = 1 + rows[:, of.K1] * square + rows[:, of.K2] * square**2
    straight = (np.abs(u) * bend <= rows[:, of.WIDE]) & (np.abs(v) * bend <= rows[:, of.HIGH])
    in_border = (depth > 0) & (square <= rows[:, of.TURNING] ** 2) & straight
    return np.asarray(np.where(rows[:, of.KIND] == of.DISTORTED, in_border, in_cone))


def roots(square: Floats, half: Floats, plain: Floats) -> Floats:
    """(n, 2) roots of square · s² + 2 · half · s + plain = 0; infinite where there is none."""
    under = half**2 - square * plain
    root = np.sqrt(np.maximum(under, 0.0))
    both = np.column_stack([(-half - root) / square, (-half + root) / square])
    single = np.where(half != 0, -plain / (2 * half), np.inf)
    both[under <= 0] = np.inf
    straight = np.abs(square) < 1e-14
    both[straight, 0], both[straight, 1] = single[straight], np.inf
    return both


def _cone_cuts(rows: Floats, plane_m: float, segments: Floats) -> Floats:
    away = np.column_stack([segments[:, :2] - rows[:, [of.X, of.Y]], plane_m - rows[:, of.Z]])
    away[rows[:, of.KIND] == of.SECTOR, 2] = 0.0
    at = (away * rows[:, of.FORWARD : of.FORWARD + 3]).sum(axis=1)
    step = (segments[:, 2:4] * rows[:, of.FORWARD : of.FORWARD + 2]).sum(axis=1)
    share = rows[:, of.COS_HALF] ** 2
    ahead = (away[:, :2] * segments[:, 2:4]).sum(axis=1)
    return roots(step**2 - share, at * step - share * ahead, at**2 - share * (away**2).sum(axis=1))


def _border_cuts(site: PackedSite, cameras: Ints, rows: Floats, plane_m: float, segments: Floats) -> Floats:
    """(n, sides of a border) where segments cross the sides of curved borders; infinite where they do not."""
    most = int(np.diff(site.border_from)[cameras].max())
    number = site.border_from[cameras][:, None] + np.arange(most)
    corner = site.borders[number]
    across = np.roll(corner, -1, axis=1) - corner
    away = np.column_stack([segments[:, :2] - rows[:, [of.X, of.Y]], plane_m - rows[:, of.Z]])
    at = np.stack([(away * rows[:, axis : axis + 3]).sum(axis=1) for axis in (of.RIGHT, of.UP, of.FORWARD)], axis=1)
    step = np.stack([(segments[:, 2:4] * rows[:, axis : axis + 2]).sum(axis=1) for axis in (of.RIGHT, of.UP, of.FORWARD)], axis=1)
    normal = np.stack(
        [across[..., 1], -across[..., 0], -(corner[..., 0] * across[..., 1] - corner[..., 1] * across[..., 0])], axis=-1
    )
    where = -(normal * at[:, None]).sum(axis=-1) / (normal * step[:, None]).sum(axis=-1)
    hit = at[:, None] + where[..., None] * step[:, None]
    part = ((hit[..., :2] / hit[..., 2:] - corner) * across).sum(axis=-1)
    met = (hit[..., 2] > 0) & (part >= -1e-9) & (part <= (across**2).sum(axis=-1) + 1e-9)
    return np.where(met, where, np.inf)


def through_rim(site: PackedSite, scene: int, camera: int, plane_m: float, segments: Floats, spans: Spans) -> Spans:
    """The parts of spans on a pit's floor that a camera sees through the rim; ``segments`` are the spans' own."""
    row, rim = site.cameras[camera], site.rims[site.rim_from[scene] : site.rim_from[scene + 1]]
    if row[of.Z] <= 0 or not len(rim):
        return spans.where(np.zeros(len(spans.owner), dtype=bool))
    factor = (row[of.Z] - plane_m) / row[of.Z]
    lens = row[[of.X, of.Y]]
    start = lens + (segments[:, :2] - lens) / factor
    direction = segments[:, None, 2:4]
    first, last = rim[None, :, :2] - start[:, None], rim[None, :, 2:] - start[:, None]
    left = direction[..., 0] * first[..., 1] - direction[..., 1] * first[..., 0]
    right = direction[..., 0] * last[..., 1] - direction[..., 1] * last[..., 0]
    crossed = (left >= 0) != (right >= 0)
    crossing = first + (left / (left - right))[..., None] * (last - first)
    cuts = np.sort(np.where(crossed, (crossing * direction).sum(axis=-1) * factor, np.inf), axis=1)
    inside = [
        Spans(spans.owner, np.maximum(spans.low, cuts[:, i]), np.minimum(spans.high, cuts[:, i + 1])).real()
        for i in range(0, cuts.shape[1] - 1, 2)
        if np.isfinite(cuts[:, i]).any()
    ]
    return Spans(*(np.concatenate(columns) for columns in zip(*inside, strict=True))) if inside else spans.where(slice(0, 0))
