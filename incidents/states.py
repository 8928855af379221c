"""The words of the closed loop (domain.md §4.1). Overdue and loop level are attributes, not states."""

from __future__ import annotations

from enum import StrEnum


class IncidentKind(StrEnum):
    """What is wrong. The codes of what video finds are those of its algorithms."""

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
    #: Found by people: what no algorithm looks for.
    HOARDING_MISSING = "hoarding_missing"
    DUST = "dust"
    LIFTING_ZONE = "lifting_zone"
    SHORING = "shoring"
    QUALITY_DEFECT = "quality_defect"
    OTHER = "other"


class IncidentSeverity(StrEnum):
    """Ⅰ to Ⅳ, the worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"

    @property
    def weight(self) -> int:
        """How much one counts against another (domain.md §3.0)."""
        return {"critical": 8, "major": 4, "moderate": 2, "minor": 1}[self.value]


class IncidentState(StrEnum):
    """Where in the loop an incident is."""

    DETECTED = "detected"
    CONFIRMED = "confirmed"
    DISPATCHED = "dispatched"
    RECTIFYING = "rectifying"
    IN_REVIEW = "in_review"
    APPEALING = "appealing"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"
    VOIDED = "voided"


#: Somebody still has to do something.
OPEN = (
    IncidentState.DETECTED,
    IncidentState.CONFIRMED,
    IncidentState.DISPATCHED,
    IncidentState.RECTIFYING,
    IncidentState.IN_REVIEW,
    IncidentState.APPEALING,
    IncidentState.SUSPENDED,
)
#: Left out of every rate.
UNCOUNTED = (IncidentState.FALSE_ALARM, IncidentState.DUPLICATE, IncidentState.VOIDED)


class LoopLevel(StrEnum):
    """Who closes the loop: the site itself, its owner, the station."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class IncidentAction(StrEnum):
    """What can be done with an incident."""

    REPORT = "report"
    CONFIRM = "confirm"
    MARK_FALSE = "mark_false"
    MARK_DUPLICATE = "mark_duplicate"
    AUTO_CONFIRM = "auto_confirm"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    REFUSE = "refuse"
    SUBMIT = "submit"
    REJECT = "reject"
    PASS = "pass"  # noqa: S105  it is a step, not a word to enter with
    SUSPEND = "suspend"
    RESUME = "resume"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    CANCEL = "cancel"


class IncidentSourceKind(StrEnum):
    """Who said so."""

    PERSON = "person"
    API = "api"
    IMPORT = "import"
    VISION = "vision"
    PARTNER = "partner"


class Located(StrEnum):
    """How the place is known."""

    MAP = "map"
    GPS = "gps"
    TYPED = "typed"
    HOMOGRAPHY = "homography"
    FOOTPRINT = "footprint"
    CAMERA = "camera"


class EvidenceStage(StrEnum):
    """Which side of the rectification a picture shows."""

    FOUND = "found"
    RECTIFIED = "rectified"
    APPEAL = "appeal"
