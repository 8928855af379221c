"""Cameras of the demo with something to look at: drawn films of known pose, played again and again as if a camera sent them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from geoalchemy2.shape import to_shape
from shapely import Point
from sqlalchemy import Select, select

from foundation.database import Database
from foundation.sealing import Seal
from foundation.settings import Settings
from foundation.viewer import SYSTEM
from foundation.work import Work, work
from ops.demo.plan import TODAY
from sites.cameras.models import Camera
from sites.cameras.poses import PoseGiven
from sites.cameras.registering import NewCamera, register_camera
from sites.cameras.states import CameraTag, StreamProtocol
from sites.models import Device, Site
from sites.states import Connectivity, SiteState
from vision.demo.films import HEIGHT_M, SIZE_PX, TILT_DEG, Film, films, frames, view

FPS = 5
A_SITE = 2
RANGE_M = 60.0
CODE = "SYN-{number:02d}"


def media_folder(data: Path) -> Path:
    """Where the demo's films lie."""
    return data / "media"


def film_cameras(database: Database, settings: Settings) -> int:
    """Draw the films unless they are there, and register a camera for each unless it is there. Returns the cameras made."""
    folder = settings.streams.media_folder
    if folder is None:
        return 0
    paths = [drawn(film, folder / f"{number:02d}.mp4") for number, film in enumerate(films(), 1)]
    with work(database, SYSTEM) as unit:
        known = set(unit.session.scalars(select(Device.code).where(Device.code.like("SYN-%"))))
        sites = unit.session.scalars(_sites(len(paths) // A_SITE)).all()
        made = 0
        for number, path in enumerate(paths, 1):
            code = CODE.format(number=number)
            if code not in known and sites:
                _register(unit, sites[(number - 1) // A_SITE % len(sites)], code, number, path, Seal(settings.data.folder))
                made += 1
    return made


def drawn(film: Film, path: Path) -> Path:
    """A film as a file, drawn frame by frame."""
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part.mp4")
    size = f"{SIZE_PX}x{SIZE_PX}"
    given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(FPS), "-i", "pipe:0"]
    packed = ["-c:v", "libx264", "-preset", "veryfast", "-g", str(FPS), "-pix_fmt", "yuv420p", "-y", str(half)]
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", *given, *packed]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for _, picture in frames(film, fps=FPS):
            process.stdin.write(picture.tobytes())
        process.stdin.close()
    half.rename(path)
    return path


def _sites(count: int) -> Select[Site]:
    """Sites in construction with an accepted plot: where cameras may stand."""
    return (
        select(Site)
        .where(Site.in_force_number.is_not(None), Site.state == SiteState.IN_CONSTRUCTION.value)
        .order_by(Site.id)
        .limit(max(count, 1))
    )


def _register(unit: Work, site: Site, code: str, number: int, path: Path, seal: Seal) -> None:
    inside = to_shape(site.location)
    # two on one pole would lie on one another on the map
    place = Point(inside.x + 0.00012 * (number % A_SITE), inside.y)
    angle = view().optics.hfov_deg
    pose = PoseGiven(
        location=place,
        height_m=HEIGHT_M,
        azimuth_deg=0.0,
        tilt_deg=TILT_DEG,
        hfov_deg=angle,
        vfov_deg=angle,
        range_m=RANGE_M,
        width_px=SIZE_PX,
        height_px=SIZE_PX,
    )
    new = NewCamera(
        code=code,
        name=f"合成画面{number:02d}",
        protocol=StreamProtocol.FILE,
        stream=path.resolve().as_uri(),
        tags=(CameraTag.VEHICLE_LANE, CameraTag.PANORAMA),
        pose=pose,
    )
    camera = register_camera(unit, site.id, new, seal).camera
    stored = unit.session.get_one(Camera, camera.id)
    stored.synthetic = True
    device = unit.session.get_one(Device, stored.device_id)
    device.connectivity, device.heard_at = Connectivity.ONLINE.value, max(unit.now, TODAY)
