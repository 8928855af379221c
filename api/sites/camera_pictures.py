"""Pictures of what cameras show, and the test of their streams."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile, status
from pydantic import BaseModel

from api.dependencies import ReadWorkDep, SealDep, SettingsDep, WorkDep
from api.sites.cameras import CameraId
from sites.cameras.models import CameraPicture
from sites.cameras.pictures import LARGEST_PICTURE_BYTES, latest_picture, upload_picture
from sites.cameras.states import PictureSource
from vision.streams.trying import try_stream

router = APIRouter(tags=["camera pictures"])


class PictureOut(BaseModel):
    """A picture of a camera; the picture itself is at ``/cameras/{camera_id}/picture``."""

    id: int
    camera_id: int
    width_px: int
    height_px: int
    media_type: str
    taken_at: datetime
    source: PictureSource
    sha256: str


class StreamTestOut(BaseModel):
    """What the stream turned out to be. The address is never answered."""

    codec: str
    width_px: int
    height_px: int
    fps: float | None
    first_frame_s: float
    substream: bool
    picture: PictureOut


@router.get("/cameras/{camera_id}/picture", response_class=Response)
def picture(work: ReadWorkDep, camera_id: CameraId) -> Response:
    """The latest picture of the camera."""
    found = latest_picture(work, camera_id, with_image=True)
    headers = {"ETag": f'"{found.sha256[:32]}"', "Cache-Control": "private, no-cache"}
    return Response(found.image, media_type=found.media_type, headers=headers)


@router.get("/cameras/{camera_id}/picture.json")
def picture_meta(work: ReadWorkDep, camera_id: CameraId) -> PictureOut:
    """What the latest picture is: size, time, source."""
    return _out(latest_picture(work, camera_id))


@router.post("/cameras/{camera_id}/picture", status_code=status.HTTP_201_CREATED)
def upload(work: WorkDep, camera_id: CameraId, file: Annotated[UploadFile, File()]) -> PictureOut:
    """Upload a picture, JPEG or PNG; it is encoded anew, and what a file carries beside its pixels is dropped."""
    return _out(upload_picture(work, camera_id, file.file.read(LARGEST_PICTURE_BYTES + 1)))


@router.post("/cameras/{camera_id}/test")
def test(work: WorkDep, seal: SealDep, settings: SettingsDep, camera_id: CameraId) -> StreamTestOut:
    """Open the analysed stream, say what is in it, and keep its first key frame as the camera's picture."""
    tried = try_stream(work, camera_id, seal, settings.streams)
    return StreamTestOut(
        codec=tried.found.codec,
        width_px=tried.found.width_px,
        height_px=tried.found.height_px,
        fps=tried.found.fps,
        first_frame_s=round(tried.found.first_frame_s, 3),
        substream=tried.substream,
        picture=_out(tried.picture),
    )


def _out(row: CameraPicture) -> PictureOut:
    return PictureOut(
        id=row.id,
        camera_id=row.camera_id,
        width_px=row.width_px,
        height_px=row.height_px,
        media_type=row.media_type,
        taken_at=row.taken_at,
        source=PictureSource(row.source),
        sha256=row.sha256,
    )
