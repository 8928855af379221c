"""The words of a camera's registration. Codes here, words in ``labels/``."""

from __future__ import annotations

from enum import StrEnum


class CameraKind(StrEnum):
    """How a camera looks."""

    FIXED = "fixed"
    #: Pans, tilts and zooms: what it reaches is not what it watches.
    PTZ = "ptz"
    FISHEYE = "fisheye"


class StreamProtocol(StrEnum):
    """How its pictures come."""

    RTSP = "rtsp"
    HLS = "hls"
    GB28181 = "gb28181"
    FILE = "file"


class CameraState(StrEnum):
    """A draft lacks data and covers nothing; the missing members are told."""

    DRAFT = "draft"
    READY = "ready"
    #: Taken down; its poses stay in the history.
    RETIRED = "retired"


class FootprintMethod(StrEnum):
    """How a footprint was found. The map and every number always say which."""

    #: Nothing can be said: no azimuth, or no field of view, or no place.
    UNPOSED = "unposed"
    #: A sector from azimuth, angle and range: height and tilt are not known.
    NOMINAL = "nominal"
    #: The exact footprint of a full pose as it was typed in.
    PINHOLE = "pinhole"
    #: The exact footprint of a pose fitted to control points.
    CALIBRATED = "calibrated"


class NorthGiven(StrEnum):
    """From which north an azimuth was read."""

    TRUE = "true"
    #: Grid north of the 3-degree zone.
    GRID = "grid"
    MAGNETIC = "magnetic"


class Level(StrEnum):
    """On which level of the works a camera, a scene or an obstacle is; different levels never join."""

    SURFACE = "surface"
    PIT = "pit"
    TUNNEL = "tunnel"
    DECK = "deck"


class CameraTag(StrEnum):
    """监看标签: what a camera is put up to watch (spatial-maths.md §5)."""

    GATE = "gate"
    VEHICLE_LANE = "vehicle_lane"
    EDGE = "edge"
    PIT = "pit"
    WATERSIDE = "waterside"
    YARD = "yard"
    SCAFFOLD = "scaffold"
    PERIMETER = "perimeter"
    PANORAMA = "panorama"
    CHECKPOINT = "checkpoint"


class PictureSource(StrEnum):
    """Where a picture of a camera comes from."""

    UPLOAD = "upload"
    #: Taken from its stream.
    SNAPSHOT = "snapshot"


class StaleReason(StrEnum):
    """Why a calibration no longer describes its camera."""

    AIMED_SINCE = "aimed_since"
    PICTURE_CHANGED = "picture_changed"
    SUPERSEDED = "superseded"
