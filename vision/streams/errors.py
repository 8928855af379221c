"""What can go wrong with a stream. No sentence here ever holds an address: addresses hold passwords."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, Unavailable


class StreamMissing(Conflict):
    """The camera has no stream address."""


class StreamNotTestable(Conflict):
    """Streams of this kind cannot be tested from here."""

    detail = "{protocol} streams come through their platform."


class StreamHostUnknown(Unavailable):
    """The host of the stream address is not known."""


class StreamHostNotAllowed(Invalid):
    """The stream leads to a network in which cameras may not be."""


class StreamFileNotAllowed(Invalid):
    """Files are read from the media folder only."""


class StreamRefused(Unavailable):
    """The camera does not accept the connection."""


class StreamTimedOut(Unavailable):
    """The camera did not answer in time."""


class StreamPasswordWrong(Conflict):
    """The camera refuses this user or password."""


class StreamPathWrong(Conflict):
    """The camera answers, but has no stream at this address."""


class StreamWithoutVideo(Conflict):
    """What came from the camera is no video."""


class StreamTestsBusy(Unavailable):
    """Too many streams are being tested at once; try again in a moment."""
