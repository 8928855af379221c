"""Digital plans as values: what is given, and how far each device is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geoalchemy2.shape import to_shape
from shapely import Point

from coverage.models import DigitalPlan, PlanItem
from coverage.placement.values import NewCamera, ReAim, Suggestion
from coverage.states import ItemState
from sites.cameras.poses import PoseGiven
from sites.cameras.states import CameraKind, CameraTag, Level, NorthGiven
from sites.models import Device
from sites.states import DeviceClass


@dataclass(frozen=True, kw_only=True)
class ItemGiven:
    """A device as somebody plans it. The place of a camera is in its pose; of any other device it is ``location``."""

    name: str
    device_class: DeviceClass
    location: Point | None = None
    kind: CameraKind = CameraKind.FIXED
    level: Level = Level.SURFACE
    pose: PoseGiven | None = None
    tags: tuple[CameraTag, ...] = ()
    algorithms: tuple[str, ...] = ()
    #: The camera that stands and is to be aimed so.
    camera_id: int | None = None
    due_on: date | None = None
    responsible: str | None = None
    #: The item of this plan, or of the one before it, that this one goes on from, with its device.
    item_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ItemNow:
    """A planned device, the one that was put up for it, and how far it is."""

    item: PlanItem
    device: Device | None
    state: ItemState


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Planned against installed."""

    plan: DigitalPlan
    items: tuple[ItemNow, ...]
    total: int
    installed: int
    accepted: int
    overdue: int
    #: Share of the items that stand; None of a plan without items.
    installed_share: float | None
    #: Scene and element → predicted and actual share now; None where nothing can be said.
    requirements: tuple[Compared, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A requirement as it was predicted, and as it is."""

    scene_id: int
    scene_name: str
    element: str
    mandatory: bool
    required_share: float
    predicted: float | None
    actual: float | None


def item_state(item: PlanItem, device: Device | None, today: date) -> ItemState:
    """How far a planned device is; one that was taken down again does not stand."""
    if item.accepted_at is not None:
        return ItemState.ACCEPTED
    if device is not None and device.retired_at is None:
        return ItemState.INSTALLED
    return ItemState.OVERDUE if item.due_on is not None and item.due_on < today else ItemState.PLANNED


def pose_of(item: PlanItem) -> PoseGiven:
    """The planned pose of a camera."""
    plain: dict[str, Any] = dict(item.pose or {})
    north = NorthGiven(plain.pop("azimuth_given", NorthGiven.TRUE.value))
    return PoseGiven(location=to_shape(item.location), azimuth_given=north, **plain)


def stored_pose(pose: PoseGiven | None) -> dict[str, Any] | None:
    """A pose without its place, as it is kept; what was not given is left out."""
    if pose is None:
        return None
    names = [name for name in PoseGiven.__dataclass_fields__ if name not in {"location", "azimuth_given"}]
    kept = {name: getattr(pose, name) for name in names if getattr(pose, name) is not None}
    return kept | {"azimuth_given": pose.azimuth_given.value}


#: "new_camera" or "re_aim", and which one it is → what it is called.
Naming = Callable[[str, int], str]


def items_from(
    suggestion: Suggestion, naming: Naming, *, due_on: date | None = None, responsible: str | None = None
) -> tuple[ItemGiven, ...]:
    """A suggestion as items of a plan: cameras to be aimed otherwise, then new ones. Tags are bound at once, not planned."""

    def item(name: str, one: NewCamera | ReAim, camera_id: int | None) -> ItemGiven:
        return ItemGiven(
            name=name,
            device_class=DeviceClass.CAMERA,
            level=one.level,
            pose=one.pose,
            tags=one.tags,
            algorithms=one.algorithms,
            camera_id=camera_id,
            due_on=due_on,
            responsible=responsible,
        )

    turned = [item(naming("re_aim", number), one, one.camera_id) for number, one in enumerate(suggestion.re_aims, 1)]
    return (*turned, *(item(naming("new_camera", number), one, None) for number, one in enumerate(suggestion.new_cameras, 1)))
