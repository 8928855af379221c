"""Dwell, hysteresis and cool-down, in the frames' own time."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from vision.looks import Place
from vision.rules.values import Phase

#: Longer without a look, and timers stand still: a lost stream must not make a dwell longer.
LONGEST_GAP_S = 10.0
#: Looks a statement must rest on.
FEWEST_LOOKS = 3
#: How far a window may stretch to hold them: so many times its length, and at least so many seconds.
LONGEST_STRETCH, SHORTEST_STRETCH_S = 3.0, 15.0
#: How long something is remembered that is not seen.
FORGET_S = 120.0


class RunningClock:
    """Seconds during which frames came. Gaps do not count; a frame that is not newer is no frame."""

    def __init__(self, longest_gap_s: float = LONGEST_GAP_S) -> None:
        self.longest_gap_s = longest_gap_s
        self._at_s: float | None = None
        self._running_s = 0.0

    def tick(self, at_s: float) -> float | None:
        """The running time at a frame; None when the frame is not newer than the last."""
        if self._at_s is not None:
            if not at_s > self._at_s:
                return None
            step_s = at_s - self._at_s
            self._running_s += step_s if step_s <= self.longest_gap_s else 0.0
        elif math.isnan(at_s):
            return None
        self._at_s = at_s
        return self._running_s


@dataclass(frozen=True, kw_only=True)
class _Seen:
    at_s: float
    holds: bool


class Held:
    """Whether a condition held for some seconds, in at least a share of the looks at a subject."""

    def __init__(self, seconds: float, *, fewest: int = FEWEST_LOOKS) -> None:
        self.seconds, self.fewest = seconds, fewest
        self._seen: dict[str, deque[_Seen]] = {}

    def see(self, subject: str, running_s: float, *, holds: bool | None) -> float | None:
        """The share of looks that hold; None while the subject is known for too short. ``holds=None``: this look says nothing."""
        seen = self._seen.setdefault(subject, deque())
        if holds is not None:
            seen.append(_Seen(at_s=running_s, holds=holds))
        # One look from before the window stays: it proves that the subject is known for long enough. Where looks are rare or
        # missed, the window is as long as the fewest looks need, but not endless.
        while len(seen) > self.fewest and seen[1].at_s <= running_s - self.seconds:
            seen.popleft()
        while seen and seen[0].at_s < running_s - max(LONGEST_STRETCH * self.seconds, SHORTEST_STRETCH_S):
            seen.popleft()
        if not seen or running_s - seen[0].at_s < self.seconds or len(seen) < self.fewest:
            return None
        return sum(one.holds for one in seen) / len(seen)

    def since_s(self, subject: str) -> float | None:
        """Running time of the first look in the window that holds."""
        return next((one.at_s for one in self._seen.get(subject, ()) if one.holds), None)

    def forget(self, running_s: float, after_s: float | None = None) -> None:
        """Drop what was not looked at for long."""
        limit_s = max(FORGET_S, self.seconds) if after_s is None else after_s
        self._seen = {key: seen for key, seen in self._seen.items() if seen and running_s - seen[-1].at_s <= limit_s}

    def rename(self, old: str, new: str) -> None:
        """A subject goes on under another name."""
        if old in self._seen and new not in self._seen:
            self._seen[new] = self._seen.pop(old)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a look says of one subject."""

    #: Enough to raise, and enough to keep raised.
    raised: bool
    holds: bool
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One situation from its start to its end."""

    #: The subject it started with; its name for good.
    key: str
    #: The subject it is about now: a track that was lost and found again has a new number.
    subject: str
    onset_s: float
    last_s: float
    place: Place | None
    ended_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What became of an episode at a look."""

    phase: Phase
    episode: Episode


@dataclass(frozen=True, kw_only=True)
class EpisodeLimits:
    """Hysteresis and cool-down."""

    #: So long nothing held: the episode is over.
    clear_s: float = 10.0
    #: The same subject raises nothing new for so long after.
    cooldown_s: float = 600.0
    #: A new track so near to one that was lost so lately is the same situation.
    join_m: float = 5.0
    join_s: float = 60.0
    #: A continuing episode is told about so often.
    repeat_s: float = 10.0


class Episodes:
    """Turns situations, look by look, into starts, continuations and ends."""

    def __init__(self, limits: EpisodeLimits | None = None) -> None:
        self.limits = limits or EpisodeLimits()
        self._all: list[Episode] = []
        self._told_s: dict[tuple[str, float], float] = {}

    def step(self, running_s: float, at_s: float, situations: Mapping[str, Situation]) -> list[Turn]:
        """The turns of one look. ``situations`` holds the subjects that are seen in it and could be judged."""
        turns: list[Turn] = []
        for subject in sorted(situations):
            turn = self._one(running_s, at_s, subject, situations[subject], situations)
            if turn is not None:
                turns.append(turn)
        for i, episode in enumerate(self._all):
            if episode.ended_s is None and running_s - episode.last_s >= self.limits.clear_s:
                self._all[i] = replace(episode, ended_s=running_s)
                turns.append(Turn(phase=Phase.END, episode=self._all[i]))
        longest_s = max(self.limits.cooldown_s, self.limits.join_s)
        self._all = [one for one in self._all if one.ended_s is None or running_s - one.ended_s <= longest_s]
        known = {(one.key, one.onset_s) for one in self._all}
        self._told_s = {key: told_s for key, told_s in self._told_s.items() if key in known}
        return turns

    def _one(self, running_s: float, at_s: float, subject: str, now: Situation, present: Mapping[str, Situation]) -> Turn | None:
        i = self._index(running_s, subject, now, present)
        if i is None:
            if not now.raised:
                return None
            episode = Episode(key=subject, subject=subject, onset_s=at_s, last_s=running_s, place=now.place)
            self._all.append(episode)
            self._told_s[episode.key, episode.onset_s] = running_s
            return Turn(phase=Phase.START, episode=episode)
        episode = self._all[i]
        holds = now.raised or now.holds
        self._all[i] = replace(
            episode, subject=subject, place=now.place or episode.place, last_s=running_s if holds else episode.last_s
        )
        if episode.ended_s is not None or not holds:
            return None
        if running_s - self._told_s[episode.key, episode.onset_s] < self.limits.repeat_s:
            return None
        self._told_s[episode.key, episode.onset_s] = running_s
        return Turn(phase=Phase.CONTINUE, episode=self._all[i])

    def _index(self, running_s: float, subject: str, now: Situation, present: Iterable[str]) -> int | None:
        """The episode a subject belongs to: its own, or that of a track lost near by."""
        for i, one in enumerate(self._all):
            if one.subject == subject and (one.ended_s is None or running_s - one.ended_s < self.limits.cooldown_s):
                return i
        if now.place is None:
            return None
        seen = set(present)
        for i, one in enumerate(self._all):
            lately = running_s - one.last_s <= self.limits.join_s
            if lately and one.subject not in seen and one.place and one.place.distance_m(now.place) <= self.limits.join_m:
                return i
        return None
