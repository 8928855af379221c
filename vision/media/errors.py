"""What can go wrong with watching. No sentence here ever holds an address: addresses hold passwords."""

from __future__ import annotations

from foundation.problems import Conflict, NotAllowed, NotFound, Unavailable


class GatewayBusy(Unavailable):
    """As many streams are carried as the server can carry; close one, or try again in a moment."""


class LiveNotStarted(Unavailable):
    """The camera's picture did not arrive in time."""


class LiveThroughPlatform(Conflict):
    """This camera's picture comes through its platform, and no such gateway is configured."""


class VideoSessionNotFound(NotFound):
    """There is no such viewing, or it has ended."""


class PlayTicketWrong(NotAllowed):
    """The play ticket is not valid, or was not used in time."""
