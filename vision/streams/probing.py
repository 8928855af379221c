"""What is in a stream: codec, size, frame rate, and its first key frame, by ffmpeg as a child with hard limits."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

from foundation.problems import Problem
from foundation.settings import Streams
from vision.streams.addresses import PROTOCOLS, pinned
from vision.streams.errors import (
    StreamHostNotAllowed,
    StreamPasswordWrong,
    StreamPathWrong,
    StreamRefused,
    StreamTimedOut,
    StreamWithoutVideo,
)
from vision.streams.gate import Gate

#: Words of ffmpeg → what they mean; the first that is found counts. Its output holds addresses and is never passed on.
MEANINGS: tuple[tuple[tuple[str, ...], type[Problem]], ...] = (
    (("401 Unauthorized", "403 Forbidden", "authorization failed"), StreamPasswordWrong),
    (("404 Not Found", "No such file", "454 Session", "Server returned 4"), StreamPathWrong),
    (("not on whitelist", "not in allowed"), StreamHostNotAllowed),
    (("timed out", "Operation timed"), StreamTimedOut),
    (("Connection refused", "No route to host", "unreachable", "Connection reset", "Server returned 5"), StreamRefused),
)


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A stream that works."""

    codec: str
    width_px: int
    height_px: int
    #: None when the stream does not say.
    fps: float | None
    #: From opening the stream to its first key frame.
    first_frame_s: float
    #: JPEG.
    key_frame: bytes


def probe(address: str, settings: Streams) -> Probe:
    """Open a stream twice: once to read what it is, once for its first key frame."""
    scheme = urlsplit(address).scheme
    opened = pinned(address, settings)
    gate = Gate(settings) if scheme in {"http", "https"} else nullcontext()
    with gate as through:
        inputs = ["-protocol_whitelist", PROTOCOLS[scheme], *waiting(scheme, settings), "-i", opened]
        described = [*_QUIET, "-of", "json", "-show_streams", "-select_streams", "v:0"]
        stream = _video(_run(["ffprobe", *described, *inputs], settings, through))
        began = time.monotonic()
        one_frame = ["-map", "0:v:0", "-frames:v", "1", "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "2", "pipe:1"]
        key_frame = _run(["ffmpeg", "-nostdin", *_QUIET, "-skip_frame", "nokey", *inputs, *one_frame], settings, through)
        took = time.monotonic() - began
    if not key_frame:
        raise StreamWithoutVideo
    return Probe(
        codec=str(stream.get("codec_name", "")),
        width_px=int(stream["width"]),
        height_px=int(stream["height"]),
        fps=_rate(str(stream.get("avg_frame_rate", "0/0"))) or _rate(str(stream.get("r_frame_rate", "0/0"))),
        first_frame_s=took,
        key_frame=key_frame,
    )


def codec_of(address: str, settings: Streams) -> str:
    """What a stream's pictures are packed with, as ffmpeg names it."""
    scheme = urlsplit(address).scheme
    opened = pinned(address, settings)
    gate = Gate(settings) if scheme in {"http", "https"} else nullcontext()
    with gate as through:
        inputs = ["-protocol_whitelist", PROTOCOLS[scheme], *waiting(scheme, settings), "-i", opened]
        described = [*_QUIET, "-of", "json", "-show_streams", "-select_streams", "v:0"]
        return str(_video(_run(["ffprobe", *described, *inputs], settings, through)).get("codec_name", ""))


_QUIET = ("-hide_banner", "-loglevel", "error", "-threads", "1")


def waiting(scheme: str, settings: Streams) -> list[str]:
    """How long ffmpeg waits for a stream of a scheme, as its options."""
    patience = str(int(settings.timeout_s * 1e6))
    if scheme in {"rtsp", "rtsps"}:
        return ["-rtsp_transport", "tcp", "-timeout", patience]
    return ["-rw_timeout", patience] if scheme in {"http", "https"} else []


def _run(command: list[str], settings: Streams, gate: Gate | None) -> bytes:
    limits = [f"--as={settings.memory_mb * 2**20}", f"--cpu={int(settings.timeout_s) + 1}", "--core=0", f"--fsize={64 * 2**20}"]
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    proxy = {"http_proxy": gate.address, "no_proxy": ""} if gate else {}
    try:
        done = subprocess.run(
            ["prlimit", *limits, *command],
            env=kept | proxy, stdin=subprocess.DEVNULL, capture_output=True, timeout=settings.timeout_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        # without the chain: the exception holds the command, and that the password
        raise _first(gate, StreamTimedOut()) from None
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace")
        meant = next((kind for marks, kind in MEANINGS if any(mark in words for mark in marks)), StreamWithoutVideo)
        raise _first(gate, meant())
    return done.stdout


def _first(gate: Gate | None, problem: Problem) -> Problem:
    return gate.problem if gate is not None and gate.problem is not None else problem


def _video(answer: bytes) -> dict[str, Any]:
    streams = json.loads(answer or b"{}").get("streams", [])
    if not streams or not streams[0].get("width") or not streams[0].get("height"):
        raise StreamWithoutVideo
    found: dict[str, Any] = streams[0]
    return found


def _rate(text: str) -> float | None:
    try:
        return float(Fraction(text)) or None
    except (ValueError, ZeroDivisionError):
        return None
