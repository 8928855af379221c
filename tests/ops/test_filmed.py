"""The demo's cameras with drawn films: made once, playable, and seen where the films were drawn for."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import select

from foundation.database import Database
from foundation.sealing import Seal
from foundation.settings import Settings, Streams
from foundation.viewer import SYSTEM
from foundation.work import work
from ops.demo.filmed import film_cameras
from ops.demo.load import seed_city
from sites.cameras.aiming import pose_now
from sites.cameras.models import Camera
from sites.cameras.states import FootprintMethod
from sites.models import Device
from vision.demo.films import SIZE_PX, films
from vision.media.viewings import source_of
from vision.streams.probing import probe


def test_every_film_has_a_camera_that_plays_it_and_is_made_once(database: Database, settings: Settings, tmp_path: Path) -> None:
    filmed = settings.model_copy(update={"streams": Streams(media_folder=tmp_path / "media")})
    seed_city(database, settings, sites=12)
    assert film_cameras(database, filmed) == len(films())
    assert film_cameras(database, filmed) == 0
    with work(database, SYSTEM) as unit:
        cameras = unit.session.scalars(
            select(Camera).join(Device, Device.id == Camera.device_id).where(Device.code.like("SYN-%")).order_by(Device.code)
        ).all()
        assert {pose_now(unit, one.id).method for one in cameras} == {FootprintMethod.PINHOLE.value}
        source = source_of(unit, cameras[0].id, Seal(settings.data.folder))
    found = probe(source.address, filmed.streams)
    assert (found.codec, found.width_px, found.height_px, found.fps) == ("h264", SIZE_PX, SIZE_PX, 5.0)
    length = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "format=duration",
        "-of",
        "csv=p=0",
        source.address.removeprefix("file://"),
    ]
    told = subprocess.run(length, capture_output=True, text=True, check=True, timeout=30).stdout
    assert float(told) >= films()[0].long_s
