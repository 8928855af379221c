"""Counting incidents into cells: NumPy, no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from incidents.states import OPEN, UNCOUNTED, IncidentSeverity, IncidentState
from spatial.morton import LEVEL, separate

#: A tile of zoom n reads level n + 6: 64 × 64 cells.
COARSEST, FINEST = 12, 20
#: closed, minor, moderate, major, critical, columns, rows
SUMS = 7
Integers = NDArray[np.int64]


class CountedAs(IntEnum):
    """What an incident counts as: closed, or open with its grade, the worst last."""

    CLOSED = 0
    MINOR = 1
    MODERATE = 2
    MAJOR = 3
    CRITICAL = 4


_OPEN = frozenset(one.value for one in OPEN)
_UNCOUNTED = frozenset(one.value for one in UNCOUNTED)


def counted_as(state: str, severity: str) -> CountedAs | None:
    """What an incident counts as; None for one that is in no rate."""
    if state in _UNCOUNTED:
        return None
    return CountedAs[IncidentSeverity(severity).name] if IncidentState(state).value in _OPEN else CountedAs.CLOSED


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Incidents to count: one row each."""

    #: (n,) Morton keys of level 28.
    keys: Integers
    #: (n,)
    site_ids: Integers
    #: (n,) ``CountedAs``.
    counted_as: Integers
    #: (n,) +1 to add, −1 to take away.
    signs: Integers


@dataclass(frozen=True, kw_only=True)
class Cells:
    """What changes in which cell: ordered by level, key and site, so that two writers meet in one order."""

    #: (m,)
    levels: Integers
    keys: Integers
    site_ids: Integers
    #: (m, SUMS)
    sums: Integers


def cells_of(counted: Counted) -> Cells:
    """Sums per level, cell and site. Each level is made of the finer one, so that only the finest sorts all incidents."""
    amounts = np.zeros((len(counted.keys), SUMS), dtype=np.int64)
    amounts[np.arange(len(counted.keys)), counted.counted_as] = counted.signs
    columns, rows = separate(counted.keys)
    amounts[:, 5], amounts[:, 6] = columns * counted.signs, rows * counted.signs
    keys, sites = counted.keys >> 2 * (LEVEL - FINEST), counted.site_ids
    found: list[tuple[Integers, Integers, Integers, Integers]] = []
    for level in range(FINEST, COARSEST - 1, -1):
        keys, sites, amounts = _grouped(keys, sites, amounts)
        found.append((np.full(len(keys), level), keys, sites, amounts))
        keys = keys >> 2
    levels, cell_keys, site_ids, sums = (np.concatenate(part) for part in zip(*reversed(found), strict=True))
    moved = np.any(sums != 0, axis=1)
    return Cells(levels=levels[moved], keys=cell_keys[moved], site_ids=site_ids[moved], sums=sums[moved])


def _grouped(keys: Integers, sites: Integers, amounts: Integers) -> tuple[Integers, Integers, Integers]:
    if not len(keys):
        return keys, sites, amounts
    order = np.lexsort((sites, keys))
    keys, sites, amounts = keys[order], sites[order], amounts[order]
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]) | (sites[1:] != sites[:-1])])
    return keys[starts], sites[starts], np.add.reduceat(amounts, starts, axis=0)
