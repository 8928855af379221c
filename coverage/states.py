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
    SUPERSEDED = "superseded"


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
