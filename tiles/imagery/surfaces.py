"""Surface models: shaded like a relief, coloured by height, and two dates compared: what was filled and what was dug."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from rio_tiler.io import Reader

from foundation.work import Work
from spatial.crs import SourceCrs, geometry_from_storage
from tiles.imagery.aligning import pixel_m
from tiles.imagery.catalogue import Drawable, drawable_of, imagery_of
from tiles.imagery.drawing import NOTHING, DrawnTile, Pixels, read_tile, remembered, transparent
from tiles.imagery.errors import NotASurfaceModel, SurfacesApart
from tiles.imagery.files import raster_path
from tiles.imagery.states import ImageryKind, Shading

Floats = NDArray[np.float64]
#: Where the light comes from, degrees.
LIGHT_AZIMUTH, LIGHT_ALTITUDE = 315.0, 45.0
#: Changes smaller than this are noise of two surveys, metres.
SMALLEST_CHANGE_M = 0.1
#: The change that has the full colour, metres.
FULL_COLOUR_M = 5.0
#: Heights from low to high: green, sand, brown, white.
RAMP = np.array([[38, 115, 77], [196, 203, 130], [214, 170, 102], [140, 92, 62], [245, 244, 242]], dtype=np.float64)
DUG, FILLED = np.array([33, 102, 172.0]), np.array([178, 24, 43.0])
#: Longest side of the grid that volumes are counted on.
COUNTED_PX = 2048


@dataclass(frozen=True, kw_only=True)
class HeightChange:
    """What changed between two surface models. Areas of ground and volumes, above ``smallest_change_m``."""

    compared_m2: float
    filled_m2: float
    filled_m3: float
    dug_m2: float
    dug_m3: float
    smallest_change_m: float
    pixel_m: float


def draw_surface(folder: Path, item: Drawable, shading: Shading, z: int, x: int, y: int) -> DrawnTile:
    """A tile of heights, shaded or coloured."""

    def draw() -> DrawnTile:
        found = read_tile(folder, item.key, z, x, y, buffer_px=1)
        if found is None:
            return NOTHING
        return _shaded(found, z, y) if shading is Shading.HILLSHADE else _coloured(found, item)

    return remembered((item.key, z, x, y, shading.value), draw)


def draw_difference(folder: Path, earlier: Drawable, later: Drawable, z: int, x: int, y: int) -> DrawnTile:
    """A tile of what changed: blue was dug, red was filled, the stronger the more."""

    def draw() -> DrawnTile:
        before, after = read_tile(folder, earlier.key, z, x, y), read_tile(folder, later.key, z, x, y)
        if before is None or after is None:
            return NOTHING
        change = after.bands[0].astype(np.float64) - before.bands[0].astype(np.float64)
        there = before.there & after.there & (np.abs(change) >= SMALLEST_CHANGE_M)
        strength = np.clip(np.abs(change) / FULL_COLOUR_M, 0.15, 1.0)
        colour = np.where(change[..., None] > 0, FILLED, DUG)
        mixed = 255 + (colour - 255) * strength[..., None]
        return transparent(np.moveaxis(mixed.astype(np.uint8), 2, 0), there)

    return remembered((earlier.key, later.key, z, x, y), draw)


def surfaces_of(work: Work, earlier_id: int, later_id: int) -> tuple[Drawable, Drawable]:
    """Two surface models that can be compared."""
    earlier, later = drawable_of(work, earlier_id), drawable_of(work, later_id)
    if not earlier.kind is later.kind is ImageryKind.SURFACE_MODEL:
        raise NotASurfaceModel
    return earlier, later


def height_change(work: Work, earlier_id: int, later_id: int, folder: Path) -> HeightChange:
    """How much was dug and filled between two surface models, where both know the height."""
    earlier, later = surfaces_of(work, earlier_id, later_id)
    outlines = [to_shape(row.footprint) for row in (imagery_of(work, earlier_id), imagery_of(work, later_id)) if row.footprint]
    common = shapely.intersection_all(outlines)
    if common.is_empty or common.area == 0:
        raise SurfacesApart
    bounds = geometry_from_storage(common, SourceCrs.WEB_MERCATOR).bounds
    wide, high = _counted(bounds, pixel_m(min(earlier.max_zoom, later.max_zoom)))
    read = [_part(folder, one, bounds, wide, high) for one in (earlier, later)]
    there = read[0].there & read[1].there
    change = np.where(there, read[1].bands[0].astype(np.float64) - read[0].bands[0].astype(np.float64), 0.0)
    shrink = float(np.cos(np.radians(common.centroid.y)))
    side_m = (bounds[2] - bounds[0]) / wide * shrink
    pixel_m2 = side_m * (bounds[3] - bounds[1]) / high * shrink
    filled, dug = change >= SMALLEST_CHANGE_M, change <= -SMALLEST_CHANGE_M
    return HeightChange(
        compared_m2=float(there.sum() * pixel_m2),
        filled_m2=float(filled.sum() * pixel_m2),
        filled_m3=float(change[filled].sum() * pixel_m2),
        dug_m2=float(dug.sum() * pixel_m2),
        dug_m3=float(-change[dug].sum() * pixel_m2),
        smallest_change_m=SMALLEST_CHANGE_M,
        pixel_m=side_m,
    )


def shaded(heights_m: Floats, pixel: float) -> Floats:
    """Relief of heights under a light from the north-west, 0 to 1 (Horn's slopes are not needed at this size)."""
    down, along = np.gradient(heights_m, pixel)
    azimuth, altitude = np.radians(LIGHT_AZIMUTH), np.radians(LIGHT_ALTITUDE)
    light = np.array([np.sin(azimuth) * np.cos(altitude), np.cos(azimuth) * np.cos(altitude), np.sin(altitude)])
    # rows run south, so the slope to the north is the other way round
    normal = np.stack([-along, down, np.ones_like(heights_m)])
    relief: Floats = np.clip(np.tensordot(light, normal, 1) / np.linalg.norm(normal, axis=0), 0.0, 1.0)
    return relief


def _shaded(found: Pixels, z: int, y: int) -> DrawnTile:
    heights = np.where(found.there, found.bands[0].astype(np.float64), np.nan)
    known = np.where(found.there, heights, np.nanmean(heights) if found.there.any() else 0.0)
    relief = shaded(known, pixel_m(z) * _shrink(z, y))[1:-1, 1:-1]
    grey = (relief * 255).astype(np.uint8)
    return transparent(np.stack([grey, grey, grey]), found.there[1:-1, 1:-1])


def _coloured(found: Pixels, item: Drawable) -> DrawnTile:
    assert item.lowest_m is not None
    assert item.highest_m is not None
    span = max(item.highest_m - item.lowest_m, 0.1)
    heights = found.bands[0][1:-1, 1:-1].astype(np.float64)
    share = np.clip((heights - item.lowest_m) / span, 0, 1) * (len(RAMP) - 1)
    colours: Any = [np.interp(share, np.arange(len(RAMP)), RAMP[:, band]).astype(np.uint8) for band in range(3)]
    return transparent(np.stack(colours), found.there[1:-1, 1:-1])


def _shrink(z: int, y: int) -> float:
    """Metres of ground to a metre of Web Mercator in the middle of a row of tiles: the cosine of its latitude."""
    return float(1 / np.cosh(np.pi * (1 - 2 * (y + 0.5) / (1 << z))))


def _counted(bounds: tuple[float, float, float, float], finest: float) -> tuple[int, int]:
    wide, high = (bounds[2] - bounds[0]) / finest, (bounds[3] - bounds[1]) / finest
    coarser = max(1.0, max(wide, high) / COUNTED_PX)
    return max(1, round(wide / coarser)), max(1, round(high / coarser))


def _part(folder: Path, item: Drawable, bounds: tuple[float, float, float, float], wide: int, high: int) -> Pixels:
    with Reader(str(raster_path(folder, item.key))) as reader:
        found = reader.part(bounds, dst_crs=reader.dataset.crs, bounds_crs=reader.dataset.crs, width=wide, height=high)
    return Pixels(bands=np.asarray(found.data), there=np.asarray(found.mask) > 0)
