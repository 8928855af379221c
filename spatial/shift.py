"""GCJ-02 and BD-09, the shifted systems of Chinese web maps, and their exact inverses.

The forward formulas are public knowledge; the inverse has no closed form. The one-step inverse that most libraries ship is
wrong by 0.5–2 m, so both are inverted by fixed-point iteration until the shift of the answer reproduces the input: the
shift's own gradient is about 1e-4, so each round gains four digits. Points outside mainland China are not shifted.

All functions take and return degrees as (longitude, latitude) arrays.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

#: Krasovsky 1940, on which the shift was defined.
AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
#: Offset and wobble that Baidu adds to GCJ-02.
BAIDU_LON, BAIDU_LAT = 0.0065, 0.006
BAIDU_WAVE = np.pi * 3000.0 / 180.0
#: Rounds of iteration; seven reach 1e-13 degrees from any start in China.
ROUNDS = 10
GOOD_ENOUGH_DEG = 1e-13


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """The shift itself."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    inside = in_china(x, y)
    east_m, north_m = _shift_lon(x - 105.0, y - 35.0), _shift_lat(x - 105.0, y - 35.0)
    radians = np.radians(y)
    magic = 1.0 - ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    root = np.sqrt(magic)
    dlat = north_m * 180.0 / (AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (magic * root) * np.pi)
    dlon = east_m * 180.0 / (AXIS_M / root * np.cos(radians) * np.pi)
    return np.where(inside, x + dlon, x), np.where(inside, y + dlat, y)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """The inverse of the shift, to 1e-6 m and better."""
    return _invert(wgs84_to_gcj02, np.asarray(lon, float), np.asarray(lat, float))


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Baidu's shift on top of GCJ-02; only for points in China, where GCJ-02 exists."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    inside = in_china(x, y)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU_WAVE)
    east, north = radius * np.cos(angle) + BAIDU_LON, radius * np.sin(angle) + BAIDU_LAT
    return np.where(inside, east, x), np.where(inside, north, y)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """The inverse of Baidu's shift, to 1e-6 m and better."""
    return _invert(gcj02_to_bd09, np.asarray(lon, float), np.asarray(lat, float))


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """The rectangle in which the shift is applied."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def _invert(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    x, y = lon.copy(), lat.copy()
    for _ in range(ROUNDS):
        there_lon, there_lat = forward(x, y)
        miss_lon, miss_lat = there_lon - lon, there_lat - lat
        x, y = x - miss_lon, y - miss_lat
        if max(np.abs(miss_lon).max(initial=0.0), np.abs(miss_lat).max(initial=0.0)) < GOOD_ENOUGH_DEG:
            break
    return x, y


def _waves(value: Floats) -> Floats:
    """The two short waves that both components carry along one axis."""
    waves: Floats = (20.0 * np.sin(6.0 * value * np.pi) + 20.0 * np.sin(2.0 * value * np.pi)) * 2.0 / 3.0
    return waves


def _shift_lat(x: Floats, y: Floats) -> Floats:
    shift = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + _waves(x)
    shift += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north: Floats = shift + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    return north


def _shift_lon(x: Floats, y: Floats) -> Floats:
    shift = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + _waves(x)
    shift += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east: Floats = shift + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    return east
