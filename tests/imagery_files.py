"""Rasters of known ground and known colours, written for tests."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_origin

from foundation.database import Database
from tiles.imagery.ingesting import Means, ingest_imagery

MEANS = {"most_pixels": 50_000_000, "memory_mb": 4096, "timeout_s": 120.0}
#: GF-1 with its north-west corner, in EPSG:4549.
WEST, NORTH = 640000.0, 3457120.0


def colours(width: int, height: int, step: int = 32) -> NDArray[np.uint8]:
    """A pattern whose colour tells the place."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([(x // step * 7) % 256, (y // step * 11) % 256, (x // step + y // step) * 5 % 256]).astype(np.uint8)


def write_raster(
    path: Path,
    pixels: NDArray[Any],
    *,
    crs: str | None = "EPSG:4549",
    pixel_m: float = 0.1,
    georeferenced: bool = True,
    **more: Any,
) -> Path:
    """Pixels (bands, rows, columns) as GeoTIFF with GF-1's north-west corner."""
    layout: dict[str, Any] = {
        "driver": "GTiff", "width": pixels.shape[2], "height": pixels.shape[1], "count": pixels.shape[0], "dtype": pixels.dtype,
        "tiled": True, "compress": "deflate",
    }  # fmt: skip
    if crs:
        layout["crs"] = crs
    if georeferenced:
        layout["transform"] = from_origin(WEST, NORTH, pixel_m, pixel_m)
    with warnings.catch_warnings():
        # rasters without a place are what some tests are about
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", **(layout | more)) as made:
            made.write(pixels)
    return path


def uploaded(client: TestClient, site_id: int, data: bytes, name: str = "a.tif", part: int = 200_000) -> int:
    """Send a file in parts; the upload's id."""
    begun = client.post(f"/api/v1/sites/{site_id}/uploads", json={"name": name, "size_bytes": len(data)})
    assert begun.status_code == 201, begun.text
    upload_id = int(begun.json()["id"])
    for offset in range(0, len(data), part):
        answer = client.put(
            f"/api/v1/uploads/{upload_id}?offset={offset}",
            content=data[offset : offset + part],
            headers={"Content-Type": "application/octet-stream"},
        )
        assert answer.status_code == 200, answer.text
    return upload_id


def registered(client: TestClient, site_id: int, data: bytes, **changes: Any) -> dict[str, Any]:
    """Upload and register a raster; what the catalogue says of it."""
    upload_id = uploaded(client, site_id, data)
    asked = {"upload_id": upload_id, "taken_at": "2026-05-01T10:00:00+08:00", "title": "五月航飞"} | changes
    answer = client.post(f"/api/v1/sites/{site_id}/imagery", json=asked)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ingested(client: TestClient, database: Database, folder: Path, site_id: int, path: Path, **changes: Any) -> dict[str, Any]:
    """The same, made drawable as the worker does it."""
    means = MEANS | {name: changes.pop(name) for name in MEANS if name in changes}
    crs = changes.get("source_crs")
    item = registered(client, site_id, path.read_bytes(), **changes)
    given = Means(folder=str(folder), **means)  # type: ignore[arg-type]
    named = f"EPSG:{crs.removeprefix('epsg')}" if crs else None
    ingest_imagery(database, imagery_id=item["id"], crs=named, means=given.__dict__)
    found: dict[str, Any] = client.get(f"/api/v1/imagery/{item['id']}").json()
    return found
