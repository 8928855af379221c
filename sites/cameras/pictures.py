"""Pictures of what a camera shows: uploaded by people, or taken when its stream is tested."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageOps
from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from foundation import audit
from foundation.work import Work
from sites.cameras.aiming import camera_of
from sites.cameras.errors import CameraPictureMissing, PictureTooLarge, PictureUnreadable
from sites.cameras.models import Camera, CameraPicture
from sites.cameras.states import PictureSource

LARGEST_PICTURE_BYTES = 8 * 1024 * 1024
#: A compressed picture of a few kilobytes may unpack to gigabytes.
MOST_PIXELS = 40_000_000
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 64, 16_384
#: So many of a camera's pictures are kept.
PICTURES_KEPT = 10
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True, kw_only=True)
class CleanPicture:
    """A picture decoded and encoded anew: nothing but its pixels came through."""

    image: bytes
    media_type: str
    width_px: int
    height_px: int


def upload_picture(work: Work, camera_id: int, data: bytes, taken_at: datetime | None = None) -> CameraPicture:
    """Keep a picture somebody took of what the camera shows."""
    work.require("calibrate_camera")
    return keep_picture(work, camera_of(work, camera_id), data, PictureSource.UPLOAD, taken_at or work.now)


def keep_picture(work: Work, camera: Camera, data: bytes, source: PictureSource, taken_at: datetime) -> CameraPicture:
    """Store a picture after a look inside, and let the oldest go."""
    clean = clean_picture(data)
    row = CameraPicture(
        site_id=camera.site_id,
        camera_id=camera.id,
        image=clean.image,
        media_type=clean.media_type,
        width_px=clean.width_px,
        height_px=clean.height_px,
        taken_at=min(taken_at, work.now),
        source=source.value,
        sha256=hashlib.sha256(clean.image).hexdigest(),
    )
    work.session.add(row)
    work.session.flush()
    kept = select(CameraPicture.id).where(CameraPicture.camera_id == camera.id).order_by(CameraPicture.id.desc())
    keep = list(work.session.scalars(kept.limit(PICTURES_KEPT)))
    work.session.execute(
        delete(CameraPicture).where(CameraPicture.camera_id == camera.id, CameraPicture.id.not_in(keep)),
        execution_options={"synchronize_session": False},
    )
    audit.record(work, "camera_picture_kept", "camera", camera.id, site_id=camera.site_id, source=source.value)
    return row


def latest_picture(work: Work, camera_id: int, *, with_image: bool = False) -> CameraPicture:
    """The latest picture of a camera, or ``CameraPictureMissing``."""
    work.require("read_sites")
    camera_of(work, camera_id)
    latest = (
        select(CameraPicture)
        .where(CameraPicture.camera_id == camera_id)
        .order_by(CameraPicture.taken_at.desc(), CameraPicture.id.desc())
        .limit(1)
    )
    found = work.session.scalars(latest.options(undefer(CameraPicture.image)) if with_image else latest).one_or_none()
    if found is None:
        raise CameraPictureMissing
    return found


def clean_picture(data: bytes) -> CleanPicture:
    """Judge a picture by its content, whatever it is called, and encode it anew without EXIF, profiles or anything appended."""
    if len(data) > LARGEST_PICTURE_BYTES:
        raise PictureTooLarge(field="/file", limit_mb=LARGEST_PICTURE_BYTES // 2**20)
    try:
        with Image.open(io.BytesIO(data), formats=tuple(MEDIA_TYPES)) as opened:
            kind = str(opened.format)
            _check_size(*opened.size)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, ArithmeticError, Image.DecompressionBombError) as error:
        raise PictureUnreadable(field="/file") from error
    image = _encoded(upright, kind)
    if len(image) > LARGEST_PICTURE_BYTES:
        kind, image = "JPEG", _encoded(upright, "JPEG")
    if len(image) > LARGEST_PICTURE_BYTES:
        raise PictureTooLarge(field="/file", limit_mb=LARGEST_PICTURE_BYTES // 2**20)
    return CleanPicture(image=image, media_type=MEDIA_TYPES[kind], width_px=upright.width, height_px=upright.height)


def _check_size(width_px: int, height_px: int) -> None:
    smallest, largest = sorted((width_px, height_px))
    if smallest < SMALLEST_SIDE_PX or largest > LARGEST_SIDE_PX or width_px * height_px > MOST_PIXELS:
        raise PictureUnreadable(field="/file")


def _encoded(picture: Image.Image, kind: str) -> bytes:
    # saved from bare pixels, so that nothing that came with the file goes on
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    buffer = io.BytesIO()
    bare.save(buffer, format=kind, **({"quality": 90} if kind == "JPEG" else {}))
    return buffer.getvalue()
