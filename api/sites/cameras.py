"""摄像机: registration, aiming, and what each one sees."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response, status
from pydantic import BaseModel, Field

from api.dependencies import PageDep, ReadWorkDep, SealDep, WorkDep
from api.geometry import In
from api.sites.filters import bbox_of
from api.sites.poses import FootprintOut, PoseIn, PoseOut, footprint_out, pose_out
from api.sites.sites import SiteId
from foundation.clock import end_of_business_day
from foundation.work import Work
from sites.cameras.aiming import aim_camera, footprint_at, poses_of
from sites.cameras.reading import CameraFilter, CameraNow, camera_now, cameras_of, list_cameras
from sites.cameras.registering import CameraChanges, NewCamera, change_camera, register_camera, retire_camera
from sites.cameras.states import CameraKind, CameraState, CameraTag, FootprintMethod, Level, StreamProtocol
from sites.states import Connectivity

router = APIRouter(tags=["cameras"])
CameraId = Annotated[int, Path(ge=1, lt=2**63)]
Algorithm = Annotated[str, Field(min_length=1, max_length=40)]


class CameraIn(In):
    """A camera to register. Without place, azimuth, angle, range or picture width it stays a draft."""

    code: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    national_code: str | None = Field(None, max_length=40)
    kind: CameraKind = CameraKind.FIXED
    level: Level = Level.SURFACE
    protocol: StreamProtocol | None = None
    #: Addresses with their passwords; stored sealed, never answered.
    stream: str | None = Field(None, max_length=1000)
    substream: str | None = Field(None, max_length=1000)
    vendor: str | None = Field(None, max_length=100)
    tags: list[CameraTag] = Field(default_factory=list, max_length=20)
    algorithms: list[Algorithm] = Field(default_factory=list, max_length=60)
    pose: PoseIn = PoseIn()

    def new(self, field: str = "") -> NewCamera:
        """The value of the domain."""
        plain = self.model_dump(include=set(NewCamera.__dataclass_fields__) - {"pose", "tags", "algorithms"})
        return NewCamera(tags=tuple(self.tags), algorithms=tuple(self.algorithms), pose=self.pose.given(f"{field}/pose"), **plain)


class CameraEdit(In):
    """Changes to what a camera is; members that are left out stay."""

    version: int
    name: str | None = Field(None, min_length=1, max_length=200)
    level: Level | None = None
    protocol: StreamProtocol | None = None
    stream: str | None = Field(None, max_length=1000)
    substream: str | None = Field(None, max_length=1000)
    vendor: str | None = Field(None, max_length=100)
    tags: list[CameraTag] | None = Field(None, max_length=20)
    algorithms: list[Algorithm] | None = Field(None, max_length=60)


class AimIn(In):
    """A new pose."""

    version: int
    pose: PoseIn
    reason: str | None = Field(None, max_length=500)


class CameraOut(BaseModel):
    """A camera with its pose in force. Stream addresses are shown without user, password and query."""

    id: int
    site_id: int
    device_id: int
    code: str
    name: str
    national_code: str | None
    kind: CameraKind
    state: CameraState
    level: Level
    synthetic: bool
    protocol: StreamProtocol | None
    stream: str | None
    substream: str | None
    vendor: str | None
    tags: list[CameraTag]
    algorithms: list[str]
    connectivity: Connectivity
    heard_at: datetime | None
    #: What a draft lacks.
    missing: list[str]
    pose: PoseOut
    version: int


class CameraPage(BaseModel):
    """One page of cameras."""

    items: list[CameraOut]
    total: int
    page: int
    size: int


class PoseHistory(BaseModel):
    """All poses of a camera, the latest first."""

    items: list[PoseOut]


def camera_filter(
    q: Annotated[str | None, Query(max_length=100)] = None,
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    district: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    state: CameraState | None = None,
    connectivity: Connectivity | None = None,
    tag: CameraTag | None = None,
    method: FootprintMethod | None = None,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
) -> CameraFilter:
    """What narrows a list of cameras."""
    return CameraFilter(
        q=q.replace("\x00", "") if q else None,
        site_id=site_id,
        district=district,
        state=state,
        connectivity=connectivity,
        tag=tag,
        method=method,
        bbox=bbox_of(bbox),
    )


@router.get("/cameras")
def cameras(work: ReadWorkDep, wanted: Annotated[CameraFilter, Depends(camera_filter)], page: PageDep) -> CameraPage:
    """One page of the cameras you may see."""
    work.require("read_sites")
    found, total = list_cameras(work, wanted, limit=page.size, offset=page.offset)
    return CameraPage(items=[camera_out(one) for one in found], total=total, page=page.number, size=page.size)


@router.get("/sites/{site_id}/cameras")
def cameras_of_a_site(work: ReadWorkDep, site_id: SiteId) -> CameraPage:
    """The cameras of a site."""
    work.require("read_sites")
    found = [camera_out(one) for one in cameras_of(work, site_id)]
    return CameraPage(items=found, total=len(found), page=1, size=len(found))


@router.post("/sites/{site_id}/cameras", status_code=status.HTTP_201_CREATED)
def register(work: WorkDep, seal: SealDep, site_id: SiteId, new: CameraIn) -> CameraOut:
    """Register a camera; 409 with the broken rules while the site has no accepted plot."""
    return settled(work, register_camera(work, site_id, new.new(), seal))


@router.get("/cameras/{camera_id}")
def camera(work: ReadWorkDep, camera_id: CameraId) -> CameraOut:
    """One camera."""
    work.require("read_sites")
    return camera_out(camera_now(work, camera_id))


@router.patch("/cameras/{camera_id}")
def change(work: WorkDep, seal: SealDep, camera_id: CameraId, edit: CameraEdit) -> CameraOut:
    """Change what a camera is."""
    plain = edit.model_dump(exclude={"version", "tags", "algorithms"})
    changes = CameraChanges(
        tags=tuple(edit.tags) if edit.tags is not None else None,
        algorithms=tuple(edit.algorithms) if edit.algorithms is not None else None,
        **plain,
    )
    return settled(work, change_camera(work, camera_id, changes, seal, version=edit.version))


@router.delete("/cameras/{camera_id}", status_code=status.HTTP_204_NO_CONTENT)
def retire(work: WorkDep, camera_id: CameraId, version: Annotated[int, Query(ge=1)]) -> Response:
    """The camera was taken down: it leaves the lists and keeps its history."""
    retire_camera(work, camera_id, version=version)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.put("/cameras/{camera_id}/pose")
def aim(work: WorkDep, camera_id: CameraId, aimed: AimIn) -> CameraOut:
    """Aim the camera; coverage follows in the same transaction."""
    aim_camera(work, camera_id, aimed.pose.given("/pose"), version=aimed.version, reason=aimed.reason)
    return settled(work, camera_now(work, camera_id))


@router.get("/cameras/{camera_id}/poses")
def poses(work: ReadWorkDep, camera_id: CameraId) -> PoseHistory:
    """How the camera was aimed, and when."""
    work.require("read_sites")
    return PoseHistory(items=[pose_out(one) for one in poses_of(work, camera_id)])


@router.get("/cameras/{camera_id}/footprint")
def footprint(work: ReadWorkDep, camera_id: CameraId, at: date | None = None) -> FootprintOut:
    """The ground the camera sees now; with ``at``, as it was aimed at the end of that Shanghai day."""
    work.require("read_sites")
    return footprint_out(footprint_at(work, camera_id, end_of_business_day(at) if at else None))


def settled(work: Work, one: CameraNow) -> CameraOut:
    """A camera that was just changed, after everything that follows from the change."""
    work.react()
    return camera_out(one)


def camera_out(one: CameraNow) -> CameraOut:
    """A camera as it is answered."""
    camera, device = one.camera, one.camera.device
    return CameraOut(
        id=camera.id,
        site_id=camera.site_id,
        device_id=device.id,
        code=device.code,
        name=device.name,
        national_code=device.national_code,
        kind=CameraKind(camera.kind),
        state=CameraState(camera.state),
        level=Level(camera.level),
        synthetic=camera.synthetic,
        protocol=StreamProtocol(camera.protocol) if camera.protocol else None,
        stream=camera.stream_shown,
        substream=camera.substream_shown,
        vendor=device.vendor,
        tags=[CameraTag(tag) for tag in camera.tags],
        algorithms=camera.algorithms,
        connectivity=Connectivity(device.connectivity),
        heard_at=device.heard_at,
        missing=list(one.missing),
        pose=pose_out(one.pose),
        version=camera.version,
    )
