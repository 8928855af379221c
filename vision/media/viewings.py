"""Watching a camera: a viewing is begun with a ticket, opened by the player within a minute, and kept for the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from foundation import audit
from foundation.sealing import Seal
from foundation.work import Work
from sites.cameras.aiming import camera_of
from sites.cameras.models import Camera
from sites.cameras.states import CameraState, StreamProtocol
from vision.media.errors import LiveThroughPlatform, PlayTicketWrong, VideoSessionNotFound
from vision.media.gateway import Source
from vision.media.models import VideoSession
from vision.media.tickets import Tickets
from vision.streams.errors import StreamMissing

#: A viewing ends after so long whatever happens: a forgotten tab is not a viewer.
LONGEST = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A viewing, and the ticket that opens it."""

    session: VideoSession
    ticket: str


def begin(work: Work, camera_id: int, tickets: Tickets) -> Begun:
    """Begin to watch a camera live. Every viewing is in the audit."""
    work.require("watch_video")
    camera = camera_of(work, camera_id)
    if camera.state == CameraState.RETIRED.value or not (camera.stream_sealed or camera.substream_sealed):
        raise StreamMissing
    assert work.viewer.user_id is not None
    session = VideoSession(site_id=camera.site_id, camera_id=camera.id, user_id=work.viewer.user_id, started_at=work.now)
    work.session.add(session)
    work.session.flush()
    audit.record(work, "video_watched", "camera", camera.id, site_id=camera.site_id)
    return Begun(session=session, ticket=tickets.write(session.id, session.user_id, work.now))


def open_with_ticket(work: Work, session_id: int, ticket: str | None, tickets: Tickets) -> VideoSession:
    """The player comes for its playlist: the first time in time, later as long as the viewing lasts."""
    session = viewing(work, session_id)
    until = tickets.signed(ticket or "", session.id, session.user_id)
    if until is None or (session.opened_at is None and work.now > until):
        raise PlayTicketWrong
    session.opened_at = session.opened_at or work.now
    return session


def viewing(work: Work, session_id: int) -> VideoSession:
    """One's own viewing that has not ended, of a camera one still sees."""
    work.require("watch_video")
    session = work.session.scalars(select(VideoSession).where(VideoSession.id == session_id)).one_or_none()
    mine = session is not None and session.user_id == work.viewer.user_id
    if session is None or not mine or session.ended_at is not None or work.now - session.started_at > LONGEST:
        raise VideoSessionNotFound
    return session


def end(work: Work, session_id: int) -> None:
    """Stop watching."""
    viewing(work, session_id).ended_at = work.now


def source_of(work: Work, camera_id: int, seal: Seal, *, grid: bool = False) -> Source:
    """The stream to carry: the main one for a large picture, the sub-stream for a small one."""
    camera: Camera = camera_of(work, camera_id)
    sealed = (camera.substream_sealed or camera.stream_sealed) if grid else (camera.stream_sealed or camera.substream_sealed)
    if sealed is None or camera.protocol is None:
        raise StreamMissing
    if camera.protocol == StreamProtocol.GB28181.value:
        raise LiveThroughPlatform
    return Source(
        camera_id=camera.id,
        protocol=StreamProtocol(camera.protocol),
        address=seal.open(sealed),
        substream=sealed is camera.substream_sealed,
    )
