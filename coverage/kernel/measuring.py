"""Choosing a twin, and reading what it found."""

from __future__ import annotations

from coverage.kernel.arrays import measure_arrays
from coverage.kernel.machine import measure_compiled
from coverage.kernel.values import Measured, PackedSite
from spatial.compiled import COMPILED


def measure_packed(site: PackedSite, *, causes: bool = True, compiled: bool = COMPILED) -> Measured:
    """Measure a site. Without ``causes`` only column 0 of the stages is filled, which takes half the time."""
    if compiled:
        return Measured(*measure_compiled(site, causes))
    return measure_arrays(site, causes=causes)
