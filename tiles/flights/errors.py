"""What can go wrong with flights."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound


class FlightNotFound(NotFound):
    """There is no such flight here."""


class TelemetryTooLarge(Invalid):
    """The telemetry file is too large."""

    detail = "At most {limit_mb} MB are accepted."


class TelemetryUnreadable(Invalid):
    """This is no telemetry that can be read."""

    detail = "SRT subtitles of a drone's video, or a CSV table with time, latitude and longitude."


class TelemetryColumnMissing(Invalid):
    """The table lacks a column."""

    detail = "Missing: {column}."


class TelemetryWithoutPosition(Invalid):
    """No record of the telemetry has a position."""

    detail = "{records} records were read; none has a usable latitude and longitude."


class FlightElsewhere(Invalid):
    """The flight was not over this site."""

    detail = "It came no nearer than {away_m} m."


class VideoNotReady(Conflict):
    """The flight has no video that can be played."""


class MomentOutsideVideo(Invalid):
    """The video has no such moment."""

    detail = "It lasts {duration_s} s."
