"""Judging a raster before anything is read of it. Runs in a child process: the file is a stranger's."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import rasterio
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import CRSError, RasterioError, RasterioIOError
from rasterio.io import DatasetReader
from rasterio.warp import transform_bounds

from spatial.crs import STORAGE_SRID
from tiles.imagery.states import ImageryKind, RasterFault

#: TIFF and BigTIFF, both byte orders.
SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
#: A block is unpacked as a whole; one of this size or more is an attack on memory.
LARGEST_BLOCK_BYTES = 512 * 2**20
HEIGHT_TYPES = frozenset({"float32", "float64", "int16", "int32", "uint16"})


class Refused(Exception):
    """The raster cannot be taken, and why."""

    def __init__(self, fault: RasterFault, **members: Any) -> None:
        self.fault, self.members = fault, members
        super().__init__(fault.value)


def opened(path: Path) -> DatasetReader:
    """The file as GeoTIFF and nothing else; GDAL never guesses a driver."""
    with path.open("rb") as file:
        if file.read(4) not in SIGNATURES:
            raise Refused(RasterFault.NOT_GEOTIFF)
    try:
        found: DatasetReader = rasterio.open(path, driver="GTiff")
    except RasterioIOError as error:
        raise Refused(RasterFault.CORRUPT) from error
    return found


def check_raster(raster: DatasetReader, kind: ImageryKind, most_pixels: int, given_crs: str | None) -> CRS:
    """Refuse what cannot be drawn; returns the reference system."""
    if raster.width * raster.height > most_pixels:
        raise Refused(RasterFault.TOO_MANY_PIXELS, width_px=raster.width, height_px=raster.height, most_pixels=most_pixels)
    high, wide = raster.block_shapes[0]
    if high * wide * raster.count * 8 > LARGEST_BLOCK_BYTES:
        raise Refused(RasterFault.BLOCKS_TOO_LARGE)
    _check_bands(raster, kind)
    # ground control points without a transform are a photograph that still has to be rectified
    if raster.transform.is_identity:
        raise Refused(RasterFault.UNREFERENCED)
    try:
        crs = CRS.from_string(given_crs) if given_crs else raster.crs
        if crs is None or not (crs.is_geographic or crs.is_projected):
            raise Refused(RasterFault.CRS_UNKNOWN)
        west, south, east, north = transform_bounds(crs, CRS.from_epsg(STORAGE_SRID), *raster.bounds)
    except (CRSError, RasterioError) as error:
        raise Refused(RasterFault.CRS_UNKNOWN) from error
    if not all(map(math.isfinite, (west, south, east, north))) or abs(south) > 85 or abs(north) > 85:
        raise Refused(RasterFault.CRS_UNKNOWN)
    return crs


def _check_bands(raster: DatasetReader, kind: ImageryKind) -> None:
    types = set(raster.dtypes)
    if kind is ImageryKind.SURFACE_MODEL:
        if raster.count != 1 or not types <= HEIGHT_TYPES:
            raise Refused(RasterFault.NOT_HEIGHTS)
        return
    drawable = raster.count in {1, 2, 3, 4} and types == {"uint8"}
    if not drawable or ColorInterp.palette in raster.colorinterp:
        raise Refused(RasterFault.BANDS_NOT_DRAWABLE, bands=raster.count, types=sorted(types))
