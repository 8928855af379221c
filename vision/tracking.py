"""Tracks in ground metres: a constant-velocity Kalman filter per thing and one optimal assignment per look.

At one look a second a walker moves further than their own width in the picture, so boxes do not overlap; on the ground they move
1.3 m, whatever the picture does. Distances are counted in standard deviations of what is known: of the box's foot, of the motion,
and of what the pose's error does to the *difference* of two places. Deterministic, and independent of the order of detections.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.image_tracking import ImageTracker, best_pairs
from vision.locating import CameraView, Grounded, feet
from vision.looks import GOODS, PEOPLE, TWO_WHEELERS, VEHICLES, Detection, Look, Place, Thing

Floats = NDArray[np.float64]
#: Five standard deviations, squared: farther off is somebody else. A yard has few people and many looks, so a true match beyond a
#: tighter gate (and with it a new identity) is more frequent than a false one inside it.
GATE = 25.0
#: What a detection costs that starts a new track, as squared standard deviations; above every gated match.
UNMATCHED = 1e6
#: No picture is so large.
FARTHEST_PX = 32_768.0


@dataclass(frozen=True, kw_only=True)
class Motion:
    """How a group of kinds moves."""

    kinds: frozenset[str]
    fastest_m_per_s: float
    #: Standard deviation of the change of speed in one second.
    wander_m_per_s: float
    #: A lost track coasts to a stop in about this long.
    coast_s: float = 3.0


MOTIONS = (
    Motion(kinds=PEOPLE, fastest_m_per_s=3.5, wander_m_per_s=0.8),
    Motion(kinds=TWO_WHEELERS, fastest_m_per_s=12.0, wander_m_per_s=2.0),
    Motion(kinds=VEHICLES, fastest_m_per_s=15.0, wander_m_per_s=2.0),
    Motion(kinds=GOODS, fastest_m_per_s=3.5, wander_m_per_s=0.8),
)
_MOTION_OF = {kind: motion for motion in MOTIONS for kind in motion.kinds}


@dataclass(frozen=True, kw_only=True)
class TrackingParameters:
    """How long a lost thing is remembered."""

    keep_s: float = 8.0


@dataclass
class _Track:
    number: int
    motion: Motion
    state: Floats
    covariance: Floats
    slope: Floats
    seen_s: float
    #: The time the state stands at.
    moved_s: float
    looks: int


class GroundTracker:
    """Follows the things of one camera. ``look()`` takes one frame's detections and gives them tracks and places."""

    def __init__(self, view: CameraView | None, parameters: TrackingParameters | None = None) -> None:
        self.view = view
        self.parameters = parameters or TrackingParameters()
        self._tracks: list[_Track] = []
        self._next = 1
        self._at_s = float("-inf")
        self._flat = ImageTracker(keep_s=self.parameters.keep_s)

    def look(self, at_s: float, detections: Sequence[Detection], *, infrared: bool = False) -> Look | None:
        """The frame as a look; None when its time is not after the last one's."""
        if not at_s > self._at_s:
            return None
        self._at_s = at_s
        usable = [one for one in detections if self._usable(one)]
        ordered = sorted(usable, key=lambda one: (one.kind, one.box.x1, one.box.y1, one.box.x2, one.box.y2, one.score))
        things = self._without_pose(at_s, ordered) if self.view is None else self._on_ground(self.view, at_s, ordered)
        return Look(at_s=at_s, things=tuple(things), infrared=infrared)

    def _usable(self, one: Detection) -> bool:
        """Whether something can be a thing in the picture: a box of numbers with a size, and an outline of numbers."""
        box = one.box
        numbers = [box.x1, box.y1, box.x2, box.y2, one.score, *(value for point in one.outline_px for value in point)]
        if not all(math.isfinite(value) and abs(value) <= FARTHEST_PX for value in numbers) or not 0 <= one.score <= 1:
            return False
        if box.x2 <= box.x1 or box.y2 <= box.y1 or box.x2 <= 0 or box.y2 <= 0:
            return False
        if self.view is None:
            return True
        return box.x1 < self.view.optics.width_px and box.y1 < self.view.optics.height_px

    def _without_pose(self, at_s: float, detections: list[Detection]) -> list[Thing]:
        followed = [one for one in detections if one.kind in _MOTION_OF]
        numbers = self._flat.follow(at_s, [(_group(one.kind), one.box) for one in followed])
        of = dict(zip(map(id, followed), numbers, strict=True))
        return [_thing(one, of.get(id(one)), None) for one in detections]

    def _on_ground(self, view: CameraView, at_s: float, detections: list[Detection]) -> list[Thing]:
        points, foot_px = feet([one.box for one in detections])
        grounded = view.ground(points)
        places = view.places(grounded, foot_px)
        self._tracks = [one for one in self._tracks if at_s - one.seen_s <= self.parameters.keep_s]
        for track in self._tracks:
            _predict(track, at_s)
        rows = [i for i, one in enumerate(detections) if one.kind in _MOTION_OF and places[i] is not None]
        tracks: dict[int, _Track] = {}
        for motion in MOTIONS:
            ours = [i for i in rows if detections[i].kind in motion.kinds]
            tracks |= self._match(view, at_s, motion, ours, grounded, foot_px)
        return [self._placed(view, one, places[i], tracks.get(i)) for i, one in enumerate(detections)]

    def _match(
        self,
        view: CameraView,
        at_s: float,
        motion: Motion,
        rows: list[int],
        grounded: Grounded,
        foot_px: Floats,
    ) -> dict[int, _Track]:
        known = [one for one in self._tracks if one.motion == motion]
        noise = [grounded.per_px_m2[i] * foot_px[i] ** 2 for i in rows]
        matched: dict[int, _Track] = {}
        if known and rows:
            cost = np.full((len(known), len(rows)), UNMATCHED)
            for t, track in enumerate(known):
                for d, i in enumerate(rows):
                    cost[t, d] = self._distance(view, at_s, track, grounded, i, noise[d])
            for t, d in best_pairs(cost):
                if cost[t, d] < UNMATCHED:
                    _correct(known[t], grounded.points_m[rows[d]], noise[d], at_s)
                    matched[rows[d]] = known[t]
        for d, i in enumerate(rows):
            if i not in matched:
                matched[i] = self._started(at_s, motion, grounded.points_m[i], noise[d])
            matched[i].slope = grounded.slopes[i]
        return matched

    def _distance(self, view: CameraView, at_s: float, track: _Track, grounded: Grounded, i: int, noise: Floats) -> float:
        """Squared standard deviations plus what a wide spread costs; ``UNMATCHED`` beyond the gate."""
        off = grounded.points_m[i] - track.state[:2]
        reach_m = track.motion.fastest_m_per_s * max(at_s - track.seen_s, 0.1) + 3 * float(np.sqrt(np.trace(noise)))
        if float(np.hypot(*off)) > reach_m + 1.0:
            return UNMATCHED
        between = grounded.slopes[i] - track.slope
        spread = track.covariance[:2, :2] + noise + between @ view.covariance @ between.T
        away = float(off @ np.linalg.solve(spread, off))
        if away > GATE:
            return UNMATCHED
        return away + float(np.log(max(np.linalg.det(spread), 1e-9))) + 25.0

    def _started(self, at_s: float, motion: Motion, point: Floats, noise: Floats) -> _Track:
        covariance = np.zeros((4, 4))
        covariance[:2, :2] = noise
        covariance[2:, 2:] = np.eye(2) * (motion.fastest_m_per_s / 2.5) ** 2
        state = np.array([point[0], point[1], 0.0, 0.0])
        track = _Track(self._next, motion, state, covariance, np.zeros((2, 9)), at_s, at_s, 1)
        self._next += 1
        self._tracks.append(track)
        return track

    def _placed(self, view: CameraView, one: Detection, place: Place | None, track: _Track | None) -> Thing:
        if track is None:
            return _thing(one, None, place)
        velocity = (float(track.state[2]), float(track.state[3])) if track.looks > 1 else None
        footprint = view.footprint(one.kind, one.box) if one.kind in VEHICLES | TWO_WHEELERS else ()
        return _thing(one, track.number, place, velocity, footprint)


def _thing(
    one: Detection,
    track: int | None,
    place: Place | None,
    velocity: tuple[float, float] | None = None,
    footprint: tuple[tuple[float, float], ...] = (),
) -> Thing:
    return Thing(
        kind=one.kind,
        score=one.score,
        box=one.box,
        track=track,
        place=place,
        velocity_m_per_s=velocity,
        footprint_m=footprint,
        outline_px=one.outline_px,
    )


def _group(kind: str) -> str:
    return min(_MOTION_OF[kind].kinds)


def _predict(track: _Track, at_s: float) -> None:
    """Move to ``at_s``; speed fades, doubt grows. Called once per look: the state always stands at the last look's time."""
    step_s = at_s - track.moved_s
    track.moved_s = at_s
    coast_s = track.motion.coast_s
    fade = float(np.exp(-step_s / coast_s))
    move = np.eye(4)
    move[:2, 2:] = np.eye(2) * coast_s * (1 - fade)
    move[2:, 2:] = np.eye(2) * fade
    density = track.motion.wander_m_per_s**2
    doubt = np.zeros((4, 4))
    doubt[:2, :2] = np.eye(2) * density * step_s**3 / 3
    doubt[:2, 2:] = doubt[2:, :2] = np.eye(2) * density * step_s**2 / 2
    doubt[2:, 2:] = np.eye(2) * density * step_s
    track.state = move @ track.state
    track.covariance = move @ track.covariance @ move.T + doubt


def _correct(track: _Track, point: Floats, noise: Floats, at_s: float) -> None:
    gain = track.covariance[:, :2] @ np.linalg.inv(track.covariance[:2, :2] + noise)
    track.state = track.state + gain @ (point - track.state[:2])
    track.covariance = track.covariance - gain @ track.covariance[:2, :]
    track.covariance = (track.covariance + track.covariance.T) / 2
    speed = float(np.hypot(*track.state[2:]))
    if speed > track.motion.fastest_m_per_s:
        track.state[2:] *= track.motion.fastest_m_per_s / speed
    track.seen_s, track.looks = at_s, track.looks + 1
