"""The words of coverage. Codes here, words in ``labels/``."""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """What of a scene is counted."""

    AREA = "area"
    LENGTH = "length"
    COUNT = "count"


class CoverageView(StrEnum):
    """Which cameras count."""

    #: Those that are on line now.
    LIVE = "live"
    #: All that are registered and complete, whether on line or not.
    NOMINAL = "nominal"
    #: Those of the approved digital plan.
    PLANNED = "planned"


class GapCause(StrEnum):
    """Why a place is not watched; the first that applies, from the cheapest remedy to the dearest."""

    #: A picture exists and is good enough, but no camera's tags bind the element.
    TAG_MISSING = "tag_missing"
    #: The only cameras that see it are off line.
    OFFLINE = "offline"
    #: It is seen, with too few pixels per metre or too steeply.
    DENSITY_LOW = "density_low"
    #: Something stands in between.
    OCCLUDED = "occluded"
    #: A camera is near enough but looks elsewhere.
    OUT_OF_VIEW = "out_of_view"
    #: No camera is near enough.
    OUT_OF_RANGE = "out_of_range"


class PlanState(StrEnum):
    """数字化方案 state (domain.md §4.2)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    #: The first device of it stands.
    EXECUTING = "executing"
    #: Every device of it stands and was accepted.
    ACCEPTED = "accepted"
    #: A later number was approved.
    SUPERSEDED = "superseded"


class PlanStepKind(StrEnum):
    """What somebody, or time, did to a digital plan."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    INSTALLED = "installed"
    ITEM_ACCEPTED = "item_accepted"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"


class ItemState(StrEnum):
    """How far a planned device is; computed from its device and its date."""

    PLANNED = "planned"
    OVERDUE = "overdue"
    INSTALLED = "installed"
    ACCEPTED = "accepted"


class PlanReminderKind(StrEnum):
    """Why somebody is reminded of a planned device."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


class PlaceKind(StrEnum):
    """What a new camera would stand at; the cheaper come first."""

    EXISTING_POLE = "existing_pole"
    GATE = "gate"
    HOARDING = "hoarding"
    EDGE = "edge"
    INNER = "inner"


class UnreachableReason(StrEnum):
    """Why no new camera watches a place."""

    #: No tag and no algorithm makes any camera count for the element.
    NOTHING_BINDS = "nothing_binds"
    #: Every allowed place is too far, too steep, or has something in between.
    OUT_OF_SIGHT = "out_of_sight"


class ReportState(StrEnum):
    """A report on its way."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class ReportScope(StrEnum):
    """What a report is about."""

    SITE = "site"
    DISTRICT = "district"
    CITY = "city"
