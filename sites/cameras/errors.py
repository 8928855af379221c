"""What can go wrong with a camera."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound


class CameraNotFound(NotFound):
    """There is no such camera here."""


class CameraCodeWrong(Invalid):
    """A camera's national code has 20 digits, begins with a district of the city and has type 131 or 132."""

    detail = "“{code}”: {why}."


class CameraIncomplete(Conflict):
    """The camera lacks data for this."""

    detail = "Missing: {missing}."


class StreamAddressWrong(Invalid):
    """The stream address is not one of the accepted kinds."""

    detail = "Accepted: {accepted}."


class AnglesDisagree(Invalid):
    """The vertical angle does not fit the horizontal one and the picture's shape."""

    detail = "From {hfov_deg}° and the picture's shape follow {expected_deg}°, not {vfov_deg}°. Is one of them a diagonal?"


class AngleTooWide(Invalid):
    """Only a fisheye sees so wide an angle."""

    detail = "A flat picture has less than {limit_deg}°."


class PtzLimitsMissing(Invalid):
    """A PTZ camera needs its pan sector and its lowest tilt."""


class CameraRetired(Conflict):
    """The camera was taken down."""


class AzimuthUnreadable(Invalid):
    """The azimuth must be a number of degrees or a point of the compass."""

    detail = "“{text}” is neither."


class CameraRowsWrong(Invalid):
    """Some rows of the file cannot be registered; none was."""

    detail = "{count} rows have mistakes."


class CameraFileEmpty(Invalid):
    """The file holds no cameras."""
