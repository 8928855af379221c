"""Making the raster that is drawn from: on the tile grid, 256 px blocks, coarser levels, JPEG and mask. In a child process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
import shapely
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.features import shapes
from rasterio.io import DatasetReader, DatasetWriter
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform, transform
from rasterio.windows import Window
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from spatial.crs import STORAGE_SRID, TILE_SRID, SourceCrs, geometry_to_storage
from spatial.frames import site_frame, whole
from tiles.imagery.aligning import TILE_PX, Grid, grid_for
from tiles.imagery.indexing import write_index
from tiles.imagery.inspecting import Refused
from tiles.imagery.states import ImageryKind, RasterFault

#: Pixels are warped so many tiles at a time, each way.
CHUNK_TILES = 8
JPEG_QUALITY = 85
NO_HEIGHT = -9999.0
#: Longest side of the mask that the footprint is traced from.
TRACED_PX = 1024
#: Share of the work that is done when all pixels are warped, and when the coarser levels are made.
WARPED, LEVELLED = 0.7, 0.85

Told = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Packed:
    """What was made, as the catalogue keeps it."""

    footprint: MultiPolygon
    source_crs: str
    resolution_m: float
    width_px: int
    height_px: int
    min_zoom: int
    max_zoom: int
    size_bytes: int
    sha256: str
    lowest_m: float | None
    highest_m: float | None


def pack(source: DatasetReader, crs: CRS, kind: ImageryKind, target: Path, index: Path, tell: Told) -> Packed:
    """Warp, level, compress and index a raster that was judged."""
    tile_crs = CRS.from_epsg(TILE_SRID)
    step, wide, high = calculate_default_transform(crs, tile_crs, source.width, source.height, *source.bounds)
    bounds = (step.c, step.f + high * step.e, step.c + wide * step.a, step.f)
    grid = grid_for(bounds, step.a)
    half = target.with_suffix(".half.tif")
    try:
        with rasterio.open(half, "w", **_layout(grid, kind)) as drawn:
            lowest_m, highest_m = _warp(source, crs, grid, kind, drawn, tell)
            if grid.levels:
                drawn.build_overviews([1 << level for level in range(1, grid.levels + 1)], Resampling.average)
        tell(LEVELLED)
        _compress(half, target, kind)
    finally:
        half.unlink(missing_ok=True)
    if kind is ImageryKind.ORTHOPHOTO:
        write_index(target, grid, index)
    footprint = traced(target)
    return Packed(
        footprint=footprint,
        source_crs=_name(crs),
        resolution_m=ground_pixel_m(source, crs),
        width_px=source.width,
        height_px=source.height,
        min_zoom=grid.zoom - grid.levels,
        max_zoom=grid.zoom,
        size_bytes=target.stat().st_size,
        sha256=_digest(target),
        lowest_m=lowest_m,
        highest_m=highest_m,
    )


def ground_pixel_m(source: DatasetReader, crs: CRS) -> float:
    """Metres of ground to a pixel in the middle of the raster, measured in its own site frame."""
    wide, high = source.width, source.height
    x, y = zip(*(source.transform @ corner for corner in ((0, 0), (wide, 0), (wide, high), (0, high))), strict=True)
    lon, lat = transform(crs, CRS.from_epsg(STORAGE_SRID), x, y)
    outline = Polygon(zip(lon, lat, strict=True))
    return float(np.sqrt(site_frame(outline).to_local(outline).area / (wide * high)))


def traced(path: Path) -> MultiPolygon:
    """The ground that has pixels, from the mask of a coarse level."""
    with rasterio.open(path) as drawn:
        coarse = max(1, -(-max(drawn.width, drawn.height) // TRACED_PX))
        mask = drawn.dataset_mask(out_shape=(drawn.height // coarse, drawn.width // coarse), resampling=Resampling.nearest)
        step = drawn.transform @ drawn.transform.scale(drawn.width / mask.shape[1], drawn.height / mask.shape[0])
    filled = (mask > 0).astype(np.uint8)
    parts = [shape(outline) for outline, _ in shapes(filled, mask=filled.astype(bool), transform=step)]
    if not parts:
        raise Refused(RasterFault.EMPTY)
    outline = shapely.union_all(parts).simplify(abs(step.a) * 0.8)
    return _multi(whole(geometry_to_storage(outline, SourceCrs.WEB_MERCATOR)))


def _layout(grid: Grid, kind: ImageryKind) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "driver": "GTiff", "width": grid.width_px, "height": grid.height_px, "crs": CRS.from_epsg(TILE_SRID),
        "transform": grid.transform, "tiled": True, "blockxsize": TILE_PX, "blockysize": TILE_PX,
        "sparse_ok": True, "bigtiff": "IF_SAFER", "compress": "ZSTD", "zstd_level": 1,
    }  # fmt: skip
    if kind is ImageryKind.SURFACE_MODEL:
        return plain | {"count": 1, "dtype": "float32", "nodata": NO_HEIGHT, "predictor": 3}
    return plain | {"count": 3, "dtype": "uint8", "photometric": "RGB", "predictor": 2}


def _warp(
    source: DatasetReader, crs: CRS, grid: Grid, kind: ImageryKind, drawn: DatasetWriter, tell: Told
) -> tuple[float | None, float | None]:
    """Every chunk that has pixels; returns the lowest and the highest height, where heights are what it holds."""
    heights = kind is ImageryKind.SURFACE_MODEL
    options: dict[str, Any] = {
        "src_crs": crs, "crs": CRS.from_epsg(TILE_SRID), "transform": grid.transform, "width": grid.width_px,
        "height": grid.height_px, "resampling": Resampling.bilinear,
    }  # fmt: skip
    if heights:
        known_as = NO_HEIGHT if source.nodata is None else source.nodata
        options |= {"src_nodata": known_as, "nodata": NO_HEIGHT, "dtype": "float32"}
    elif source.nodata is not None:
        options |= {"src_nodata": source.nodata, "nodata": source.nodata}
    elif ColorInterp.alpha not in source.colorinterp:
        options["add_alpha"] = True
    lowest, highest = np.inf, -np.inf
    with WarpedVRT(source, **options) as warped:
        chunks = list(_chunks(grid))
        for number, chunk in enumerate(chunks, start=1):
            mask = warped.dataset_mask(window=chunk)
            if mask.any():
                found = warped.read(_bands(source, kind), window=chunk)
                if heights:
                    mask = np.where(np.isfinite(found[0]), mask, 0)
                    found = np.where(mask > 0, found, NO_HEIGHT).astype(np.float32)
                    known = found[0][mask > 0]
                    lowest, highest = min(lowest, known.min(initial=np.inf)), max(highest, known.max(initial=-np.inf))
                else:
                    # a pixel half beyond the edge is mixed with black: what counts is there by more than half
                    mask = np.where(mask > 127, 255, 0).astype(np.uint8)
                    found[:, mask == 0] = 0
                    drawn.write_mask(mask, window=chunk)
                drawn.write(found, window=chunk)
            tell(WARPED * number / len(chunks))
    return (float(lowest), float(highest)) if heights and np.isfinite(lowest) else (None, None)


def _bands(source: DatasetReader, kind: ImageryKind) -> list[int]:
    if kind is ImageryKind.SURFACE_MODEL:
        return [1]
    return [1, 2, 3] if source.count >= 3 else [1, 1, 1]


def _chunks(grid: Grid) -> Iterator[Window]:
    side = CHUNK_TILES * TILE_PX
    for top in range(0, grid.height_px, side):
        for left in range(0, grid.width_px, side):
            yield Window(left, top, min(side, grid.width_px - left), min(side, grid.height_px - top))


def _compress(half: Path, target: Path, kind: ImageryKind) -> None:
    packing: dict[str, Any] = {"compress": "JPEG", "quality": JPEG_QUALITY}
    if kind is ImageryKind.SURFACE_MODEL:
        packing = {"compress": "DEFLATE", "predictor": "FLOATING_POINT"}
    rasterio.shutil.copy(
        half, target, driver="COG", blocksize=TILE_PX, overviews="FORCE_USE_EXISTING", sparse_ok="TRUE",
        bigtiff="IF_SAFER", **packing,
    )  # fmt: skip


def _name(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code is not None else crs.to_wkt()[:200]


def _multi(outline: BaseGeometry) -> MultiPolygon:
    parts = [one for one in shapely.get_parts(outline) if isinstance(one, Polygon)]
    return MultiPolygon(parts)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
