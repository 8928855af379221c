"""What may be asked of placement, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from coverage.states import PlaceKind, UnreachableReason
from coverage.what_if import Changed
from sites.cameras.aiming import Footprint
from sites.cameras.poses import PoseGiven
from sites.cameras.states import CameraTag, Level

#: A request never asks for more cameras than this, and never waits longer than about so many seconds.
MOST_CAMERAS = 60
LONGEST_S = 4.0


@dataclass(frozen=True, kw_only=True)
class Lens:
    """A lens with the picture that is analysed; the vertical angle follows from square pixels."""

    hfov_deg: float
    width_px: int = 2560
    height_px: int = 1440
    range_m: float = 150.0


LENSES = (Lens(hfov_deg=90.0), Lens(hfov_deg=60.0), Lens(hfov_deg=30.0))


@dataclass(frozen=True, kw_only=True)
class PlacementRequest:
    """What is wanted. Shapes are stored ones, EPSG:4490."""

    most_cameras: int = 20
    #: Mean share of the mandatory requirements that is enough; None: each is to reach its own required share.
    goal_share: float | None = None
    #: Only these elements and scenes; empty = all.
    elements: tuple[str, ...] = ()
    scene_ids: tuple[int, ...] = ()
    #: No new pole stands in these.
    forbidden: tuple[BaseGeometry, ...] = ()
    #: May cameras that stand be aimed otherwise? Those named here never are.
    re_aim: bool = True
    fixed_camera_ids: tuple[int, ...] = ()
    #: What can be put up: metres of the lens above the ground, degrees down, lenses.
    heights_m: tuple[float, ...] = (6.0, 12.0)
    tilts_deg: tuple[float, ...] = (10.0, 22.0, 38.0)
    lenses: tuple[Lens, ...] = LENSES
    azimuth_step_deg: float = 15.0
    #: Metres between places along boundary, hoarding and edges; on the inner ground three times as many.
    spacing_m: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Gained:
    """What one step adds to a requirement, measured exactly."""

    scene_id: int
    scene_name: str
    element: str
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class TagFix:
    """The picture exists: the camera only lacks tags, or an algorithm. Costs nothing."""

    camera_id: int
    tags: tuple[CameraTag, ...]
    algorithms: tuple[str, ...]
    gains: tuple[Gained, ...]


@dataclass(frozen=True, kw_only=True)
class ReAim:
    """A camera that stands, aimed otherwise; ``tags`` and ``algorithms`` are those it needs beside its own."""

    camera_id: int
    pose: PoseGiven
    level: Level
    tags: tuple[CameraTag, ...]
    algorithms: tuple[str, ...]
    footprint: Footprint = field(repr=False)
    gains: tuple[Gained, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NewCamera:
    """A camera that is not there yet."""

    place: PlaceKind
    pose: PoseGiven
    level: Level
    tags: tuple[CameraTag, ...]
    algorithms: tuple[str, ...]
    footprint: Footprint = field(repr=False)
    gains: tuple[Gained, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """A part of a requirement that none of the cameras that could be put up would watch."""

    scene_id: int
    scene_name: str
    element: str
    reason: UnreachableReason
    #: Share of the requirement, found on sample points; the shape (EPSG:4490) is made of their cells.
    about_share: float
    shape: BaseGeometry = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What to do, the cheapest first, and what comes of it."""

    tag_fixes: tuple[TagFix, ...]
    re_aims: tuple[ReAim, ...]
    new_cameras: tuple[NewCamera, ...]
    #: Every requirement before and after all of it, measured exactly.
    predicted: tuple[Changed, ...]
    unreachable: tuple[Unreachable, ...]
    #: Is what was asked for reached?
    reached: bool
    #: Did time run out before everything was tried?
    cut_short: bool
    #: Places and poses that were weighed for new cameras.
    places: int
    poses: int
