"""Announced changes: the one mechanism behind recomputation, map refresh and partner uplink.

A use case announces a fact (``work.announce(PlotAccepted(site_id=…))``). Before the transaction commits, every reaction
registered for that fact runs inside it, and one ``NOTIFY changes`` carries the facts to whoever listens.
Lower packages announce, upper packages react; nothing imports upwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from foundation.work import Work


@dataclass(frozen=True, kw_only=True)
class Change:
    """A fact: something has happened in this transaction."""

    def payload(self) -> dict[str, Any]:
        """What listeners outside the transaction are told: names and ids, never contents."""
        return {"change": type(self).__name__, **asdict(self)}


C = TypeVar("C", bound=Change)
Reaction = Callable[["Work", Any], None]
_reactions: dict[type[Change], list[Reaction]] = defaultdict(list)


def on(change: type[C]) -> Callable[[Callable[[Work, C], None]], Callable[[Work, C], None]]:
    """Register a function that runs in the same transaction whenever ``change`` is announced."""

    def register(reaction: Callable[[Work, C], None]) -> Callable[[Work, C], None]:
        if reaction not in _reactions[change]:
            _reactions[change].append(reaction)
        return reaction

    return register


def reactions_to(change: type[Change]) -> tuple[Reaction, ...]:
    """The reactions to a kind of fact, in order of registration."""
    return tuple(_reactions.get(change, ()))


def all_reactions() -> dict[type[Change], tuple[Reaction, ...]]:
    """Every fact somebody reacts to, for the docs."""
    return {change: tuple(found) for change, found in _reactions.items()}
