"""Testing a camera's stream (M42): does it open, what is in it, and a picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore

from foundation import audit
from foundation.sealing import Seal
from foundation.settings import Streams
from foundation.work import Work
from sites.cameras.aiming import camera_of
from sites.cameras.models import CameraPicture
from sites.cameras.pictures import keep_picture
from sites.cameras.states import PictureSource, StreamProtocol
from vision.streams.errors import StreamMissing, StreamNotTestable, StreamTestsBusy
from vision.streams.probing import Probe, probe

#: Each test holds a process and a database connection for seconds.
TESTS_AT_ONCE = 3
_PLACES = BoundedSemaphore(TESTS_AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class StreamTest:
    """A stream that opened, and the picture that was kept of it."""

    found: Probe
    picture: CameraPicture
    #: The sub-stream is the one that is analysed, and the one tested where there is one.
    substream: bool


def try_stream(work: Work, camera_id: int, seal: Seal, settings: Streams) -> StreamTest:
    """Open the camera's analysed stream, and keep its first key frame."""
    work.require("register_device")
    camera = camera_of(work, camera_id)
    sealed = camera.substream_sealed or camera.stream_sealed
    if sealed is None:
        raise StreamMissing
    if camera.protocol == StreamProtocol.GB28181.value:
        raise StreamNotTestable(protocol="GB/T 28181")
    if not _PLACES.acquire(blocking=False):
        raise StreamTestsBusy
    try:
        found = probe(seal.open(sealed), settings)
    finally:
        _PLACES.release()
    picture = keep_picture(work, camera, found.key_frame, PictureSource.SNAPSHOT, work.now)
    audit.record(work, "camera_stream_tested", "camera", camera.id, site_id=camera.site_id)
    return StreamTest(found=found, picture=picture, substream=camera.substream_sealed is not None)
