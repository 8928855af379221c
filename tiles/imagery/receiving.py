"""Large files, part by part: a broken line costs one part, and no request is larger than any other."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select

from foundation.work import Work
from sites.queries import site_of
from tiles.imagery.errors import UploadIncomplete, UploadNotFound, UploadOutOfStep, UploadsTooMany, UploadTooLarge
from tiles.imagery.files import upload_path
from tiles.imagery.models import FileUpload

LARGEST_PART_BYTES = 16 * 2**20
UPLOADS_AT_ONCE = 8
NAME_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class NewUpload:
    """A file that is to come."""

    name: str
    size_bytes: int


def begin_upload(work: Work, site_id: int, new: NewUpload, *, largest_mb: int) -> FileUpload:
    """Announce a file of a site; its parts follow."""
    work.require("manage_imagery")
    site_of(work, site_id)
    if new.size_bytes > largest_mb * 2**20:
        raise UploadTooLarge(field="/size_bytes", limit_mb=largest_mb)
    mine = select(func.count(FileUpload.id)).where(FileUpload.user_id == work.viewer.user_id)
    if work.session.execute(mine).scalar_one() >= UPLOADS_AT_ONCE:
        raise UploadsTooMany(limit=UPLOADS_AT_ONCE)
    upload = FileUpload(
        site_id=site_id,
        user_id=work.viewer.user_id,
        name=new.name[:NAME_LENGTH],
        size_bytes=new.size_bytes,
        received_bytes=0,
        key=uuid4().hex,
    )
    work.session.add(upload)
    work.session.flush()
    return upload


def receive_part(work: Work, upload_id: int, offset: int, part: bytes, folder: Path) -> FileUpload:
    """Write a part where the last one ended; two senders of one file cannot mix their parts."""
    upload = _mine(work, upload_id, lock=True)
    if offset != upload.received_bytes:
        raise UploadOutOfStep(received_bytes=upload.received_bytes, field="/offset")
    if offset + len(part) > upload.size_bytes or len(part) > LARGEST_PART_BYTES:
        raise UploadTooLarge(field="/body", limit_mb=max(1, min(upload.size_bytes, LARGEST_PART_BYTES) // 2**20))
    # a part that was written but not committed is written again at the same place
    descriptor = os.open(upload_path(folder, upload.key), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, part, offset)
    finally:
        os.close(descriptor)
    upload.received_bytes = offset + len(part)
    work.session.flush()
    return upload


def upload_of(work: Work, upload_id: int) -> FileUpload:
    """One of the viewer's own uploads."""
    return _mine(work, upload_id, lock=False)


def drop_upload(work: Work, upload_id: int, folder: Path) -> None:
    """Forget a file that did not arrive."""
    upload = _mine(work, upload_id, lock=True)
    upload_path(folder, upload.key).unlink(missing_ok=True)
    work.session.delete(upload)


def finished_upload(work: Work, upload_id: int, site_id: int) -> FileUpload:
    """An upload of this site that arrived whole, taken: it is no upload any more."""
    upload = _mine(work, upload_id, lock=True)
    if upload.site_id != site_id:
        raise UploadNotFound
    if upload.received_bytes < upload.size_bytes:
        raise UploadIncomplete(received_bytes=upload.received_bytes, size_bytes=upload.size_bytes)
    work.session.delete(upload)
    return upload


def _mine(work: Work, upload_id: int, *, lock: bool) -> FileUpload:
    wanted = select(FileUpload).where(FileUpload.id == upload_id, FileUpload.user_id == work.viewer.user_id)
    found = work.session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise UploadNotFound
    # after the row: whose upload it is not is told that there is none, whatever their roles
    work.require("manage_imagery")
    return found
