"""35 临边防护缺失: stretches of a plotted edge that no guardrail covers, in metres.

The edge is sampled on the map and looked up in the picture. What a person or a vehicle hides is unknown, and where the
edge is not in the picture nothing is said. While a work vehicle is anywhere in the picture, and some minutes after, the edge may
be open.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from vision.looks import ENGINEERING_VEHICLES, PEOPLE, VEHICLES, Look, Place, Thing
from vision.rules.rule import Rule, too_far
from vision.rules.timing import EpisodeLimits, Episodes, Held, Situation
from vision.rules.values import Algorithm, Line, LineUse, Needs, Number, RuleState, Surroundings, Unjudged, Verdict

GUARDRAIL = frozenset({"guardrail"})
HIDING = PEOPLE | VEHICLES
#: Heights at which a rail is looked for above the edge, metres; a sample is covered when two of them are.
HEIGHTS_M = (0.35, 0.65, 0.95)
COVERED, OPEN, UNKNOWN, OUTSIDE = range(4)


class VehicleMode(StrEnum):
    """What a work vehicle in the picture means: the tender can be read in both ways."""

    SUPPRESS = "suppress"
    REQUIRE = "require"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Defaults of the tender."""

    gap_m: float = 2.0
    step_m: float = 0.25
    dwell_s: float = 30.0
    held_share: float = 0.8
    clear_share: float = 0.3
    vehicle_mode: VehicleMode = VehicleMode.SUPPRESS
    after_vehicle_s: float = 300.0


@dataclass(frozen=True, kw_only=True)
class _Edge:
    line: Line
    #: Metres along, places, and pixels (heights, samples, 2).
    along_m: NDArray[np.float64]
    places: list[Place | None]
    pixels: NDArray[np.float64]


class EdgeProtection(Rule):
    """One episode per edge."""

    algorithm = Algorithm.EDGE_PROTECTION_MISSING
    needs = Needs(kinds=(GUARDRAIL,), lines=frozenset({LineUse.EDGE}))

    def __init__(self, surroundings: Surroundings, parameters: Parameters | None = None) -> None:
        self.parameters = parameters or Parameters()
        super().__init__(surroundings, self.parameters)
        blind = surroundings.kinds is not None and not surroundings.kinds & ENGINEERING_VEHICLES
        if self.state is RuleState.JUDGING and blind and self.parameters.vehicle_mode != VehicleMode.IGNORE:
            # Whoever cannot see work vehicles cannot say when the edge may be open.
            self.state = RuleState.MODEL_LACKS_KINDS
        self._held = Held(self.parameters.dwell_s)
        self._episodes = Episodes(EpisodeLimits(clear_s=self.parameters.dwell_s))
        self._vehicle_s: float | None = None
        lines = surroundings.lines_of(LineUse.EDGE) if surroundings.view else ()
        self._edges = [self._sampled(line) for line in lines]

    def _sampled(self, line: Line) -> _Edge:
        view = self.surroundings.view
        assert view is not None
        string = LineString(line.points_m)
        along = np.arange(self.parameters.step_m / 2, string.length, self.parameters.step_m)
        ground = np.array([string.interpolate(far).coords[0] for far in along]).reshape(-1, 2)
        levels = [np.column_stack([ground, np.full(len(ground), view.plane_z_m + high)]) for high in HEIGHTS_M]
        feet = view.project(np.column_stack([ground, np.full(len(ground), view.plane_z_m)]))
        places = [view.place((float(u), float(v))) if np.isfinite(u) else None for u, v in feet]
        return _Edge(line=line, along_m=along, places=places, pixels=np.array([view.project(level) for level in levels]))

    def judge(self, look: Look, running_s: float) -> Verdict:
        """Every edge."""
        if look.of(ENGINEERING_VEHICLES):
            self._vehicle_s = running_s
        recent = self._vehicle_s is not None and running_s - self._vehicle_s <= self.parameters.after_vehicle_s
        mode = self.parameters.vehicle_mode
        put_off = (mode == VehicleMode.SUPPRESS and recent) or (mode == VehicleMode.REQUIRE and not recent)
        situations: dict[str, Situation] = {}
        told: dict[str, tuple[tuple[Number, ...], tuple[Thing, ...]]] = {}
        unjudged: list[tuple[str, Unjudged]] = []
        for edge in self._edges:
            subject = f"edge {edge.line.name}"
            states = self._states(edge, look)
            middle, reason = self._middle(edge, states), None
            if (states == OUTSIDE).all():
                reason = Unjudged.NOT_IN_VIEW
            elif put_off:
                reason = Unjudged.OPERATION_OPEN
            elif middle is not None and too_far(middle, self.parameters.gap_m):
                reason = Unjudged.TOO_FAR
            if reason is not None:
                unjudged.append((subject, reason))
                continue
            missing_m, at = self._longest(states)
            holds = missing_m >= self.parameters.gap_m - 1e-9
            share = self._held.see(subject, running_s, holds=holds)
            raised = share is not None and share >= self.parameters.held_share and holds
            keeps = share is not None and share > self.parameters.clear_share
            situations[subject] = Situation(raised=raised, holds=keeps, place=edge.places[at] or middle)
            told[subject] = self._numbers(states, missing_m), look.of(GUARDRAIL)
        findings = []
        for turn in self._episodes.step(running_s, look.at_s, situations):
            numbers, things = told.get(turn.episode.subject, ((), ()))
            findings.append(self.finding(look, turn, things=things, numbers=numbers, zone=turn.episode.key.removeprefix("edge ")))
        return self.verdict(findings, unjudged)

    def _states(self, edge: _Edge, look: Look) -> NDArray[np.int64]:
        view = self.surroundings.view
        assert view is not None
        u, v = edge.pixels[..., 0], edge.pixels[..., 1]
        inside = (u >= 0) & (u < view.optics.width_px) & (v >= 0) & (v < view.optics.height_px)
        railed, hidden = np.zeros(u.shape, bool), np.zeros(u.shape, bool)
        for one in look.things:
            box = one.box
            within = (u >= box.x1) & (u <= box.x2) & (v >= box.y1) & (v <= box.y2)
            if one.kind in GUARDRAIL:
                railed |= within
            elif one.kind in HIDING:
                hidden |= within
        states = np.full(u.shape[1], OPEN)
        states[hidden.any(0)] = UNKNOWN
        states[railed.sum(0) >= 2] = COVERED
        states[~inside.all(0)] = OUTSIDE
        return states

    def _longest(self, states: NDArray[np.int64]) -> tuple[float, int]:
        """The longest run of open samples in metres, and its middle sample."""
        best, run = (0, 0), 0
        for i, state in enumerate(states):
            run = run + 1 if state == OPEN else 0
            best = max(best, (run, i - run // 2))
        return best[0] * self.parameters.step_m, best[1]

    def _numbers(self, states: NDArray[np.int64], missing_m: float) -> tuple[Number, ...]:
        step_m = self.parameters.step_m
        return (
            Number(name="missing_m", value=round(missing_m, 2), limit=self.parameters.gap_m),
            Number(name="covered_m", value=round(float((states == COVERED).sum()) * step_m, 2)),
            Number(name="unknown_m", value=round(float(((states == UNKNOWN) | (states == OUTSIDE)).sum()) * step_m, 2)),
        )

    @staticmethod
    def _middle(edge: _Edge, states: NDArray[np.int64]) -> Place | None:
        seen = [place for place, state in zip(edge.places, states, strict=True) if place and state != OUTSIDE]
        return seen[len(seen) // 2] if seen else None
