"""31 人员携带大型物资出入工地: people who come in over a gate line outside the hours or lanes allowed.

Who comes with a cart, large material or equipment that moves along is recorded as a passage of material and raises no alarm.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import LineString

from vision.looks import GOODS, PEOPLE, Look, Place, Thing
from vision.rules.rule import Rule, too_far
from vision.rules.timing import FORGET_S
from vision.rules.values import (
    Algorithm,
    Finding,
    FindingKind,
    Line,
    LineUse,
    Needs,
    Number,
    Remark,
    Surroundings,
    Unjudged,
    Verdict,
    ZoneUse,
)

#: Local time of a site, for hours allowed.
SHANGHAI_S = 8 * 3600
DAY_S = 86_400


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    #: Nearer to the line than this is on neither side.
    band_m: float = 0.3
    side_looks: int = 2
    #: A cart seen late still excuses.
    decide_s: float = 3.0
    beside_m: float = 2.5
    slowest_ratio_factor: float = 0.5
    fastest_ratio_factor: float = 2.0
    #: Cosine between the two ways.
    same_way_share: float = 0.7
    sure_score: float = 0.5
    #: Minutes of the day, in Shanghai, between which anybody may come in; equal: never.
    allowed_from_minute: int = 0
    allowed_to_minute: int = 0


@dataclass(frozen=True, kw_only=True)
class _Crossing:
    track: int
    at_s: float
    decide_s: float
    place: Place
    thing: Thing
    line: Line


@dataclass
class _Side:
    """The looks at one person on one side of one line, and on the other since."""

    outside: int = 0
    inside: int = 0
    last_outside: tuple[float, float] | None = None
    first_inside: tuple[float, float] | None = None
    seen_s: float = 0.0


class IllegalEntry(Rule):
    """One alarm, or one passage, per crossing."""

    algorithm = Algorithm.ILLEGAL_ENTRY
    needs = Needs(kinds=(PEOPLE, GOODS), lines=frozenset({LineUse.GATE}))

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        self._sides: dict[tuple[int, str], _Side] = {}
        self._waiting: list[_Crossing] = []
        self._looks: deque[tuple[float, Look]] = deque()

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Crossings of this look wait; those that waited long enough are decided."""
        self._looks.append((running_s, look))
        while self._looks[0][0] < running_s - 3 * self.parameters.decide_s - 1:
            self._looks.popleft()
        unjudged: list[tuple[str, Unjudged]] = []
        for line in self.surroundings.lines_of(LineUse.GATE):
            for person in look.of(PEOPLE):
                if person.track is None or person.place is None:
                    continue
                if too_far(person.place, 4 * self.parameters.band_m):
                    unjudged.append((f"person {person.track}", Unjudged.TOO_FAR))
                elif self._crossed(person, person.place, line, running_s) and not self._allowed(
                    look, self._way(person.track, line)
                ):
                    self._waiting.append(
                        _Crossing(
                            track=person.track,
                            at_s=look.at_s,
                            decide_s=running_s + self.parameters.decide_s,
                            place=person.place,
                            thing=person,
                            line=line,
                        )
                    )
        self._sides = {key: side for key, side in self._sides.items() if running_s - side.seen_s <= FORGET_S}
        due = [one for one in self._waiting if running_s >= one.decide_s]
        self._waiting = [one for one in self._waiting if running_s < one.decide_s]
        return self.verdict([self._decided(look, one) for one in due], unjudged)

    def _crossed(self, person: Thing, place: Place, line: Line, running_s: float) -> bool:
        """Two looks outside, then two inside, and the way between them through the gate."""
        assert person.track is not None
        side = self._sides.setdefault((person.track, line.name), _Side())
        side.seen_s = running_s
        away_m, _ = _against(line, place.xy_m)
        if away_m < -self.parameters.band_m:
            # Back outside: what was seen inside starts over.
            side.outside, side.inside, side.last_outside = side.outside + 1, 0, place.xy_m
        elif away_m > self.parameters.band_m and side.outside >= self.parameters.side_looks and side.last_outside:
            if side.inside == 0 and not _through(line, side.last_outside, place.xy_m):
                side.outside = 0
                return False
            if side.inside == 0:
                side.first_inside = place.xy_m
            side.inside += 1
            if side.inside == self.parameters.side_looks:
                side.outside = 0
                return True
        return False

    def _way(self, track: int, line: Line) -> LineString:
        """From the last look outside to the first inside."""
        side = self._sides[track, line.name]
        assert side.last_outside
        assert side.first_inside
        return LineString([side.last_outside, side.first_inside])

    def _allowed(self, look: Look, way: LineString) -> bool:
        start, end = self.parameters.allowed_from_minute, self.parameters.allowed_to_minute
        minute = (look.at_s + SHANGHAI_S) % DAY_S / 60
        within = start <= minute < end if start <= end else minute >= start or minute < end
        return within or any(lane.area.intersects(way) for lane in self.surroundings.areas(ZoneUse.LANE))

    def _decided(self, look: Look, one: _Crossing) -> Finding:
        goods = sorted(self._beside(one), key=lambda thing: -thing.score)
        sure = [thing for thing in goods if thing.score >= self.parameters.sure_score]
        if sure:
            numbers = (Number(name="score", value=round(sure[0].score, 2), limit=self.parameters.sure_score),)
            return self.single(
                look,
                f"person {one.track}",
                onset_s=one.at_s,
                kind=FindingKind.RECORD,
                place=one.place,
                things=(one.thing, sure[0]),
                numbers=numbers,
                zone=one.line.name,
                remarks=(Remark.MATERIAL_PASSAGE,),
                what=sure[0].kind,
            )
        return self.single(
            look,
            f"person {one.track}",
            onset_s=one.at_s,
            place=one.place,
            things=(one.thing, *goods[:1]),
            numbers=(
                Number(name="inside_m", value=round(_against(one.line, one.place.xy_m)[0], 2), limit=self.parameters.band_m),
            ),
            zone=one.line.name,
            remarks=(Remark.UNCERTAIN,) if goods else (),
        )

    def _beside(self, one: _Crossing) -> Iterator[Thing]:
        """Goods that were near the person and went the same way, within some seconds of the crossing."""
        span_s = self.parameters.decide_s
        looks = [look for _, look in self._looks if abs(look.at_s - one.at_s) <= span_s + 1]
        persons = _ways([thing for look in looks for thing in look.things if thing.track == one.track], looks)
        tracks = {thing.track for look in looks for thing in look.of(GOODS) if thing.track is not None}
        for track in sorted(tracks):
            seen = [thing for look in looks for thing in look.things if thing.track == track and thing.place]
            near = min(
                (a.place.distance_m(b.place) for look in looks for a in look.things for b in look.things
                 if a.track == one.track and b.track == track and a.place and b.place),
                default=np.inf,
            )  # fmt: skip
            if near <= self.parameters.beside_m and self._together(persons, _ways(seen, looks)):
                yield max(seen, key=lambda thing: thing.score)

    def _together(self, a: tuple[float, float], b: tuple[float, float]) -> bool:
        fast, other = np.hypot(*a), np.hypot(*b)
        if fast < 0.2 or other < 0.2:
            return False
        ratio, cosine = other / fast, (a[0] * b[0] + a[1] * b[1]) / (fast * other)
        slowest, fastest = self.parameters.slowest_ratio_factor, self.parameters.fastest_ratio_factor
        return bool(slowest <= ratio <= fastest and cosine >= self.parameters.same_way_share)


def _ways(seen: list[Thing], looks: list[Look]) -> tuple[float, float]:
    """Mean velocity over the looks in which a track has a place."""
    times = [look.at_s for look in looks for thing in look.things if thing in seen and thing.place]
    places = [one.place for one in seen if one.place]
    if len(places) < 2 or times[-1] <= times[0]:
        return 0.0, 0.0
    span_s = times[-1] - times[0]
    return (places[-1].x_m - places[0].x_m) / span_s, (places[-1].y_m - places[0].y_m) / span_s


def _against(line: Line, point: tuple[float, float]) -> tuple[float, float]:
    """How far inside of a gate a point is, and where along it, from 0 to 1."""
    (ax, ay), (bx, by) = line.points_m[0], line.points_m[-1]
    dx, dy = bx - ax, by - ay
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    px, py = point[0] - ax, point[1] - ay
    return (dx * py - dy * px) / length, (px * dx + py * dy) / length**2


def _through(line: Line, outside: tuple[float, float], inside: tuple[float, float]) -> bool:
    """Whether the way between two points leads through the gate and not past its posts."""
    (before_m, from_), (after_m, to) = _against(line, outside), _against(line, inside)
    where = from_ + (to - from_) * (-before_m) / max(after_m - before_m, 1e-9)
    return -0.05 <= where <= 1.05
