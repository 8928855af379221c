"""What rules are told and what they answer. Times are the frames' own, in seconds since 1970; lengths are ground metres."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from shapely import Polygon

from vision.locating import CameraView
from vision.looks import Box, Place, Thing


class Algorithm(StrEnum):
    """What can be watched for; the numbers are the modules of the tender."""

    NO_HELMET_NEAR_VEHICLE = "no_helmet_near_vehicle"
    ILLEGAL_ENTRY = "illegal_entry"
    NO_LIFE_JACKET = "no_life_jacket"
    EBIKE_IN_WORK_ZONE = "ebike_in_work_zone"
    ENGINEERING_VEHICLE = "engineering_vehicle"
    EDGE_PROTECTION_MISSING = "edge_protection_missing"
    FIRE_OR_SMOKE = "fire_or_smoke"
    PONDING = "ponding"
    STACK_TOO_HIGH = "stack_too_high"
    SCAFFOLD_OVERHANG = "scaffold_overhang"
    SPECIAL_VEHICLE = "special_vehicle"
    FEW_PEOPLE = "few_people"
    PICTURE_ABNORMAL = "picture_abnormal"
    NO_HELMET = "no_helmet"
    NO_HARNESS = "no_harness"
    CROWD = "crowd"
    INTRUSION = "intrusion"


class RuleState(StrEnum):
    """Whether a rule can judge at all. Anything but ``judging`` is no statement about the site, least of all that it is safe."""

    JUDGING = "judging"
    NO_MODEL = "no_model"
    MODEL_LACKS_KINDS = "model_lacks_kinds"
    NO_POSE = "no_pose"
    NO_ZONE = "no_zone"
    NO_LINE = "no_line"
    NO_SIGNAL = "no_signal"


class Phase(StrEnum):
    """Where in its life a finding is; a passage is complete in itself."""

    START = "start"
    CONTINUE = "continue"
    END = "end"
    SINGLE = "single"


class FindingKind(StrEnum):
    """An alarm becomes an incident; a record is only counted."""

    ALARM = "alarm"
    RECORD = "record"


class Gravity(StrEnum):
    """How bad it is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Unjudged(StrEnum):
    """Why something that is seen, or ought to be, cannot be judged."""

    HEAD_NOT_VISIBLE = "head_not_visible"
    HEAD_TOO_SMALL = "head_too_small"
    TOO_FAR = "too_far"
    TORSO_HIDDEN = "torso_hidden"
    KIND_UNCLEAR = "kind_unclear"
    NOT_IN_VIEW = "not_in_view"
    OPERATION_OPEN = "operation_open"
    AREA_UNCERTAIN = "area_uncertain"
    INFRARED = "infrared"
    NO_PLACE = "no_place"


class Remark(StrEnum):
    """What a person must know about a finding."""

    HOT_WORK = "hot_work"
    UNCERTAIN = "uncertain"
    COARSE_AREA = "coarse_area"
    LAYERS_INFERRED = "layers_inferred"
    MATERIAL_PASSAGE = "material_passage"
    KIND_UNCLEAR = "kind_unclear"
    BY_CLASS_ONLY = "by_class_only"


class ZoneUse(StrEnum):
    """What a zone of the map means to a rule."""

    SITE = "site"
    WORK = "work"
    ROAD = "road"
    PARKING = "parking"
    WATER = "water"
    WASH_BAY = "wash_bay"
    LANE = "lane"
    HOT_WORK = "hot_work"
    SHIELD = "shield"
    HEIGHT = "height"
    FORBIDDEN = "forbidden"


class LineUse(StrEnum):
    """What a line of the map means to a rule."""

    GATE = "gate"
    EDGE = "edge"
    FACADE = "facade"


@dataclass(frozen=True, kw_only=True)
class Zone:
    """An area of the map, in the site frame."""

    name: str
    use: ZoneUse
    area: Polygon


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the map, in the site frame. Inwards of a gate is to the left of its direction."""

    name: str
    use: LineUse
    points_m: tuple[tuple[float, float], ...]
    #: Of a façade: how high the scaffold reaches above the ground.
    top_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where a camera's rules judge. A new pose, model or zone makes new rules, so that no timer runs on from old ones."""

    #: None: the pose is not known, and nothing can be measured.
    view: CameraView | None = None
    #: What the bound model can tell apart; None: no model is bound.
    kinds: frozenset[str] | None = None
    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()

    def areas(self, *uses: ZoneUse) -> tuple[Zone, ...]:
        """The zones of some uses."""
        return tuple(one for one in self.zones if one.use in uses)

    def lines_of(self, use: LineUse) -> tuple[Line, ...]:
        """The lines of a use."""
        return tuple(one for one in self.lines if one.use is use)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a rule cannot do without."""

    #: Of each set, the model must tell at least one kind.
    kinds: tuple[frozenset[str], ...] = ()
    zones: frozenset[ZoneUse] = frozenset()
    lines: frozenset[LineUse] = frozenset()
    pose: bool = True


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number that crossed a limit, or that a person needs to understand why."""

    name: str
    value: float
    limit: float | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Which frame to keep, what to draw into it, and which part of the recording to cut out."""

    at_s: float
    boxes: tuple[tuple[str, Box, float], ...]
    clip_from_s: float
    clip_to_s: float

    @classmethod
    def of(cls, at_s: float, things: tuple[Thing, ...]) -> Self:
        """Ten seconds before and after."""
        boxes = tuple((one.kind, one.box, one.score) for one in things)
        return cls(at_s=at_s, boxes=boxes, clip_from_s=at_s - 10, clip_to_s=at_s + 10)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something a rule says about the site, with what it rests on."""

    algorithm: Algorithm
    phase: Phase
    #: The same for all findings of one episode; with ``onset_s``, what its id is made of.
    subject: str
    onset_s: float
    at_s: float
    kind: FindingKind = FindingKind.ALARM
    gravity: Gravity = Gravity.MEDIUM
    #: None: the camera's own place is the best there is.
    place: Place | None = None
    zone: str = ""
    tracks: tuple[int, ...] = ()
    numbers: tuple[Number, ...] = ()
    remarks: tuple[Remark, ...] = ()
    #: Of a vehicle or a fire: which.
    what: str = ""
    evidence: Evidence

    def number(self, name: str) -> float:
        """The value of a number by name."""
        return next(one.value for one in self.numbers if one.name == name)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The answer to one look."""

    state: RuleState
    findings: tuple[Finding, ...] = ()
    #: Subjects that are there and cannot be judged, each with its reason.
    unjudged: tuple[tuple[str, Unjudged], ...] = ()
    #: Looks a second that would help now; None: as always.
    wanted_fps: float | None = None
