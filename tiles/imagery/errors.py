"""What can go wrong with imagery."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound


class ImageryNotFound(NotFound):
    """There is no such image here."""


class ImageryNotReady(Conflict):
    """The image is not ready to be drawn."""


class NotASurfaceModel(Invalid):
    """This needs surface models: images with one height per pixel."""


class SurfacesApart(Invalid):
    """The two surface models have no ground in common."""


class UploadNotFound(NotFound):
    """There is no such upload of yours."""


class UploadTooLarge(Invalid):
    """The file is larger than is accepted."""

    detail = "At most {limit_mb} MB are accepted."


class UploadOutOfStep(Conflict):
    """The part does not begin where the last one ended."""

    detail = "So far {received_bytes} bytes have arrived; go on from there."


class UploadIncomplete(Conflict):
    """The file has not arrived completely."""

    detail = "{received_bytes} of {size_bytes} bytes have arrived."


class UploadsTooMany(Conflict):
    """Too many of your uploads are unfinished."""

    detail = "At most {limit} at once; finish or remove one."


class TakenInFuture(Invalid):
    """Nothing can be photographed later than now."""
