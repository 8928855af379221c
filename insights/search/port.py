"""What an engine of search is asked and what it answers. PostgreSQL is one, a distributed one may stand in for it.

An engine finds ids and counts. Names, places and texts are read afterwards with the viewer's own session, so that no engine can
show what the viewer may not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from foundation.work import Work
from insights.search.states import EntryKind
from insights.search.tokens import Piece

#: The order kinds are shown in.
ORDER = tuple(EntryKind)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search, taken apart. ``site_ids`` and ``kinds`` are the filter worked out; None means no filter."""

    pieces: Sequence[Piece]
    #: west, south, east, north in degrees, EPSG:4490.
    bbox: tuple[float, float, float, float] | None = None
    kinds: Sequence[EntryKind] | None = None
    #: (kind, state) pairs.
    states: Sequence[tuple[EntryKind, str]] | None = None
    site_ids: Sequence[int] | None = None
    limit: int = 20
    offset: int = 0
    #: At most so many of each kind, the best of each; 0 for one list.
    each: int = 0


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many entries there are of a kind in a state on a site; site None for those of no site."""

    kind: EntryKind
    state: str | None
    site_id: int | None
    count: int


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The ids of a page, the best first, and counts of all that match words and view whatever the other filters are."""

    entry_ids: Sequence[int]
    counted: Sequence[Counted]


class Engine(Protocol):
    """Something that finds entries."""

    #: Shown to operators and to whoever searches.
    name: str

    def find(self, work: Work, asked: Asked) -> Hits:
        """Find; raises ``EngineFailed`` when it cannot."""


class EngineFailed(Exception):
    """An engine did not answer, or not with what it should have."""


@dataclass(frozen=True, kw_only=True)
class Facets:
    """Counts by kind, by kind and state, by district and by discipline, each without its own filter."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    districts: Mapping[str, int] = field(default_factory=dict)
    disciplines: Mapping[str, int] = field(default_factory=dict)
