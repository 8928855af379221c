"""Stream addresses: which are accepted, and what of them people may see."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from sites.cameras.errors import StreamAddressWrong
from sites.cameras.states import StreamProtocol

SCHEMES = {
    StreamProtocol.RTSP: ("rtsp", "rtsps"),
    StreamProtocol.HLS: ("http", "https"),
    StreamProtocol.GB28181: ("gb28181",),
    StreamProtocol.FILE: ("file",),
}


def check_address(address: str, protocol: StreamProtocol, field: str) -> None:
    """Refuse an address of another kind than the protocol's, or without a host."""
    accepted = SCHEMES[protocol]
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise StreamAddressWrong(field=field, accepted=", ".join(f"{scheme}://" for scheme in accepted)) from error
    local = protocol is StreamProtocol.FILE
    if parts.scheme not in accepted or not (parts.path if local else parts.hostname):
        raise StreamAddressWrong(field=field, accepted=", ".join(f"{scheme}://" for scheme in accepted))


def shown_address(address: str) -> str:
    """The address without user, password and query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))
