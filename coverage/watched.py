"""The values of coverage: who watches, what is watched, and what was found. All shapes are in the site frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from shapely.geometry.base import BaseGeometry

from coverage.catalogue.values import Element
from coverage.states import GapCause, Measure
from sites.cameras.states import Level
from spatial.cameras.values import Demand
from spatial.cameras.views import View

#: Gaps smaller than this are not told one by one, but they count: square metres, metres, number.
SMALLEST_GAP = {Measure.AREA: 4.0, Measure.LENGTH: 0.5, Measure.COUNT: 0.5}


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """A camera as coverage sees it. ``view`` is empty for one that is registered but incomplete: it covers nothing."""

    camera_id: int
    level: Level
    tags: frozenset[str]
    online: bool
    #: A PTZ on patrol is somewhere else most of the time and never counts as continuous.
    continuous: bool
    view: View | None


@dataclass(frozen=True, kw_only=True)
class WatchedScene:
    """A scene in the site frame."""

    scene_id: int
    scene_type: str
    name: str
    level: Level
    ground_z_m: float
    shape: BaseGeometry
    plan_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A part of a scene that nobody watches, and why. The shape is in the site frame."""

    cause: GapCause
    shape: BaseGeometry
    size: float


class Shapes(Protocol):
    """Draws what was measured, when somebody wants to see it."""

    def covered(self, one: Watched) -> BaseGeometry:
        """The part of a scene that is watched."""

    def gaps(self, one: Watched) -> tuple[Gap, ...]:
        """The rest by cause; empty parts are left out."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """How an element in a scene is watched. ``share`` is None where there is nothing to measure."""

    scene: WatchedScene
    element: Element
    mandatory: bool
    #: Square metres, metres or number, after the element's measure.
    total: float
    covered: float
    share: float | None
    camera_ids: tuple[int, ...]
    #: Cause → size; they add up to ``total − covered``.
    causes: Mapping[GapCause, float]
    #: Changes when something is seen elsewhere, even if no size does.
    mark: float
    shapes: Shapes

    @property
    def met(self) -> bool | None:
        """Is the requirement met? None where nothing can be said."""
        return None if self.share is None else self.share >= self.element.required_share - 1e-9

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is not watched, by cause, as exact shapes with the kernel's sizes; drawn when first asked for."""
        return self.shapes.gaps(self)

    @property
    def covered_shape(self) -> BaseGeometry:
        """What is watched, as an exact shape; drawn when first asked for."""
        return self.shapes.covered(self)


def demand_of(element: Element, scene: WatchedScene) -> Demand:
    """What the element asks of a picture, on the scene's ground."""
    return Demand(
        plane_z_m=scene.ground_z_m + element.plane_z_m,
        across_px_per_m=element.across_px_per_m,
        along_px_per_m=element.along_px_per_m,
        depression_max_deg=element.depression_max_deg,
    )
