"""What can go wrong with incidents."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotAllowed, NotFound


class IncidentNotFound(NotFound):
    """There is no such incident here."""


class IncidentOutsideSites(Invalid):
    """The place lies on none of your sites."""

    detail = "The nearest one is farther than {limit_m} m away."


class IncidentInFuture(Invalid):
    """An incident cannot happen after it is reported."""


class ActionNotPossible(Conflict):
    """The incident's state does not allow this step."""

    detail = "It is {state}; possible now: {possible}."


class IncidentHasMoved(Conflict):
    """Somebody went on with this incident meanwhile."""

    detail = "It is {state} now."


class NotYourStep(NotAllowed):
    """This step belongs to somebody else."""

    detail = "At this level it is for: {roles}."


class OwnWorkReviewed(NotAllowed):
    """Whoever submitted or confirmed does not decide on it."""


class ReasonMissing(Invalid):
    """A reason or an opinion is needed."""


class PhotoMissing(Invalid):
    """A picture of what was rectified is needed, taken near the incident, or a reason why there is none."""

    detail = "Near is within {limit_m} m."


class AppealLate(Conflict):
    """An appeal is possible once, within a day of the dispatch."""


class SuspensionTooLong(Invalid):
    """An incident cannot be suspended for so long."""

    detail = "Name a day within {days} days."


class ReopenLate(Conflict):
    """A closed incident can be opened again for thirty days."""


class MasterWrong(Invalid):
    """The incident this one doubles must be another open one of the same site."""


class AlreadyLarge(Conflict):
    """There is no higher level."""
