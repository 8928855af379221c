"""Text from strangers: UTF-8, UTF-16 or GBK, whichever fits."""

from __future__ import annotations

from spatial.exchange.errors import FileNotUnderstood


def decode(data: bytes) -> str:
    """The text of a file; a byte-order mark decides, then UTF-8, then GB 18030."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileNotUnderstood(field="/file", why="The text is neither UTF-8 nor GBK.")
