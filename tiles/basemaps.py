"""Base maps that an operator may add: PMTiles files dropped into a folder, and the Tianditu service behind our proxy.

The product draws its own ground without either. The token of Tianditu stays on the server, the proxy asks a fixed list of
hosts and nothing else, and its failure is a grey tile: no base map ever blocks our own layers.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPErrorProcessor, Request, build_opener

from foundation.problems import Invalid, NotFound, Unavailable
from foundation.settings import Basemap, Data

NAME = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
#: Our name of a Tianditu layer → theirs; all in the Web Mercator grid.
TIANDITU_LAYERS = {"vec": "vec", "cva": "cva", "img": "img", "cia": "cia"}
TIANDITU_DEEPEST = 18
LARGEST_TILE_BYTES = 2 * 1024 * 1024


class BasemapNotFound(NotFound):
    """There is no such base map."""


class BasemapTileOutside(Invalid):
    """There is no such base map tile."""


class TiandituNotConfigured(Unavailable):
    """Tianditu is not configured; an operator sets BASEMAP__TIANDITU_TOKEN."""


@dataclass(frozen=True, kw_only=True)
class BasemapTile:
    """A picture for the ground."""

    body: bytes
    media_type: str
    #: True when the service failed and this is the grey stand-in.
    failed: bool


def pmtiles_folder(basemap: Basemap, data: Data) -> Path:
    """Where ``*.pmtiles`` are dropped."""
    return basemap.pmtiles_folder or data.folder / "basemaps"


def pmtiles_names(folder: Path) -> list[str]:
    """The base maps in the folder whose names can be asked for."""
    return sorted(path.stem for path in folder.glob("*.pmtiles") if NAME.match(path.stem) and path.is_file())


def pmtiles_file(folder: Path, name: str) -> Path:
    """The file of a base map: directly in the folder, no links out of it."""
    path = folder / f"{name}.pmtiles"
    if not NAME.match(name) or path.is_symlink() or not path.is_file():
        raise BasemapNotFound
    return path


def tianditu_tile(basemap: Basemap, layer: str, z: int, x: int, y: int, *, scheme: str = "https") -> BasemapTile:
    """A tile of Tianditu, or a grey one when the service fails or dawdles."""
    if layer not in TIANDITU_LAYERS:
        raise BasemapNotFound
    if not (1 <= z <= TIANDITU_DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise BasemapTileOutside(field="/z")
    if basemap.tianditu_token is None or not basemap.tianditu_hosts:
        raise TiandituNotConfigured
    host = basemap.tianditu_hosts[(x + y) % len(basemap.tianditu_hosts)]
    query = (
        f"SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        f"&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={basemap.tianditu_token.get_secret_value()}"
    )
    return _fetched(f"{scheme}://{host}/{layer}_w/wmts?{query}", basemap.tianditu_timeout_s)


class _NoRedirects(HTTPErrorProcessor):
    """Takes every answer as it is: a redirect is not followed."""

    def http_response(self, _: Request, response: object) -> object:
        return response

    https_response = http_response  # type: ignore[assignment]


def _fetched(url: str, timeout_s: float) -> BasemapTile:
    try:
        request = Request(url, headers={"User-Agent": "geowarden"})  # noqa: S310  a fixed list of hosts, http or https
        with build_opener(_NoRedirects).open(request, timeout=timeout_s) as answer:
            media_type = answer.headers.get_content_type()
            body = answer.read(LARGEST_TILE_BYTES + 1)
            if answer.status == 200 and media_type.startswith("image/") and len(body) <= LARGEST_TILE_BYTES:
                return BasemapTile(body=body, media_type=media_type, failed=False)
    except (URLError, OSError, HTTPException, ValueError):
        pass
    return BasemapTile(body=GREY_PNG, media_type="image/png", failed=True)


def _grey_png(size: int = 256, level: int = 225) -> bytes:
    """A plain grey PNG, made by hand: eight-bit greyscale, one IDAT."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + bytes([level]) * size) * size, 9)
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


GREY_PNG = _grey_png()
