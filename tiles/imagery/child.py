"""The process that touches a stranger's raster: ``python -m tiles.imagery.child <order>``; one JSON object a line comes out.

GDAL is a large parser of hostile files. It works here, where memory and time are limited and a crash takes nothing along.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import rasterio
import shapely
from rasterio.errors import RasterioError

from tiles.imagery.inspecting import Refused, check_raster, opened
from tiles.imagery.packing import Packed, pack
from tiles.imagery.states import ImageryKind, RasterFault

#: Nothing beside the file itself is opened, nothing is fetched, and blocks are kept in so many megabytes.
GDAL = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_CACHEMAX": 256,
    "GDAL_PAM_ENABLED": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_NUM_THREADS": "1",
}


def main() -> None:
    """Read the order, do it, say what came of it."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    limit = int(order["memory_mb"]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        packed = _packed(order)
    except Refused as refused:
        _say(fault=refused.fault.value, members=refused.members)
    except (RasterioError, MemoryError, OSError, ValueError) as error:
        # what reading stumbles over after the header was fine
        print(error, file=sys.stderr)
        _say(fault=RasterFault.CORRUPT.value, members={})
    else:
        _say(made=asdict(packed) | {"footprint": shapely.to_wkb(packed.footprint, hex=True)})


def _packed(order: dict[str, Any]) -> Packed:
    kind = ImageryKind(order["kind"])
    with rasterio.Env(**GDAL), opened(Path(order["source"])) as source:
        crs = check_raster(source, kind, int(order["most_pixels"]), order["crs"])
        return pack(source, crs, kind, Path(order["target"]), Path(order["index"]), lambda share: _say(share=round(share, 4)))


def _say(**members: Any) -> None:
    print(json.dumps(members), flush=True)


if __name__ == "__main__":
    main()
