"""Opening zip files from strangers: few entries, bounded size, no paths, no links."""

from __future__ import annotations

import io
import stat
import zipfile

from spatial.exchange.errors import FileNotUnderstood, FileTooBig

MOST_ENTRIES = 50
LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
HIGHEST_RATIO = 200
#: Compression ratio is only a sign of a bomb in entries larger than this.
RATIO_MATTERS_ABOVE_BYTES = 1024 * 1024


def unzip(data: bytes) -> dict[str, bytes]:
    """File name (without folders) → contents of every regular entry."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
            _check(entries)
            return {_base(info.filename): archive.read(info) for info in entries if _base(info.filename)}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise FileNotUnderstood(field="/file", why="The zip archive is damaged or encrypted.") from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise FileTooBig(field="/file", what="entries", limit=MOST_ENTRIES)
    if sum(info.file_size for info in entries) > LARGEST_UNPACKED_BYTES:
        raise FileTooBig(field="/file", what="bytes unpacked", limit=LARGEST_UNPACKED_BYTES)
    for info in entries:
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileNotUnderstood(field="/file", why="The archive holds a link.")
        large = info.file_size > RATIO_MATTERS_ABOVE_BYTES
        if large and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1):
            raise FileTooBig(field="/file", what="compression ratio", limit=HIGHEST_RATIO)


def _base(name: str) -> str:
    """The last part of an entry's name; macOS resource forks and hidden files are nothing."""
    if "__MACOSX" in name:
        return ""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "" if base.startswith(".") else base
