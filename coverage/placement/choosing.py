"""Choosing the fewest poses that reach a goal, or the best so many: lazy greedy, exchanges, and doing with one fewer.

What is gained by a set of poses is Σ weight × min(points seen, points still needed) over the requirements: it is submodular, so
greedy is never worse than 1 − 1/e, and in practice exchanges bring it to within a few per cent of the optimum. Everything is in
whole numbers and equals go to the first, so the same question always has the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from coverage.placement.seeing import Rows, hot_loops
from coverage.placement.targets import Integers
from spatial.compiled import COMPILED

Words = NDArray[np.uint64]
#: Searches through all rows times words that one choice may cost: about a second, compiled.
EFFORT = 400_000_000
FEWEST_SEARCHES, MOST_SEARCHES = 40, 4_000
#: So many times a pose is left out on trial before so few poses count as needed.
TRIALS = 12


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is to be gained."""

    rows: Rows
    #: Requirement of each word.
    requirement: Integers
    #: Points not seen yet.
    open_words: Words
    #: Points still needed, by requirement.
    left: Integers
    #: Worth of a point, by requirement.
    weight: Integers
    #: Worth at which it is enough.
    enough: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The rows chosen, in order, and what they are worth together."""

    picks: tuple[int, ...]
    worth: int


class Search:
    """The problem, and how many more searches it may cost."""

    def __init__(self, problem: Problem, *, compiled: bool = COMPILED) -> None:
        self.problem = problem
        self.loops: ModuleType = hot_loops(compiled=compiled)
        rows = problem.rows
        self.searches = int(np.clip(EFFORT // max(len(rows.words), 1), FEWEST_SEARCHES, MOST_SEARCHES))
        # what each row is worth alone bounds whatever it will ever add
        self.alone = np.full(len(rows), np.iinfo(np.int64).max // 2)
        self._best(problem.open_words, problem.left, np.arange(len(rows)), self.alone, floor=-1, keep=True)
        self.order = np.argsort(-self.alone, kind="stable")

    def greedy(self, start: Sequence[int], goal: int, most: int) -> list[int]:
        """Add the row that gains most until the goal is reached."""
        picks, bounds = list(start), self.alone.copy()
        while len(picks) < most:
            open_words, left, worth = self.without(picks, None)
            if worth >= goal:
                break
            best, _ = self._best(open_words, left, np.argsort(-bounds, kind="stable"), bounds, floor=0, keep=True)
            self.searches -= 1
            if best < 0:
                break
            picks.append(best)
        return picks

    def exchange(self, picks: Sequence[int], goal: int) -> list[int]:
        """Put a better row in the place of each, one after the other, until the goal is reached or no exchange helps."""
        now, since, slot = list(picks), 0, 0
        worth = self.worth(now)
        while now and since < len(now) and worth < goal and self.searches > 0:
            open_words, left, others = self.without(now, slot)
            best, gain = self._best(open_words, left, self.order, self.alone, floor=worth - others, keep=False)
            self.searches -= 1
            if best >= 0:
                now[slot], worth, since = best, others + gain, 0
            else:
                since += 1
            slot = (slot + 1) % len(now)
        return now

    def shake(self, picks: Sequence[int], goal: int) -> list[int]:
        """Leave out two or three at once, fill up and exchange again: one for one alone stays in small dead ends."""
        now, worth = list(picks), self.worth(picks)
        some = _some(len(now))
        while worth < goal and self.searches > 0 and (gone := next(some, None)) is not None:
            rest = [one for slot, one in enumerate(now) if slot not in gone]
            tried = self.exchange(self.greedy(rest, goal, len(now)), goal)
            if (gained := self.worth(tried)) > worth:
                now, worth, some = tried, gained, _some(len(tried))
        return now

    def spare(self, picks: Sequence[int], goal: int) -> list[int]:
        """Leave out what the goal does not need, the least useful first."""
        now = list(picks)
        while now:
            rest = [self.without(now, slot)[2] for slot in range(len(now))]
            slot = int(np.argmax(rest))
            if rest[slot] < goal:
                break
            del now[slot]
        return now

    def one_fewer(self, picks: Sequence[int], goal: int) -> list[int] | None:
        """As good with one fewer: leave one out, the least useful first, and make up for it by exchanges."""
        rest = sorted(range(len(picks)), key=lambda slot: -self.without(picks, slot)[2])
        for slot in rest[:TRIALS]:
            tried = self.exchange([one for position, one in enumerate(picks) if position != slot], goal)
            if self.worth(tried) >= goal:
                return tried
            if self.searches <= 0:
                break
        return None

    def worth(self, picks: Sequence[int]) -> int:
        """What rows are worth together."""
        return self.without(picks, None)[2]

    def without(self, picks: Sequence[int], slot: int | None) -> tuple[Words, Integers, int]:
        """What is open, what is needed, and what is gained when one of the picks is left out."""
        problem, rows = self.problem, self.problem.rows
        open_words = problem.open_words.copy()
        for position, one in enumerate(picks):
            if position != slot:
                part = slice(rows.starts[one], rows.starts[one + 1])
                open_words[rows.index[part]] &= ~rows.words[part]
        seen = np.bitwise_count(problem.open_words ^ open_words).astype(np.int64)
        counted = np.minimum(np.bincount(problem.requirement, seen, len(problem.left)).astype(np.int64), problem.left)
        return open_words, problem.left - counted, int(counted @ problem.weight)

    def _best(
        self, open_words: Words, left: Integers, order: Integers, bounds: Integers, *, floor: int, keep: bool
    ) -> tuple[int, int]:
        problem, rows = self.problem, self.problem.rows
        found: tuple[int, int] = self.loops.best_row(
            rows.starts,
            rows.index,
            rows.words,
            problem.requirement,
            open_words,
            left,
            problem.weight,
            order,
            bounds,
            floor,
            keep,
        )
        return int(found[0]), int(found[1])


def choose(problem: Problem, *, compiled: bool = COMPILED) -> Choice:
    """The fewest rows that are enough, or the best so many when it cannot be enough."""
    if len(problem.rows) == 0 or problem.most <= 0 or problem.enough <= 0:
        return Choice(picks=(), worth=0)
    search = Search(problem, compiled=compiled)
    picks = search.greedy([], problem.enough, problem.most)
    if search.worth(picks) < problem.enough:
        picks = search.shake(search.exchange(picks, problem.enough), problem.enough)
    if search.worth(picks) >= problem.enough:
        picks = search.spare(picks, problem.enough)
        while (fewer := search.one_fewer(picks, problem.enough)) is not None:
            picks = search.spare(fewer, problem.enough)
    return Choice(picks=tuple(_by_gain(search, picks)), worth=search.worth(picks))


def greedy_only(problem: Problem, *, compiled: bool = COMPILED) -> Choice:
    """Plain greedy, to compare with."""
    search = Search(problem, compiled=compiled)
    picks = search.greedy([], problem.enough, problem.most)
    return Choice(picks=tuple(picks), worth=search.worth(picks))


def _some(count: int) -> Iterator[tuple[int, ...]]:
    """Every two, then every three of so many."""
    return chain(combinations(range(count), 2), combinations(range(count), 3))


def _by_gain(search: Search, picks: Sequence[int]) -> list[int]:
    """The same rows, the one that adds most first."""
    ordered: list[int] = []
    left = sorted(picks)
    while left:
        best = max(left, key=lambda one: (search.worth([*ordered, one]), -one))
        ordered.append(best)
        left.remove(best)
    return ordered
