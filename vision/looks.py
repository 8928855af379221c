"""What is seen in one analysed frame, as numbers: boxes in pixels of the analysed picture, places in metres of the site frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Kinds of things that are tracked together: a lorry may be read as a mixer in one look and as a tipper in the next.
PEOPLE = frozenset({"person"})
TWO_WHEELERS = frozenset({"ebike", "motorcycle", "tricycle"})
ENGINEERING_VEHICLES = frozenset({"dump_truck", "mixer_truck", "excavator", "loader", "crane_truck", "other_truck"})
SPECIAL_VEHICLES = frozenset({"police_car", "fire_truck", "ambulance"})
ORDINARY_VEHICLES = frozenset({"car", "truck", "van"})
VEHICLES = ENGINEERING_VEHICLES | SPECIAL_VEHICLES | ORDINARY_VEHICLES
GOODS = frozenset({"handcart", "large_material", "large_equipment"})


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in the picture, pixels from its top-left corner."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width_px(self) -> float:
        """Never negative."""
        return max(0.0, self.x2 - self.x1)

    @property
    def height_px(self) -> float:
        """Never negative."""
        return max(0.0, self.y2 - self.y1)

    @property
    def area_px(self) -> float:
        """Of the rectangle."""
        return self.width_px * self.height_px

    @property
    def foot_px(self) -> tuple[float, float]:
        """Where the thing stands: the middle of the lower side."""
        return (self.x1 + self.x2) / 2, self.y2

    @property
    def centre_px(self) -> tuple[float, float]:
        """The middle."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    def common_px(self, other: Box) -> float:
        """The area both share."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return max(0.0, width) * max(0.0, height)

    def iou(self, other: Box) -> float:
        """Shared area over joint area."""
        both = self.common_px(other)
        return both / max(self.area_px + other.area_px - both, 1e-9)

    def share_inside(self, other: Box) -> float:
        """How much of this rectangle lies in the other."""
        return self.common_px(other) / max(self.area_px, 1e-9)

    def band(self, top_share: float, bottom_share: float) -> Box:
        """A horizontal band, in shares of the height from the top."""
        height = self.height_px
        return Box(x1=self.x1, y1=self.y1 + top_share * height, x2=self.x2, y2=self.y1 + bottom_share * height)


@dataclass(frozen=True, kw_only=True)
class Detection:
    """One thing a model found in a picture."""

    kind: str
    score: float
    box: Box
    #: The outline in pixels, when the model gives one.
    outline_px: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a foot stands on the ground, in the site frame."""

    x_m: float
    y_m: float
    #: One pixel off moves the place by so much in the worst direction: what decides whether a distance can be judged.
    sigma_m: float
    #: East-east, east-north, north-north, of the pixel and the pose together: what the place on the map is worth.
    covariance_m2: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def xy_m(self) -> tuple[float, float]:
        """East and north."""
        return self.x_m, self.y_m

    def distance_m(self, other: Place) -> float:
        """On the ground."""
        return math.hypot(self.x_m - other.x_m, self.y_m - other.y_m)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A detection with its track and its place, in one look."""

    kind: str
    score: float
    box: Box
    #: None for parts of things (helmets, heads, jackets) and for what lies flat.
    track: int | None = None
    #: None without a pose, or when the foot is above the horizon or beyond the range.
    place: Place | None = None
    #: East and north, m/s; None while a track is younger than two looks.
    velocity_m_per_s: tuple[float, float] | None = None
    #: The ground it covers, corners in the site frame; for vehicles.
    footprint_m: tuple[tuple[float, float], ...] = ()
    outline_px: tuple[tuple[float, float], ...] = ()

    @property
    def speed_m_per_s(self) -> float | None:
        """None while it is not known."""
        if self.velocity_m_per_s is None:
            return None
        east, north = self.velocity_m_per_s
        return math.hypot(east, north)


@dataclass(frozen=True, kw_only=True)
class Look:
    """One analysed frame: its own time in seconds since 1970, and what is in it."""

    at_s: float
    things: tuple[Thing, ...] = ()
    #: The picture is from a night camera with infrared light: colours say nothing.
    infrared: bool = False

    def of(self, kinds: frozenset[str] | set[str]) -> tuple[Thing, ...]:
        """The things of some kinds."""
        return tuple(one for one in self.things if one.kind in kinds)
