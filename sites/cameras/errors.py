"""What can go wrong with a camera."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound


class CameraNotFound(NotFound):
    """There is no such camera here."""


class CameraCodeWrong(Invalid):
    """A camera's national code has 20 digits, begins with a district of the city and has type 131 or 132."""

    detail = "“{code}” does not."


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


class CameraColumnMissing(Invalid):
    """The list has no column for something every camera needs."""

    detail = "“{column}” is missing; the first line must hold the headings."


class CellNeeded(Invalid):
    """Something must stand here."""


class CellNotANumber(Invalid):
    """This must be a number."""

    detail = "“{text}” is none."


class CellWordUnknown(Invalid):
    """This word is not known here."""

    detail = "“{text}”; known are: {known}."


class CellOutOfBounds(Invalid):
    """The value is out of bounds."""

    detail = "{text}: must be {bound}."


class PlaceHalf(Invalid):
    """A place needs longitude and latitude."""


class CalibrationPointsTooFew(Invalid):
    """A calibration needs more control points."""

    detail = "{count} were given; at least {fewest} are needed, and five to be verified."


class CalibrationNotForKind(Conflict):
    """Only cameras that do not move and have a flat picture are calibrated."""


class PictureShapeDiffers(Invalid):
    """The picture does not have the shape of the analysed stream."""

    detail = "The stream is {width_px} × {height_px}."


class PixelOutside(Invalid):
    """The pixel is outside the picture."""

    detail = "The picture is {width_px} × {height_px}."


class PixelAboveHorizon(Invalid):
    """Above the horizon there is no ground."""


class PixelBeyondRange(Invalid):
    """The ground at this pixel is beyond the camera's range."""


class PixelMissesPlane(Invalid):
    """The ray of this pixel does not meet the plane."""


class CameraPictureMissing(NotFound):
    """There is no picture of this camera yet."""


class PictureUnreadable(Invalid):
    """The file is not a JPEG or PNG picture of a usable size."""


class PictureTooLarge(Invalid):
    """The picture is too large."""

    detail = "At most {limit_mb} MB are accepted."
