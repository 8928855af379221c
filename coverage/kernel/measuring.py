"""Choosing a twin, and reading what it found."""

from __future__ import annotations

import numpy as np

from coverage.kernel.arrays import measure_arrays
from coverage.kernel.machine import measure_compiled
from coverage.kernel.values import CAMERA_COLUMNS, SEGMENT_COLUMNS, Measured, PackedSite
from spatial.compiled import COMPILED


def measure_packed(site: PackedSite, *, causes: bool = True, compiled: bool = COMPILED) -> Measured:
    """Measure a site. Without ``causes`` only column 0 of the stages is filled, which takes half the time."""
    if compiled:
        return Measured(*measure_compiled(site, causes))
    return measure_arrays(site, causes=causes)


def warm_up() -> None:
    """Compile the kernel, or load it from numba's cache, so that nobody's request waits for it."""
    measure_packed(empty_site())


def empty_site() -> PackedSite:
    """A site with nothing on it, of the types the kernel is compiled for."""
    sizes = {"cameras": (0, CAMERA_COLUMNS), "borders": (0, 2), "part_corners": (0, 3, 2), "part_heights": (0, 2)}
    floats = sizes | {"segments": (0, SEGMENT_COLUMNS), "planes": (0,), "demands": (0, 3), "rims": (0, 4)}
    ints = {"border_from": (1,), "part_size": (0,), "part_of": (0, 2), "target_from": (1,), "groups": (0, 4)}
    more = {"request_from": (1,), "needed": (0,), "scene_of": (0, 2), "rim_from": (1,)}
    return PackedSite(
        **{name: np.zeros(shape) for name, shape in floats.items()},
        **{name: np.zeros(shape, dtype=np.int64) for name, shape in (ints | more).items()},
        **{name: np.zeros((0, 0), dtype=np.uint8) for name in ("ranks", "joined")},
    )
