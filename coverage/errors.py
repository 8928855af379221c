"""What can go wrong with scenes, coverage and plans."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound, Unavailable


class SceneNotFound(NotFound):
    """There is no such scene here."""


class SceneTypeUnknown(Invalid):
    """The catalogue has no such scene type."""


class SceneOutsideSite(Invalid):
    """The scene lies outside the site."""

    detail = "{outside_m2} m² or more lie outside the boundary."


class SceneTooSmall(Invalid):
    """The scene has no area and no length."""


class SceneBroken(Invalid):
    """The scene's outline is not valid: it crosses itself or is not closed."""


class DigitalPlanNotFound(NotFound):
    """The site has no such digital plan."""


class PlanStateForbids(Conflict):
    """The digital plan's state does not allow this step."""

    detail = "It is “{state}”; this is possible from: {possible}."


class DigitalPlanOpen(Conflict):
    """The site has a digital plan that is not decided yet."""

    detail = "It is number {number}."


class PlanItemOutsideSite(Invalid):
    """A planned device lies outside the site."""

    detail = "“{name}” is {distance_m:.0f} m outside the boundary."


class PlanItemNotFound(NotFound):
    """The digital plan has no such device."""


class PlanItemWithoutPlace(Invalid):
    """A planned device needs a place."""


class DeviceDoesNotFit(Conflict):
    """The device cannot be the one that was planned."""

    detail = "Its class is “{device_class}”; planned is “{planned}”."


class DeviceLinkedAlready(Conflict):
    """The device stands for another item of the plan already."""


class PlanItemNotInstalled(Conflict):
    """The planned device does not stand yet."""


class PlanItemAccepted(Conflict):
    """The device was accepted already."""


class PlanEmpty(Invalid):
    """A digital plan needs at least one device."""


class OpinionNeeded(Invalid):
    """An opinion is needed."""

    detail = "Predicted coverage of {unmet} mandatory requirements is too low: say why the plan is approved all the same."


class ReportNotFound(NotFound):
    """There is no such report here."""


class ReportNotReady(Conflict):
    """The report is not finished yet."""


class PlacementImpossible(Invalid):
    """There is nowhere to put a camera."""


class ForbiddenZoneBroken(Invalid):
    """A forbidden zone must be a valid area."""


class EngineMissing(Unavailable):
    """A part of the program that makes this document is missing."""
