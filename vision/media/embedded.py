"""The gateway without another server: ffmpeg on demand makes an HLS playlist of a stream, and stops when nobody looks.

H.264 is passed through (a hundredth of a core a stream); anything else is made H.264, for browsers. One folder a camera, shared
by the server's processes: whoever holds the folder's lock runs ffmpeg, the others only serve the files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from foundation.problems import Problem
from foundation.settings import Data, Streams
from vision.media.errors import GatewayBusy, LiveNotStarted
from vision.media.gateway import Playable, Source
from vision.streams.addresses import PROTOCOLS, pinned
from vision.streams.gate import Gate
from vision.streams.probing import MEANINGS, codec_of, waiting

PLAYLIST = "index.m3u8"
SEGMENT_S, SEGMENTS = 1, 6
#: Longest wait for the first picture.
START_S = 12.0
#: Seconds without anybody asking, after which a stream is no longer carried.
IDLE_S = 30.0
MOST_STREAMS = 32


def live_folder(data: Data) -> Path:
    """Where playlists and segments lie while somebody looks."""
    return data.folder / "live"


class EmbeddedGateway:
    """Carries streams with ffmpeg under ``folder``; see ``MediaGateway``."""

    def __init__(self, folder: Path, settings: Streams, *, most: int = MOST_STREAMS, idle_s: float = IDLE_S) -> None:
        self._folder, self._settings, self._most, self._idle_s = folder, settings, most, idle_s
        self._guard = threading.Lock()

    def live(self, source: Source) -> Playable:
        """A playlist of the stream; starts ffmpeg unless some process of ours already carries it."""
        home = self._folder / str(source.camera_id)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / "asked").touch()
        carrier = self._start(source, home)
        deadline = time.monotonic() + START_S
        while not (home / PLAYLIST).is_file():
            if carrier is not None and carrier.problem is not None:
                raise carrier.problem
            if time.monotonic() > deadline:
                raise LiveNotStarted
            time.sleep(0.05)
        return Playable(kind="hls", folder=home)

    def watched(self, camera_id: int) -> None:
        """Somebody still looks."""
        with suppress(FileNotFoundError):
            os.utime(self._folder / str(camera_id) / "asked")

    def carrying(self) -> int:
        """Streams carried by any process of ours."""
        homes = self._folder.iterdir() if self._folder.is_dir() else ()
        return sum(1 for home in homes if _held(home / "lock"))

    def _start(self, source: Source, home: Path) -> Carrier | None:
        with self._guard:
            lock = (home / "lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                return None
            if self.carrying() > self._most:
                lock.close()
                raise GatewayBusy
            for stale in home.glob("*.m*"):
                stale.unlink()
            carrier = Carrier(source, home, lock, self._settings, self._idle_s)
            carrier.start()
            return carrier


class Carrier(threading.Thread):
    """Runs ffmpeg for one stream until nobody has looked for a while; keeps the lock as long."""

    def __init__(self, source: Source, home: Path, lock: IO[str], settings: Streams, idle_s: float) -> None:
        super().__init__(daemon=True, name=f"live-{source.camera_id}")
        self._source, self._home, self._lock, self._settings, self._idle_s = source, home, lock, settings, idle_s
        #: Why the picture does not come; set before the thread ends.
        self.problem: Problem | None = None

    def run(self) -> None:
        """Carry the stream, begin anew when it breaks off, and clean up behind."""
        try:
            while self._asked():
                self._carry()
                if not (self._home / PLAYLIST).is_file():
                    self.problem = self.problem or LiveNotStarted()
                    return
                time.sleep(0.5)
        except Problem as problem:
            self.problem = problem
        finally:
            with suppress(OSError):
                for made in self._home.glob("*.m*"):
                    made.unlink()
            self._lock.close()

    def _carry(self) -> None:
        scheme = urlsplit(self._source.address).scheme
        codec = codec_of(self._source.address, self._settings)
        gate = Gate(self._settings) if scheme in {"http", "https"} else None
        if gate is not None:
            gate.__enter__()
        try:
            command = self._command(scheme, codec)
            kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
            proxy = {"http_proxy": gate.address, "no_proxy": ""} if gate else {}
            with (self._home / "words").open("wb") as words:
                process = subprocess.Popen(
                    command, env=kept | proxy, cwd=self._home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words
                )
            try:
                while process.poll() is None and self._asked():
                    time.sleep(0.2)
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                process.kill()
                process.wait()
            if process.returncode not in {0, 255, -15}:
                self.problem = self._meant(gate)
        finally:
            if gate is not None:
                gate.__exit__(None, None, None)

    def _command(self, scheme: str, codec: str) -> list[str]:
        # a file is played at its own pace, again and again: it stands for a camera
        paced = ["-re", "-stream_loop", "-1"] if scheme == "file" else []
        made = ["copy"] if codec == "h264" else ["libx264", "-preset", "veryfast", "-tune", "zerolatency", "-g", "25"]
        return [
            "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1",
            "-protocol_whitelist", PROTOCOLS[scheme], *waiting(scheme, self._settings), *paced,
            "-i", pinned(self._source.address, self._settings), "-map", "0:v:0", "-an", "-c:v", *made,
            "-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_list_size", str(SEGMENTS), "-hls_segment_type", "fmp4",
            "-hls_flags", "delete_segments+independent_segments+temp_file", "-hls_start_number_source", "epoch",
            "-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "s%d.m4s", PLAYLIST,
        ]  # fmt: skip

    def _asked(self) -> bool:
        with suppress(FileNotFoundError):
            return time.time() - (self._home / "asked").stat().st_mtime < self._idle_s
        return False

    def _meant(self, gate: Gate | None) -> Problem:
        if gate is not None and gate.problem is not None:
            return gate.problem
        words = (self._home / "words").read_text(encoding="utf-8", errors="replace")
        kind = next((kind for marks, kind in MEANINGS if any(mark in words for mark in marks)), None)
        return kind() if kind is not None else LiveNotStarted()


def clear(folder: Path) -> None:
    """Take away what a server that was killed left behind."""
    for home in folder.iterdir() if folder.is_dir() else ():
        if not _held(home / "lock"):
            shutil.rmtree(home, ignore_errors=True)


def _held(path: Path) -> bool:
    try:
        with path.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
