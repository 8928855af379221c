"""GCJ-02 and BD-09: points per second and round trip, beside the one-step inverse that most libraries ship.

``python -m bench.crs``
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pyproj import Geod

from bench.measuring import refuse_a_busy_machine, report, seconds
from spatial.shift import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02

POINTS = 200_000
GEOD = Geod(ellps="GRS80")


def main() -> None:
    """Measure on random points of the city."""
    refuse_a_busy_machine()
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(120.85, 122.25, POINTS), rng.uniform(30.65, 31.9, POINTS)
    shifted = wgs84_to_gcj02(lon, lat)
    baidu = gcj02_to_bd09(*shifted)
    back = gcj02_to_wgs84(*shifted)
    one_step = (2 * shifted[0] - wgs84_to_gcj02(*shifted)[0], 2 * shifted[1] - wgs84_to_gcj02(*shifted)[1])
    report(
        "crs",
        points=POINTS,
        gcj02_forward_mpts_s=_rate(lambda: wgs84_to_gcj02(lon, lat)),
        gcj02_inverse_mpts_s=_rate(lambda: gcj02_to_wgs84(*shifted)),
        bd09_inverse_mpts_s=_rate(lambda: bd09_to_gcj02(*baidu)),
        gcj02_round_trip_max_m=float(np.max(_metres(lon, lat, *back))),
        bd09_round_trip_max_m=float(np.max(_metres(*shifted, *bd09_to_gcj02(*baidu)))),
        one_step_inverse_max_m=float(np.max(_metres(lon, lat, *one_step))),
        limit={"inverse_mpts_s": 0.4, "round_trip_m": 1e-6},
    )


def _rate(work: Callable[[], object]) -> float:
    return round(POINTS / seconds(work) / 1e6, 2)


def _metres(lon_a: np.ndarray, lat_a: np.ndarray, lon_b: np.ndarray, lat_b: np.ndarray) -> np.ndarray:
    return np.asarray(GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2])


if __name__ == "__main__":
    main()
