"""The gate: a loopback proxy through which ffmpeg speaks HTTP, so that no redirect and no playlist leads where it may not.

It lives for one probe. Every connection is resolved, judged and pinned here; what went wrong is remembered, because ffmpeg only
sees that its proxy failed.
"""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from foundation.problems import Problem
from foundation.settings import Streams
from vision.streams.addresses import judged_host
from vision.streams.errors import StreamRefused, StreamTimedOut

LONGEST_HEAD_BYTES = 16 * 1024
CHUNK_BYTES = 64 * 1024


class Gate:
    """``with Gate(settings) as gate``: ``gate.address`` is the proxy, ``gate.problem`` what went wrong first."""

    def __init__(self, settings: Streams) -> None:
        self.settings = settings
        self.problem: Problem | None = None
        gate = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                gate.carry(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def carry(self, client: socket.socket) -> None:
        """One connection: read whom it wants, judge, connect, pass bytes on."""
        client.settimeout(self.settings.timeout_s)
        try:
            head, rest = _head(client)
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            secure = method == "CONNECT"
            parts = urlsplit(f"//{target}" if secure else target)
            port = parts.port or (443 if secure else 80)
            upstream = self._connected(parts.hostname or "", port)
        except Problem as problem:
            self.problem = self.problem or problem
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        except (OSError, ValueError):
            return
        with upstream:
            if secure:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                upstream.sendall(rest)
            else:
                upstream.sendall(_rewritten(head, method, target) + rest)
            _pass_on(client, upstream, self.settings.timeout_s)

    def _connected(self, host: str, port: int) -> socket.socket:
        address = judged_host(host, port, self.settings)
        try:
            return socket.create_connection((address, port), timeout=self.settings.timeout_s)
        except TimeoutError as error:
            raise StreamTimedOut from error
        except OSError as error:
            raise StreamRefused from error


def _head(client: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(CHUNK_BYTES)
        if not more or len(data) > LONGEST_HEAD_BYTES:
            raise ValueError("no request")
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    return head, rest


def _rewritten(head: bytes, method: str, target: str) -> bytes:
    """The request as the camera expects it: a path instead of a whole address, and one request a connection, each judged."""
    parts = urlsplit(target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [line for line in head.split(b"\r\n")[1:] if not line.lower().startswith((b"connection:", b"proxy-"))]
    first = f"{method} {path} HTTP/1.1".encode("latin-1")
    return b"\r\n".join([first, *lines, b"Connection: close"]) + b"\r\n\r\n"


def _pass_on(client: socket.socket, upstream: socket.socket, timeout_s: float) -> None:
    pairs = {client: upstream, upstream: client}
    try:
        while True:
            ready, _, _ = select.select(list(pairs), [], [], timeout_s)
            if not ready:
                return
            for one in ready:
                data = one.recv(CHUNK_BYTES)
                if not data:
                    return
                pairs[one].sendall(data)
    except OSError:
        return
