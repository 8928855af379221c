"""视频广场: cameras to choose from, by place, by what they watch, by who likes them; and what sees a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shapely import Point
from sqlalchemy import ColumnElement, func, select

from coverage.models import Scene
from foundation.work import Work
from sites.cameras.models import Camera, CameraPicture, CameraPose
from sites.cameras.states import CameraState, CameraTag, FootprintMethod
from sites.literals import literal_shape
from sites.models import Device, Site, SiteDistrict
from sites.states import Connectivity, Specialty
from vision.media.models import CameraStar, VideoSession

#: Viewings of so many days make a camera hot.
HOT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class PlazaFilter:
    """Which cameras are asked for; every member narrows the list."""

    q: str | None = None
    site_id: int | None = None
    district: str | None = None
    specialty: Specialty | None = None
    tag: CameraTag | None = None
    scene_type: str | None = None
    online: bool | None = None
    starred: bool = False
    playable: bool = False
    camera_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlazaCamera:
    """A camera as a tile of the plaza."""

    camera_id: int
    code: str
    name: str
    site_id: int
    site_name: str
    connectivity: Connectivity
    tags: tuple[CameraTag, ...]
    method: FootprintMethod
    location: Any
    playable: bool
    substream: bool
    starred: bool
    viewings: int
    #: When the last kept picture was taken; None when there is none.
    picture_at: datetime | None
    #: Metres from the place that was asked for.
    away_m: float | None = None


def plaza(work: Work, wanted: PlazaFilter, *, limit: int, offset: int) -> tuple[list[PlazaCamera], int]:
    """A page of cameras, starred and much watched ones first."""
    work.require("watch_video")
    conditions = _conditions(work, wanted)
    counted = _joined(select(func.count(Camera.id))).where(*conditions)
    rows = work.session.execute(
        _listed(work)
        .where(*conditions)
        .order_by(_starred(work).desc(), _viewings(work).desc(), Site.name, Device.code, Camera.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [_camera(row) for row in rows], work.session.execute(counted).scalar_one()


def seeing(work: Work, place: Point) -> list[PlazaCamera]:
    """Cameras whose footprint in force holds a place (lon/lat, EPSG:4490), the nearest first."""
    work.require("watch_video")
    point = literal_shape(place)
    away = func.ST_Distance(func.geography(CameraPose.location), func.geography(point))
    rows = work.session.execute(
        _listed(work)
        .add_columns(away.label("away_m"))
        .where(Camera.state != CameraState.RETIRED.value, func.ST_Intersects(CameraPose.footprint, point))
        .order_by(away, Camera.id)
        .limit(50)
    ).all()
    return [_camera(row, away_m=row.away_m) for row in rows]


def _joined(query: Any) -> Any:
    return (
        query.join(CameraPose, (CameraPose.camera_id == Camera.id) & func.upper_inf(CameraPose.valid))
        .join(Device, Device.id == Camera.device_id)
        .join(Site, Site.id == Camera.site_id)
    )


def _listed(work: Work) -> Any:
    picture = (
        select(func.max(CameraPicture.taken_at)).where(CameraPicture.camera_id == Camera.id).correlate(Camera).scalar_subquery()
    )
    return _joined(
        select(
            Camera.id.label("camera_id"),
            Device.code,
            Device.name,
            Camera.site_id,
            Site.name.label("site_name"),
            Device.connectivity,
            Camera.tags,
            CameraPose.method,
            CameraPose.location,
            _playable().label("playable"),
            Camera.substream_sealed.is_not(None).label("substream"),
            _starred(work).label("starred"),
            _viewings(work).label("viewings"),
            picture.label("picture_at"),
        )
    )


def _playable() -> ColumnElement[bool]:
    return Camera.stream_sealed.is_not(None) | Camera.substream_sealed.is_not(None)


def _starred(work: Work) -> ColumnElement[bool]:
    own = select(CameraStar.camera_id).where(CameraStar.user_id == work.viewer.user_id)
    return Camera.id.in_(own)


def _viewings(work: Work) -> ColumnElement[int]:
    lately = VideoSession.started_at > work.now - HOT
    return (
        select(func.count(VideoSession.id)).where(VideoSession.camera_id == Camera.id, lately).correlate(Camera).scalar_subquery()
    )


def _conditions(work: Work, wanted: PlazaFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Camera.state != CameraState.RETIRED.value]
    if wanted.q:
        found.append(Device.name.icontains(wanted.q, autoescape=True) | Site.name.icontains(wanted.q, autoescape=True))
    plain = {Camera.site_id: wanted.site_id, Site.specialty: wanted.specialty}
    found += [column == value for column, value in plain.items() if value is not None]
    if wanted.district:
        found.append(Camera.site_id.in_(select(SiteDistrict.site_id).where(SiteDistrict.district_code == wanted.district)))
    if wanted.tag is not None:
        found.append(Camera.tags.contains([wanted.tag.value]))
    if wanted.scene_type:
        seen = select(Scene.id).where(
            Scene.site_id == Camera.site_id,
            Scene.scene_type == wanted.scene_type,
            func.ST_Intersects(Scene.geom, CameraPose.footprint),
        )
        found.append(seen.exists())
    if wanted.online is not None:
        online = Device.connectivity == Connectivity.ONLINE.value
        found.append(online if wanted.online else ~online)
    if wanted.starred:
        found.append(_starred(work))
    if wanted.playable:
        found.append(_playable())
    if wanted.camera_ids:
        found.append(Camera.id.in_(wanted.camera_ids))
    return found


def _camera(row: Any, away_m: float | None = None) -> PlazaCamera:
    return PlazaCamera(
        camera_id=row.camera_id,
        code=row.code,
        name=row.name,
        site_id=row.site_id,
        site_name=row.site_name,
        connectivity=Connectivity(row.connectivity),
        tags=tuple(CameraTag(one) for one in row.tags),
        method=FootprintMethod(row.method),
        location=row.location,
        playable=row.playable,
        substream=row.substream,
        starred=row.starred,
        viewings=row.viewings,
        picture_at=row.picture_at,
        away_m=away_m,
    )
