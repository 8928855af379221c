"""Cameras somebody keeps at hand."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from foundation.work import Work
from sites.cameras.aiming import camera_of
from vision.media.models import CameraStar


def star(work: Work, camera_id: int) -> None:
    """Keep a camera at hand."""
    work.require("watch_video")
    camera = camera_of(work, camera_id)
    row = insert(CameraStar).values(user_id=work.viewer.user_id, camera_id=camera.id, site_id=camera.site_id)
    work.session.execute(row.on_conflict_do_nothing())


def unstar(work: Work, camera_id: int) -> None:
    """Keep it at hand no longer."""
    work.require("watch_video")
    camera_of(work, camera_id)
    own = (CameraStar.user_id == work.viewer.user_id) & (CameraStar.camera_id == camera_id)
    work.session.execute(delete(CameraStar).where(own))
