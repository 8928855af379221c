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
        return measure_compiled(site, causes)
    return measure_arrays(site, causes=causes)


def warm_up() -> None:
    """Compile the kernel, or load it from numba's cache, so that nobody's request waits for it."""
    measure_packed(empty_site())


def empty_site() -> PackedSite:
    """A site with nothing on it, of the types the kernel is compiled for."""
    none, one = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
    ranks = np.zeros((0, 0), dtype=np.uint8)
    return PackedSite(
        cameras=np.zeros((0, CAMERA_COLUMNS)),
        borders=np.zeros((0, 2)),
        border_from=one,
        part_corners=np.zeros((0, 3, 2)),
        part_size=none,
        part_heights=np.zeros((0, 2)),
        part_of=np.zeros((0, 2), dtype=np.int64),
        segments=np.zeros((0, SEGMENT_COLUMNS)),
        target_from=one,
        planes=np.zeros(0),
        groups=np.zeros((0, 4), dtype=np.int64),
        request_from=one,
        demands=np.zeros((0, 3)),
        needed=none,
        ranks=ranks,
        joined=ranks,
        scene_of=np.zeros((0, 2), dtype=np.int64),
        rims=np.zeros((0, 4)),
        rim_from=one,
    )
