"""How sure a share is: 64 draws of every pose within its standard deviations, and p05, p50, p95 of the shares that come out.

Each draw is measured whole by the kernel, shadows and all, on rows six times as coarse (0.003 at worst,
0.0003 on the mean, against fine ones). What coarse rows get wrong they get
wrong for the pose as it stands too, so the shares of the draws are anchored on the exact share (spatial-maths.md §1.5, §2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from coverage.catalogue.values import Catalogue
from coverage.kernel import values as of
from coverage.kernel.measuring import measure_packed
from coverage.kernel.packing import Packed, asked_twice, pack, ranks_of
from coverage.kernel.values import Floats, PackedSite
from coverage.watched import Watched, WatchedScene, Watcher
from sites.cameras.aiming import INSTALLER_SIGMAS
from sites.cameras.surroundings import Surroundings
from spatial.compiled import COMPILED

DRAWS = 64
#: Draws measured side by side.
WORKERS = 2
#: Height of the rows of a draw, metres.
COARSE_ROW_M = 3.0
KEYS = ("azimuth_deg", "tilt_deg", "roll_deg", "x_m", "y_m", "z_m", "focal_share")
#: A focal length is never drawn below this share of itself.
SHORTEST = 0.3


@dataclass(frozen=True, kw_only=True)
class Interval:
    """5th, 50th and 95th percentile of a share."""

    p05: float
    p50: float
    p95: float


#: (scene id, element) → interval.
Bands = dict[tuple[int, str], Interval]


def share_intervals(
    surroundings: Surroundings,
    watchers: Sequence[Watcher],
    sigmas: Mapping[int, Mapping[str, float]],
    catalogue: Catalogue,
    found: Sequence[Watched],
    *,
    live: bool = False,
) -> Bands:
    """(scene id, element) → interval, for everything in ``found`` that has a share."""
    packed = pack(surroundings, _scenes_of(found), watchers, catalogue, live=live, row_m=COARSE_ROW_M)
    return _bands(packed, _shares(packed.site, watchers, sigmas), found)


def intervals_of_views(
    surroundings: Surroundings,
    watchers: Sequence[Watcher],
    sigmas: Mapping[int, Mapping[str, float]],
    catalogue: Catalogue,
    nominal: Sequence[Watched],
    live: Sequence[Watched],
) -> tuple[Bands, Bands]:
    """The same under both views, nominal and live, for little more than one."""
    packed = pack(surroundings, _scenes_of(nominal), watchers, catalogue, live=False, row_m=COARSE_ROW_M)
    site, first, second = asked_twice(packed, ranks_of(packed.asked, watchers, catalogue, live=True))
    shares = _shares(site, watchers, sigmas)
    return _bands(packed, shares[:, first], nominal), _bands(packed, shares[:, second], live)


def _scenes_of(found: Sequence[Watched]) -> list[WatchedScene]:
    return list({id(one.scene): one.scene for one in found}.values())


def _shares(site: PackedSite, watchers: Sequence[Watcher], sigmas: Mapping[int, Mapping[str, float]]) -> Floats:
    """(1 + ``DRAWS``, R) the share of every request with the poses as they stand, and with every draw of them."""
    errors = np.stack([_errors(one, sigmas) for one in watchers], axis=1) if watchers else np.zeros((DRAWS, 0, len(KEYS)))
    total = np.maximum(measure_packed(site, causes=False).total, 1e-12)

    def share(some: Iterable[Floats]) -> list[Floats]:
        seen = (measure_packed(site._replace(cameras=cameras), causes=False).stages[:, 0] for cameras in some)
        return [np.minimum(one / total, 1.0) for one in seen]

    cameras = [site.cameras, *drawn(site.cameras, errors)]
    # the compiled kernel lets go of the interpreter
    workers = WORKERS if COMPILED else 1
    with ThreadPoolExecutor(workers) as pool:
        halves = pool.map(share, np.array_split(np.array(cameras), workers))
    return np.array([one for half in halves for one in half])


def _bands(packed: Packed, shares: Floats, found: Sequence[Watched]) -> Bands:
    exact = {(one.scene.scene_id, one.element.code): one.share for one in found}
    bands: Bands = {}
    quantiles = np.percentile(shares[1:], (5, 50, 95), axis=0) - shares[0]
    for request, asked in enumerate(packed.asked):
        key = (asked.scene.scene_id, asked.element.code)
        known = exact.get(key)
        if known is not None:
            low, middle, high = np.clip(quantiles[:, request] + known, 0.0, 1.0)
            # a camera aimed at its best can only lose by an error: the share as it was entered stays within its band
            bands[key] = Interval(p05=float(min(low, known)), p50=float(middle), p95=float(max(high, known)))
    return bands


def drawn(cameras: Floats, errors: Floats) -> Floats:
    """(draws, C, CAMERA_COLUMNS): cameras (C, …) moved and turned by errors (draws, C, ``KEYS``), degrees and metres."""
    rows = np.repeat(cameras[None], len(errors), axis=0)
    kind = cameras[:, of.KIND]
    flat = kind == of.SECTOR
    forward, right, up = (rows[:, :, axis : axis + 3] for axis in (of.FORWARD, of.RIGHT, of.UP))
    azimuth = np.arctan2(forward[..., 0], forward[..., 1])
    tilt = np.arctan2(-forward[..., 2], np.hypot(forward[..., 0], forward[..., 1]))
    level = np.stack([np.cos(azimuth), -np.sin(azimuth), np.zeros_like(azimuth)], axis=-1)
    roll = np.arctan2((up * level).sum(axis=-1), (right * level).sum(axis=-1))
    turned = np.radians(errors[..., :3])
    # looking straight down, azimuth and roll are one angle and the axes do not say which: they are turned all the same
    turned[:, flat, 1:] = 0.0
    azimuth, tilt, roll = azimuth + turned[..., 0], tilt + turned[..., 1], roll + turned[..., 2]
    for axis, vector in zip((of.FORWARD, of.RIGHT, of.UP), _axes(azimuth, tilt, roll), strict=True):
        rows[:, :, axis : axis + 3] = vector
    rows[:, :, of.X] += errors[..., 3]
    rows[:, :, of.Y] += errors[..., 4]
    rows[:, :, of.Z] += np.where(flat, 0.0, errors[..., 5])
    longer = np.maximum(1.0 + errors[..., 6], SHORTEST)
    rows[:, :, of.FOCAL] *= longer
    # a longer lens sees less; what a distorted border or a given sector shows is not known to change with it
    straight = kind == of.PINHOLE
    for column in (of.WIDE, of.HIGH):
        rows[:, straight, column] /= longer[:, straight]
    round_lens = kind == of.EQUIDISTANT
    half = np.arccos(np.clip(cameras[round_lens, of.COS_HALF], -1.0, 1.0)) / longer[:, round_lens]
    rows[:, round_lens, of.COS_HALF] = np.cos(np.minimum(half, np.pi))
    return rows


def _axes(azimuth: Floats, tilt: Floats, roll: Floats) -> tuple[Floats, Floats, Floats]:
    """Forward, right and up (…, 3) from angles in radians (spatial-maths.md §2)."""
    sa, ca, st, ct = np.sin(azimuth), np.cos(azimuth), np.sin(tilt), np.cos(tilt)
    sr, cr = np.sin(roll)[..., None], np.cos(roll)[..., None]
    level_right, level_up = np.stack([ca, -sa, np.zeros_like(sa)], axis=-1), np.stack([sa * st, ca * st, ct], axis=-1)
    return np.stack([sa * ct, ca * ct, -st], axis=-1), level_right * cr - level_up * sr, level_right * sr + level_up * cr


def _errors(watcher: Watcher, sigmas: Mapping[int, Mapping[str, float]]) -> Floats:
    """(draws, ``KEYS``) the same ones every time, for a camera."""
    given = sigmas.get(watcher.camera_id, INSTALLER_SIGMAS)
    spread = np.array([float(given.get(key, INSTALLER_SIGMAS[key])) for key in KEYS])
    errors: Floats = np.random.default_rng(abs(watcher.camera_id)).standard_normal((DRAWS, len(KEYS))) * spread
    return errors
