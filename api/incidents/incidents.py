"""事件: reporting, lists and desks, one with everything, its pictures, and the steps of its loop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Query, Response, UploadFile, status
from pydantic import AwareDatetime, BaseModel, Field
from shapely import Point

from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, geometry_in, lon_lat
from api.sites.filters import bbox_of
from incidents.evidence import add_picture, picture_of
from incidents.loop import Step, go_on
from incidents.models import Incident
from incidents.reading import IncidentFilter, Listed, Whole, desk, list_incidents, whole
from incidents.reporting import Report, report_incident, similar
from incidents.states import (
    EvidenceStage,
    IncidentAction,
    IncidentKind,
    IncidentSeverity,
    IncidentSourceKind,
    IncidentState,
    Located,
    LoopLevel,
)
from sites.cameras.pictures import LARGEST_PICTURE_BYTES

router = APIRouter(tags=["incidents"])
IncidentId = Annotated[int, Path(ge=1, lt=2**63)]
Opinion = Annotated[str | None, Field(max_length=1000)]


class IncidentIn(In):
    """What was seen. The site follows from the place."""

    kind: IncidentKind
    severity: IncidentSeverity = IncidentSeverity.MODERATE
    location: GeoJson
    occurred_at: AwareDatetime
    located: Located = Located.MAP
    accuracy_m: Annotated[float | None, Field(ge=0, le=10_000)] = None
    note: Annotated[str | None, Field(max_length=1000)] = None


class IncidentStepIn(In):
    """A step of the loop; ``version`` is the incident's as it was read."""

    version: Annotated[int, Field(ge=1)]
    opinion: Opinion = None
    #: When confirming: how grave it really is.
    severity: IncidentSeverity | None = None
    #: When marking a duplicate: the incident it doubles.
    master_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    #: When suspending: until when.
    until: AwareDatetime | None = None


class IncidentOut(BaseModel):
    """An incident in a list."""

    id: int
    version: int
    site_id: int
    site_name: str
    kind: IncidentKind
    severity: IncidentSeverity
    state: IncidentState
    level: LoopLevel
    note: str | None
    location: tuple[float, float]
    accuracy_m: float | None
    located: Located
    camera_id: int | None
    occurred_at: datetime
    reported_at: datetime
    reporter_name: str
    due_at: datetime | None
    overdue: bool
    closed_at: datetime | None
    master_id: int | None


class ReportedOut(IncidentOut):
    """A reported incident; ``merged`` = it was known, and has another source now."""

    merged: bool


class IncidentList(BaseModel):
    """A page of incidents."""

    items: list[IncidentOut]
    total: int


class IncidentStepOut(BaseModel):
    """A step that was taken."""

    at: datetime
    viewer_name: str
    action: IncidentAction
    from_state: IncidentState | None
    to_state: IncidentState
    level: LoopLevel
    opinion: str | None


class SourceOut(BaseModel):
    """Who said so."""

    kind: IncidentSourceKind
    name: str
    at: datetime
    location: tuple[float, float]
    details: dict[str, Any]


class EvidenceOut(BaseModel):
    """A picture, without its pixels."""

    id: int
    stage: EvidenceStage
    media_type: str
    width_px: int
    height_px: int
    sha256: str
    taken_at: datetime
    author_name: str
    location: tuple[float, float] | None


class WholeOut(IncidentOut):
    """An incident with everything; ``actions`` is what this viewer may do now."""

    boundary_number: int | None
    responsible_id: int | None
    rejections: int
    digest: str | None
    steps: list[IncidentStepOut]
    sources: list[SourceOut]
    pictures: list[EvidenceOut]
    actions: list[IncidentAction]


def incident_filter(
    site_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    district: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    kind: IncidentKind | None = None,
    severity: IncidentSeverity | None = None,
    state: IncidentState | None = None,
    level: LoopLevel | None = None,
    open: bool | None = None,
    overdue: bool | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
) -> IncidentFilter:
    """What narrows a list of incidents."""
    return IncidentFilter(
        site_id=site_id,
        district=district,
        kind=kind,
        severity=severity,
        state=state,
        level=level,
        open=open,
        overdue=overdue,
        since=since,
        until=until,
        bbox=bbox_of(bbox),
    )


@router.post("/incidents", status_code=status.HTTP_201_CREATED)
def report(work: WorkDep, new: IncidentIn, response: Response) -> ReportedOut:
    """Report what was seen. The same thing seen twice is one incident with two sources."""
    location = _point(new.location)
    plain = new.model_dump(exclude={"location"})
    found = report_incident(work, Report(location=location, **plain))
    if found.merged:
        response.status_code = status.HTTP_200_OK
    name = whole(work, found.incident.id).site_name
    return ReportedOut(**_plain(found.incident, name, work.now), merged=found.merged)


@router.get("/incidents")
def incidents(work: ReadWorkDep, page: PageDep, wanted: Annotated[IncidentFilter, Depends(incident_filter)]) -> IncidentList:
    """Incidents, the newest first."""
    return _list(work.now, *list_incidents(work, wanted, limit=page.size, offset=page.offset))


@router.get("/incidents/desk")
def own_desk(work: ReadWorkDep, page: PageDep) -> IncidentList:
    """What waits for this viewer's step, what is due first before the rest."""
    return _list(work.now, *desk(work, limit=page.size, offset=page.offset))


@router.get("/incidents/similar")
def already_known(
    work: ReadWorkDep,
    kind: IncidentKind,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> IncidentList:
    """Open incidents of the kind within 50 m: perhaps it is known already."""
    found = [Listed(incident=one, site_name=whole(work, one.id).site_name) for one in similar(work, kind, Point(lon, lat))]
    return _list(work.now, found, len(found))


@router.get("/incidents/{incident_id}")
def incident(work: ReadWorkDep, incident_id: IncidentId) -> WholeOut:
    """One incident with everything."""
    return _whole(whole(work, incident_id), work.now)


@router.post("/incidents/{incident_id}/actions/{action}")
def take_step(work: WorkDep, incident_id: IncidentId, action: IncidentAction, given: IncidentStepIn) -> WholeOut:
    """Take a step of the loop: 409 when the incident has moved or its state does not allow it."""
    step = Step(action=action, **given.model_dump(exclude={"version"}))
    go_on(work, incident_id, step, version=given.version)
    work.session.flush()
    return _whole(whole(work, incident_id), work.now)


@router.post("/incidents/{incident_id}/pictures", status_code=status.HTTP_201_CREATED)
def add(
    work: WorkDep,
    incident_id: IncidentId,
    file: Annotated[UploadFile, File()],
    stage: Annotated[EvidenceStage, Form()] = EvidenceStage.FOUND,
    taken_at: Annotated[AwareDatetime | None, Form()] = None,
    lon: Annotated[float | None, Form(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Form(ge=-90, le=90)] = None,
) -> EvidenceOut:
    """Add a picture, JPEG or PNG; it is encoded anew, and what a file carries beside its pixels is dropped."""
    place = Point(lon, lat) if lon is not None and lat is not None else None
    data = file.file.read(LARGEST_PICTURE_BYTES + 1)
    return _evidence(add_picture(work, incident_id, data, stage, taken_at=taken_at, location=place))


@router.get("/incidents/{incident_id}/pictures/{evidence_id}", response_class=Response)
def picture(work: ReadWorkDep, incident_id: IncidentId, evidence_id: IncidentId) -> Response:
    """The pixels."""
    found = picture_of(work, incident_id, evidence_id)
    headers = {"ETag": f'"{found.sha256[:32]}"', "Cache-Control": "private, max-age=86400, immutable"}
    return Response(found.image, media_type=found.media_type, headers=headers)


def _point(geometry: GeoJson) -> Point:
    shape = geometry_in(geometry, "/location")
    return shape if isinstance(shape, Point) else shape.representative_point()


def _plain(one: Incident, site_name: str, now: datetime) -> dict[str, Any]:
    own = {"site_name", "location", "overdue"}
    plain = {name: getattr(one, name) for name in IncidentOut.model_fields if name not in own}
    overdue = one.due_at is not None and one.due_at < now
    return plain | {"site_name": site_name, "location": lon_lat(one.location), "overdue": overdue}


def _list(now: datetime, found: list[Listed], total: int) -> IncidentList:
    return IncidentList(items=[IncidentOut(**_plain(one.incident, one.site_name, now)) for one in found], total=total)


def _whole(found: Whole, now: datetime) -> WholeOut:
    one = found.incident
    return WholeOut(
        **_plain(one, found.site_name, now),
        boundary_number=one.boundary_number,
        responsible_id=one.responsible_id,
        rejections=one.rejections,
        digest=one.digest,
        steps=[IncidentStepOut.model_validate(step, from_attributes=True) for step in found.steps],
        sources=[
            SourceOut(
                kind=IncidentSourceKind(source.kind),
                name=source.name,
                at=source.at,
                location=lon_lat(source.location),
                details=source.details,
            )
            for source in found.sources
        ],
        pictures=[_evidence(picture) for picture in found.pictures],
        actions=list(found.actions),
    )


def _evidence(row: Any) -> EvidenceOut:
    plain = {name: getattr(row, name) for name in EvidenceOut.model_fields if name != "location"}
    return EvidenceOut(**plain, location=lon_lat(row.location) if row.location is not None else None)
