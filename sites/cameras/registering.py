"""Registering cameras (M42): one by one or many, drafts until complete, secrets sealed."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundation import audit
from foundation.sealing import Seal
from foundation.work import Work
from sites.cameras.aiming import end_pose, new_pose, pose_now, settle_camera, standing_camera
from sites.cameras.changes import CameraChanged, CameraRegistered
from sites.cameras.models import Camera
from sites.cameras.national_code import check_camera_code
from sites.cameras.poses import PoseGiven, check_pose, given_of, missing_of
from sites.cameras.reading import CameraNow
from sites.cameras.states import CameraKind, CameraState, CameraTag, Level, StreamProtocol
from sites.cameras.streams import check_address, shown_address
from sites.cameras.surroundings import surroundings_of
from sites.devices import NewDevice, register_device
from sites.progress import refresh_progress
from sites.queries import site_of
from sites.states import DeviceClass


@dataclass(frozen=True, kw_only=True)
class NewCamera:
    """A camera to register."""

    code: str
    name: str
    national_code: str | None = None
    kind: CameraKind = CameraKind.FIXED
    level: Level = Level.SURFACE
    protocol: StreamProtocol | None = None
    stream: str | None = None
    substream: str | None = None
    vendor: str | None = None
    tags: tuple[CameraTag, ...] = ()
    algorithms: tuple[str, ...] = ()
    pose: PoseGiven = field(default_factory=PoseGiven)


@dataclass(frozen=True, kw_only=True)
class CameraChanges:
    """Changes to a camera's registration; None leaves a member as it is."""

    name: str | None = None
    level: Level | None = None
    protocol: StreamProtocol | None = None
    stream: str | None = None
    substream: str | None = None
    vendor: str | None = None
    tags: tuple[CameraTag, ...] | None = None
    algorithms: tuple[str, ...] | None = None


def register_camera(work: Work, site_id: int, new: NewCamera, seal: Seal) -> CameraNow:
    """Register a camera on a plotted site. Incomplete data make a draft, which counts for nothing and says what it lacks."""
    check_pose(new.pose, new.kind)
    if new.national_code is not None:
        check_camera_code(work, new.national_code)
    device = register_device(
        work,
        site_id,
        NewDevice(
            code=new.code,
            device_class=DeviceClass.CAMERA,
            name=new.name,
            national_code=new.national_code,
            location=new.pose.location,
            vendor=new.vendor,
        ),
        field="/pose",
    )
    work.session.flush()
    camera = Camera(
        site_id=site_id,
        device_id=device.id,
        kind=new.kind.value,
        level=new.level.value,
        tags=[tag.value for tag in dict.fromkeys(new.tags)],
        algorithms=list(dict.fromkeys(new.algorithms)),
    )
    _set_streams(camera, new.protocol, new.stream, new.substream, seal)
    camera.device = device
    work.session.add(camera)
    work.session.flush()
    pose = new_pose(camera, new.pose, work.now, work.viewer.name, None)
    work.session.add(pose)
    settle_camera(camera, device, pose, surroundings_of(work, site_of(work, site_id)))
    audit.record(work, "camera_registered", "camera", camera.id, site_id=site_id)
    work.announce(CameraRegistered(site_id=site_id, camera_id=camera.id))
    return CameraNow(camera=camera, pose=pose, missing=missing_of(new.pose))


def change_camera(work: Work, camera_id: int, changes: CameraChanges, seal: Seal, *, version: int) -> CameraNow:
    """Change what a camera is; where it looks is changed by aiming it."""
    work.require("register_device")
    camera = standing_camera(work, camera_id, version=version)
    if changes.name is not None:
        camera.device.name = changes.name
    if changes.level is not None:
        camera.level = changes.level.value
    if changes.vendor is not None:
        camera.device.vendor = changes.vendor
    if changes.tags is not None:
        camera.tags = [tag.value for tag in dict.fromkeys(changes.tags)]
    if changes.algorithms is not None:
        camera.algorithms = list(dict.fromkeys(changes.algorithms))
    protocol = changes.protocol or (StreamProtocol(camera.protocol) if camera.protocol else None)
    _set_streams(camera, protocol, changes.stream, changes.substream, seal)
    pose = pose_now(work, camera.id)
    settle_camera(camera, camera.device, pose, surroundings_of(work, site_of(work, camera.site_id)))
    camera.updated_at = work.now
    audit.record(work, "camera_changed", "camera", camera.id, site_id=camera.site_id)
    work.announce(CameraChanged(site_id=camera.site_id, camera_id=camera.id))
    return CameraNow(camera=camera, pose=pose, missing=missing_of(given_of(pose)))


def retire_camera(work: Work, camera_id: int, *, version: int) -> None:
    """A camera was taken down: it counts for nothing any more, and its poses stay in the history."""
    work.require("register_device")
    camera = standing_camera(work, camera_id, version=version)
    pose = pose_now(work, camera_id)
    end_pose(work, pose)
    camera.state = CameraState.RETIRED.value
    camera.device.retired_at = work.now
    refresh_progress(work, site_of(work, camera.site_id))
    audit.record(work, "camera_retired", "camera", camera.id, site_id=camera.site_id)
    work.announce(CameraChanged(site_id=camera.site_id, camera_id=camera.id))


def _set_streams(camera: Camera, protocol: StreamProtocol | None, stream: str | None, substream: str | None, seal: Seal) -> None:
    if protocol is not None:
        camera.protocol = protocol.value
    accepted = protocol or StreamProtocol.RTSP
    if stream is not None:
        check_address(stream, accepted, "/stream")
        camera.stream_sealed, camera.stream_shown = seal.close(stream), shown_address(stream)
    if substream is not None:
        check_address(substream, accepted, "/substream")
        camera.substream_sealed, camera.substream_shown = seal.close(substream), shown_address(substream)
