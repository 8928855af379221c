"""The words of flights. Codes here, words in ``labels/``."""

from __future__ import annotations

from enum import StrEnum


class TelemetryDialect(StrEnum):
    """How a telemetry file writes what it knows."""

    #: ``[latitude: …] [longitude: …] [rel_alt: … abs_alt: …]``
    BRACKETS = "brackets"
    #: ``GPS(lat,lon,alt) BAROMETER(…)`` and its relatives.
    GPS_FUNCTION = "gps_function"
    CSV = "csv"


class FlightFlag(StrEnum):
    """What is wrong with a flight's telemetry; it is used as far as it goes."""

    #: No records for longer than two seconds; nothing is made up in between.
    HOLE = "hole"
    #: Records without a position: no satellites, or a broken block.
    NO_POSITION = "no_position"
    #: The records' clock and the video's time run apart.
    CLOCK_DRIFTS = "clock_drifts"
    #: The records' clock leaps.
    CLOCK_LEAPS = "clock_leaps"
    #: The clock is later than now.
    CLOCK_AHEAD = "clock_ahead"
    #: The records tell no time of day.
    NO_CLOCK = "no_clock"
    #: The video was taken at another time than the records.
    VIDEO_APART = "video_apart"
    #: The video and the records do not last equally long.
    LENGTH_APART = "length_apart"
    #: The camera looks at the horizon or above it.
    OVER_HORIZON = "over_horizon"
    #: Nothing says where the camera looks.
    NO_DIRECTION = "no_direction"
    #: Nothing says how wide the camera looks.
    NO_LENS = "no_lens"
    #: Nothing says how high above the take-off the aircraft is.
    NO_HEIGHT = "no_height"
    #: The direction was given by a person for the whole flight.
    DIRECTION_ASSUMED = "direction_assumed"
