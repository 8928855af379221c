"""视频: the plaza, what sees a place, and live pictures by HLS."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from shapely import Point

from api.dependencies import CallerDep, PageDep, ReadWorkDep, SealDep, SettingsDep, WorkDep, database_of
from api.geometry import In, lon_lat
from api.sites.cameras import CameraId
from foundation.work import work as unit_of_work
from insights.plaza import PlazaCamera, PlazaFilter, plaza, seeing
from sites.cameras.states import CameraTag, FootprintMethod
from sites.states import Connectivity, Specialty
from vision.media.embedded import PLAYLIST, live_folder
from vision.media.errors import VideoSessionNotFound
from vision.media.gateway import MediaGateway
from vision.media.stars import star, unstar
from vision.media.tickets import VALID_FOR, Tickets
from vision.media.viewings import begin, end, open_with_ticket, source_of, viewing

router = APIRouter(prefix="/video", tags=["video"])
SessionId = Annotated[int, Path(ge=1, lt=2**63)]
#: A query parameter, so never positional.
Flag = Annotated[bool, Query()]
SegmentName = Annotated[str, Path(pattern=r"^(init\.mp4|s\d{1,20}\.m4s)$")]
MEDIA_TYPES = {"m3u8": "application/vnd.apple.mpegurl", "mp4": "video/mp4", "m4s": "video/iso.segment"}


def gateway_of(request: Request) -> MediaGateway:
    """The gateway the application was built with."""
    found: MediaGateway = request.app.state.gateway
    return found


def tickets_of(settings: SettingsDep) -> Tickets:
    """What tickets are signed with."""
    return Tickets(settings.data.folder)


GatewayDep = Annotated[MediaGateway, Depends(gateway_of)]
TicketsDep = Annotated[Tickets, Depends(tickets_of)]


class PlazaCameraOut(BaseModel):
    """A camera of the plaza; ``playable`` false = no stream is registered, ``picture_at`` null = no picture was ever kept."""

    camera_id: int
    code: str
    name: str
    site_id: int
    site_name: str
    connectivity: Connectivity
    tags: list[CameraTag]
    method: FootprintMethod
    location: tuple[float, float] | None
    playable: bool
    substream: bool
    starred: bool
    viewings: int
    picture_at: datetime | None
    away_m: float | None


class PlazaOut(BaseModel):
    """A page of cameras."""

    items: list[PlazaCameraOut]
    total: int


class ViewingIn(In):
    """What to watch."""

    camera_id: Annotated[int, Field(ge=1, lt=2**63)]


class ViewingOut(BaseModel):
    """A viewing: the player takes ``url`` within the ticket's time."""

    id: int
    camera_id: int
    protocol: Literal["hls"] = "hls"
    url: str
    ticket_expires_at: datetime


class GatewayOut(BaseModel):
    """What the gateway does now."""

    carrying: int


def plaza_filter(
    q: Annotated[str | None, Query(max_length=100)] = None,
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    district: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    specialty: Specialty | None = None,
    tag: CameraTag | None = None,
    scene_type: Annotated[str | None, Query(max_length=16)] = None,
    online: bool | None = None,
    starred: Flag = False,  # noqa: FBT002  FastAPI hands it over by name
    playable: Flag = False,  # noqa: FBT002
    camera: Annotated[list[int] | None, Query(max_length=16)] = None,
) -> PlazaFilter:
    """What narrows the plaza."""
    return PlazaFilter(
        q=q.replace("\x00", "") if q else None,
        site_id=site_id,
        district=district,
        specialty=specialty,
        tag=tag,
        scene_type=scene_type.replace("\x00", "") if scene_type else None,
        online=online,
        starred=starred,
        playable=playable,
        camera_ids=tuple(one for one in camera or () if 0 < one < 2**63),
    )


@router.get("/plaza")
def cameras(work: ReadWorkDep, page: PageDep, wanted: Annotated[PlazaFilter, Depends(plaza_filter)]) -> PlazaOut:
    """Cameras to choose from, starred and much watched ones first."""
    found, total = plaza(work, wanted, limit=page.size, offset=page.offset)
    return PlazaOut(items=[_out(one) for one in found], total=total)


@router.get("/at")
def at(
    work: ReadWorkDep,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> PlazaOut:
    """What sees this place? Cameras whose footprint holds it, the nearest first."""
    found = [_out(one) for one in seeing(work, Point(lon, lat))]
    return PlazaOut(items=found, total=len(found))


@router.put("/stars/{camera_id}", status_code=status.HTTP_204_NO_CONTENT)
def keep_at_hand(work: WorkDep, camera_id: CameraId) -> None:
    """Keep a camera at hand."""
    star(work, camera_id)


@router.delete("/stars/{camera_id}", status_code=status.HTTP_204_NO_CONTENT)
def let_go(work: WorkDep, camera_id: CameraId) -> None:
    """Keep it at hand no longer."""
    unstar(work, camera_id)


@router.get("/gateway")
def gateway_state(work: ReadWorkDep, gateway: GatewayDep) -> GatewayOut:
    """How many streams are carried now."""
    work.require("watch_video")
    return GatewayOut(carrying=gateway.carrying())


@router.post("/sessions", status_code=status.HTTP_201_CREATED)
def watch(work: WorkDep, tickets: TicketsDep, wanted: ViewingIn) -> ViewingOut:
    """Begin to watch a camera. The viewing is in the audit."""
    begun = begin(work, wanted.camera_id, tickets)
    url = f"/api/v1/video/sessions/{begun.session.id}/index.m3u8?ticket={begun.ticket}"
    return ViewingOut(id=begun.session.id, camera_id=wanted.camera_id, url=url, ticket_expires_at=work.now + VALID_FOR)


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def stop(work: WorkDep, session_id: SessionId) -> None:
    """Stop watching."""
    end(work, session_id)


@router.get("/sessions/{session_id}/index.m3u8", response_class=Response)
def playlist(
    request: Request,
    caller: CallerDep,
    gateway: GatewayDep,
    tickets: TicketsDep,
    seal: SealDep,
    session_id: SessionId,
    ticket: Annotated[str | None, Query(max_length=100)] = None,
    grid: Flag = False,  # noqa: FBT002
) -> Response:
    """The live playlist; asking for it keeps the stream going. ``grid`` prefers the sub-stream."""
    # the picture may take seconds to come: no transaction waits for it
    with unit_of_work(database_of(request), caller.viewer) as unit:
        session = open_with_ticket(unit, session_id, ticket, tickets)
        source = source_of(unit, session.camera_id, seal, grid=grid)
    found = gateway.live(source)
    if found.folder is None:
        return Response(status_code=307, headers={"Location": found.url or ""})
    return _file(found.folder / PLAYLIST)


@router.get("/sessions/{session_id}/{name}", response_class=Response)
def segment(work: ReadWorkDep, gateway: GatewayDep, settings: SettingsDep, session_id: SessionId, name: SegmentName) -> Response:
    """A part of the picture."""
    session = viewing(work, session_id)
    gateway.watched(session.camera_id)
    return _file(live_folder(settings.data) / str(session.camera_id) / name)


def _file(found: FilePath) -> Response:
    if not found.is_file():
        raise VideoSessionNotFound
    media_type = MEDIA_TYPES[found.suffix.lstrip(".")]
    return FileResponse(found, media_type=media_type, headers={"Cache-Control": "no-store"})


def _out(one: PlazaCamera) -> PlazaCameraOut:
    plain = {name: getattr(one, name) for name in PlazaCameraOut.model_fields if name != "location"}
    return PlazaCameraOut(**plain, location=lon_lat(one.location) if one.location is not None else None)
