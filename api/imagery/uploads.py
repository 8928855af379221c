"""Large files on their way here, part by part."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response, status
from pydantic import BaseModel, Field

from api.dependencies import ReadWorkDep, SettingsDep, WorkDep
from api.geometry import In
from api.sites.sites import SiteId
from tiles.imagery.models import FileUpload
from tiles.imagery.receiving import LARGEST_PART_BYTES, NewUpload, begin_upload, drop_upload, receive_part, upload_of

router = APIRouter(tags=["uploads"])
UploadId = Annotated[int, Path(ge=1, lt=2**63)]


class UploadIn(In):
    """A file that is to come."""

    name: str = Field(min_length=1, max_length=200)
    size_bytes: int = Field(ge=1, lt=2**53)


class UploadOut(BaseModel):
    """How much of a file has arrived; the next part begins there."""

    id: int
    site_id: int
    name: str
    size_bytes: int
    received_bytes: int
    largest_part_bytes: int = LARGEST_PART_BYTES


@router.post("/sites/{site_id}/uploads", status_code=status.HTTP_201_CREATED)
def begin(work: WorkDep, settings: SettingsDep, site_id: SiteId, new: UploadIn) -> UploadOut:
    """Announce a file; its parts follow, each where the last one ended."""
    given = NewUpload(name=new.name, size_bytes=new.size_bytes)
    return _out(begin_upload(work, site_id, given, largest_mb=settings.imagery.largest_file_mb))


@router.put("/uploads/{upload_id}")
def part(
    work: WorkDep,
    settings: SettingsDep,
    upload_id: UploadId,
    offset: Annotated[int, Query(ge=0, lt=2**53)],
    body: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> UploadOut:
    """The next part, as bare bytes."""
    return _out(receive_part(work, upload_id, offset, body, settings.data.folder))


@router.get("/uploads/{upload_id}")
def upload(work: ReadWorkDep, upload_id: UploadId) -> UploadOut:
    """How far one of your uploads is."""
    return _out(upload_of(work, upload_id))


@router.delete("/uploads/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
def drop(work: WorkDep, settings: SettingsDep, upload_id: UploadId) -> Response:
    """Give an upload up."""
    drop_upload(work, upload_id, settings.data.folder)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _out(row: FileUpload) -> UploadOut:
    return UploadOut(id=row.id, site_id=row.site_id, name=row.name, size_bytes=row.size_bytes, received_bytes=row.received_bytes)
