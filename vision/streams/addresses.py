"""Where a stream address may lead: hosts are resolved once, judged, and replaced by the address that was judged."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from foundation.settings import Streams
from vision.streams.errors import StreamFileNotAllowed, StreamHostNotAllowed, StreamHostUnknown, StreamTimedOut

RESOLVE_S = 5.0
#: What ffmpeg may speak for each scheme. HTTP goes through our own gate, so a redirect or a playlist leads nowhere else.
PROTOCOLS = {
    "rtsp": "rtsp,rtp,tcp,udp",
    "rtsps": "rtsp,rtp,tcp,tls",
    "http": "http,hls,tcp,crypto",
    "https": "https,http,hls,tls,tcp,httpproxy,crypto",
    "file": "file",
}
_RESOLVERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")


def judged_host(host: str, port: int, settings: Streams) -> str:
    """The IP address of a host, after making sure that all it resolves to may be a camera."""
    try:
        found = _RESOLVERS.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(timeout=RESOLVE_S)
    except Late as error:
        raise StreamTimedOut from error
    except (OSError, UnicodeError) as error:
        raise StreamHostUnknown from error
    addresses = [ip_address(str(one[4][0]).split("%")[0]) for one in found]
    if not addresses or not all(allowed(one, settings) for one in addresses):
        raise StreamHostNotAllowed
    return str(addresses[0])


def allowed(address: IPv4Address | IPv6Address, settings: Streams) -> bool:
    """May a camera have this address? Link-local ones never: cloud metadata lives there."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return any(address in network for network in settings.networks)


def pinned(address: str, settings: Streams) -> str:
    """The address to open: a judged IP instead of the host, or a file inside the media folder."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return _media_file(unquote(parts.path), settings)
    judged = judged_host(parts.hostname or "", parts.port or 0, settings)
    if parts.scheme in {"http", "https"}:
        return address  # the gate resolves, judges and pins each connection itself
    user, at, _ = parts.netloc.rpartition("@")
    host = f"[{judged}]" if ":" in judged else judged
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{user}{at}{host}{port}"))


def _media_file(path: str, settings: Streams) -> str:
    if settings.media_folder is None or "\x00" in path:
        raise StreamFileNotAllowed
    root = settings.media_folder.resolve()
    wanted = Path(path).resolve()
    if not wanted.is_relative_to(root) or not wanted.is_file():
        raise StreamFileNotAllowed
    return f"file:{wanted}"
