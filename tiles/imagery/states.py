"""The words of imagery. Codes here, words in ``labels/``."""

from __future__ import annotations

from enum import StrEnum


class ImageryKind(StrEnum):
    """What a raster shows."""

    ORTHOPHOTO = "orthophoto"
    #: 地表模型: one height per pixel, in metres.
    SURFACE_MODEL = "surface_model"


class IngestState(StrEnum):
    """How far an uploaded file is."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class RasterFault(StrEnum):
    """Why a raster was refused."""

    NOT_GEOTIFF = "not_geotiff"
    CORRUPT = "corrupt"
    UNREFERENCED = "unreferenced"
    CRS_UNKNOWN = "crs_unknown"
    TOO_MANY_PIXELS = "too_many_pixels"
    BLOCKS_TOO_LARGE = "blocks_too_large"
    BANDS_NOT_DRAWABLE = "bands_not_drawable"
    NOT_HEIGHTS = "not_heights"
    EMPTY = "empty"
    ELSEWHERE = "elsewhere"
    TOOK_TOO_LONG = "took_too_long"
    NOT_FINISHED = "not_finished"


class Shading(StrEnum):
    """How heights are drawn."""

    HILLSHADE = "hillshade"
    HEIGHT = "height"
