"""数字化方案: a site's plans, their review, and what of them stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field
from shapely import Point

from api.coverage.placement import PlacementIn, PoseWanted, pose_wanted
from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, geojson_or_none, geometry_in, lon_lat
from api.language import LanguageDep
from api.sites.plots import IfMatch, base_number
from api.sites.poses import PoseIn
from api.sites.sites import SiteId
from coverage.models import DigitalPlan
from coverage.placement.suggesting import suggest_cameras
from coverage.plans.drafting import draft_plan, put_items, submit_plan
from coverage.plans.matching import link_item
from coverage.plans.reading import items_of, plan_of, plans_of, progress_of_plan, queue, reminders_of, steps_of
from coverage.plans.reviewing import accept_item, approve_plan, return_plan
from coverage.plans.values import ItemGiven, ItemNow, Naming, items_from, pose_of
from coverage.states import ItemState, PlanReminderKind, PlanState, PlanStepKind
from foundation.labels import Language, label
from foundation.work import Work
from sites.cameras.aiming import footprint_shown
from sites.cameras.states import CameraKind, CameraTag, Level
from sites.cameras.surroundings import Surroundings, surroundings_of
from sites.queries import site_of
from sites.states import DeviceClass
from spatial.crs import SourceCrs

router = APIRouter(tags=["plans"])
Number = Annotated[int, Path(ge=1, lt=2**31)]
ItemId = Annotated[int, Path(ge=1, lt=2**63)]


class ItemIn(In):
    """A planned device. A camera's place is in its pose; ``camera_id`` is one that stands and is to be aimed so."""

    item_id: int | None = Field(None, ge=1)
    name: str = Field(min_length=1, max_length=100)
    device_class: DeviceClass
    location: tuple[float, float] | None = None
    location_crs: SourceCrs = SourceCrs.CGCS2000
    kind: CameraKind = CameraKind.FIXED
    level: Level = Level.SURFACE
    pose: PoseIn | None = None
    tags: list[CameraTag] = Field(default_factory=list, max_length=20)
    algorithms: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=60)
    camera_id: int | None = Field(None, ge=1)
    due_on: date | None = None
    responsible: str | None = Field(None, max_length=100)

    def given(self, field: str) -> ItemGiven:
        """The value of the domain."""
        place = None
        if self.location is not None:
            drawn = {"type": "Point", "coordinates": list(self.location)}
            place = geometry_in(drawn, f"{field}/location", self.location_crs)
            assert isinstance(place, Point)
        names = ("item_id", "name", "device_class", "kind", "level", "camera_id", "due_on", "responsible")
        return ItemGiven(
            location=place,
            pose=self.pose.given(f"{field}/pose") if self.pose is not None else None,
            tags=tuple(self.tags),
            algorithms=tuple(self.algorithms),
            **{name: getattr(self, name) for name in names},
        )


class PlanIn(In):
    """The devices of a plan."""

    note: str | None = Field(None, max_length=2000)
    items: list[ItemIn] = Field(default_factory=list, max_length=500)

    def given(self) -> list[ItemGiven]:
        """The values of the domain."""
        return [one.given(f"/items/{position}") for position, one in enumerate(self.items)]


class NewPlan(PlanIn):
    """A plan to begin; with ``suggestion`` the cameras suggested for it are taken up beside the items."""

    suggestion: PlacementIn | None = None
    suggested_due_on: date | None = None
    suggested_responsible: str | None = Field(None, max_length=100)


class PlanStepIn(In):
    """Which version of a plan is meant."""

    version: int


class PlanReviewIn(PlanStepIn):
    """The reviewer's word."""

    opinion: str | None = Field(None, max_length=1000)


class LinkIn(PlanStepIn):
    """The device that was put up for an item; null takes it away."""

    device_id: int | None = Field(ge=1)


class PredictedOut(BaseModel):
    """A requirement as a plan predicts it; ``share`` is null where there is nothing to measure."""

    scene_id: int
    scene_name: str
    element: str
    mandatory: bool
    required_share: float
    share: float | None
    met: bool | None


class PredictionOut(BaseModel):
    """What a plan predicts together with the cameras that stand."""

    requirements: list[PredictedOut]
    share: float | None
    required: int
    met: int
    unknown: int
    unmet: int
    catalogue_number: int
    at: datetime


class ItemOut(BaseModel):
    """A planned device, its ghost, and how far it is."""

    id: int
    name: str
    device_class: DeviceClass
    location: tuple[float, float]
    kind: CameraKind | None
    level: Level
    pose: PoseWanted | None
    tags: list[str]
    algorithms: list[str]
    camera_id: int | None
    due_on: date | None
    responsible: str | None
    state: ItemState
    device_id: int | None
    installed_at: datetime | None
    #: Found by class, place and tags; false when somebody said so.
    matched: bool
    accepted_at: datetime | None
    accepted_by_name: str | None
    footprint: GeoJson | None


class PlanStepOut(BaseModel):
    """One step in the life of a plan."""

    at: datetime
    viewer_name: str
    action: PlanStepKind
    from_state: PlanState | None
    to_state: PlanState
    opinion: str | None


class PlanReminderOut(BaseModel):
    """Somebody was reminded of a planned device."""

    item_id: int
    kind: PlanReminderKind
    at: datetime
    due_on: date
    responsible: str | None


class PlanLine(BaseModel):
    """A plan in a list."""

    site_id: int
    number: int
    version: int
    state: PlanState
    author_name: str
    note: str | None
    created_at: datetime
    submitted_at: datetime | None
    reviewed_at: datetime | None
    reviewer_name: str | None
    opinion: str | None


class PlanOut(PlanLine):
    """A plan with everything that hangs on it."""

    predicted: PredictionOut | None
    items: list[ItemOut]
    steps: list[PlanStepOut]
    reminders: list[PlanReminderOut]


class PlanList(BaseModel):
    """The plans of a site, the latest first."""

    items: list[PlanLine]


class QueueLine(PlanLine):
    """A plan in the reviewers' queue."""

    site_name: str
    site_code: str | None


class PlanQueue(BaseModel):
    """One page of plans, those that wait longest first."""

    items: list[QueueLine]
    total: int
    page: int
    size: int


class ComparedOut(BaseModel):
    """A requirement as predicted and as it is."""

    scene_id: int
    scene_name: str
    element: str
    mandatory: bool
    required_share: float
    predicted: float | None
    actual: float | None


class PlanProgressOut(BaseModel):
    """Planned against installed."""

    site_id: int
    number: int
    state: PlanState
    total: int
    installed: int
    accepted: int
    overdue: int
    installed_share: float | None
    items: list[ItemOut]
    requirements: list[ComparedOut]
    reminders: list[PlanReminderOut]


@router.get("/plans")
def plans_to_review(
    work: ReadWorkDep, page: PageDep, state: Annotated[PlanState | None, Query(description="Only plans in this state.")] = None
) -> PlanQueue:
    """Plans of all the sites you may see."""
    work.require("read_sites")
    found, total = queue(work, state, limit=page.size, offset=page.offset)
    lines = [QueueLine(site_name=site.name, site_code=site.code, **_line(plan)) for plan, site in found]
    return PlanQueue(items=lines, total=total, page=page.number, size=page.size)


@router.get("/sites/{site_id}/plans")
def plans_of_a_site(work: ReadWorkDep, site_id: SiteId) -> PlanList:
    """Every plan of a site, the latest first."""
    work.require("read_sites")
    return PlanList(items=[PlanLine(**_line(plan)) for plan in plans_of(work, site_id)])


@router.post("/sites/{site_id}/plans", status_code=status.HTTP_201_CREATED)
def draft(work: WorkDep, site_id: SiteId, new: NewPlan, response: Response, language: LanguageDep) -> PlanOut:
    """Begin a plan, from devices or from a suggestion."""
    items = new.given()
    if new.suggestion is not None:
        suggested = suggest_cameras(work, site_id, new.suggestion.wanted())
        naming = _naming(language)
        items += items_from(suggested, naming, due_on=new.suggested_due_on, responsible=new.suggested_responsible)
    return _answer(work, draft_plan(work, site_id, items, new.note), response)


@router.get("/sites/{site_id}/plans/{number}")
def plan(work: ReadWorkDep, site_id: SiteId, number: Number, response: Response) -> PlanOut:
    """One plan."""
    work.require("read_sites")
    return _answer(work, plan_of(work, site_id, number), response)


@router.put("/sites/{site_id}/plans/{number}")
def change(
    work: WorkDep, site_id: SiteId, number: Number, changed: PlanIn, response: Response, if_match: IfMatch = None
) -> PlanOut:
    """Replace the devices over the version named by If-Match; of an approved plan this begins the next one."""
    version = base_number(if_match)
    return _answer(work, put_items(work, site_id, number, changed.given(), changed.note, version=version), response)


@router.post("/sites/{site_id}/plans/{number}/submit")
def submit(work: WorkDep, site_id: SiteId, number: Number, step: PlanStepIn, response: Response) -> PlanOut:
    """Hand a plan to review; what it predicts is kept with it."""
    return _answer(work, submit_plan(work, site_id, number, version=step.version), response)


@router.post("/sites/{site_id}/plans/{number}/approve")
def approve(work: WorkDep, site_id: SiteId, number: Number, review: PlanReviewIn, response: Response) -> PlanOut:
    """Put a plan in force."""
    return _answer(work, approve_plan(work, site_id, number, review.opinion, version=review.version), response)


@router.post("/sites/{site_id}/plans/{number}/return")
def send_back(work: WorkDep, site_id: SiteId, number: Number, review: PlanReviewIn, response: Response) -> PlanOut:
    """Send a plan back, saying why."""
    return _answer(work, return_plan(work, site_id, number, review.opinion, version=review.version), response)


@router.get("/sites/{site_id}/plans/{number}/progress")
def progress(work: ReadWorkDep, site_id: SiteId, number: Number) -> PlanProgressOut:
    """What of a plan stands, and what was predicted beside what is."""
    work.require("read_sites")
    found = progress_of_plan(work, site_id, number)
    plain = {name: getattr(found, name) for name in ("total", "installed", "accepted", "overdue", "installed_share")}
    compared = [ComparedOut(**{name: getattr(one, name) for name in ComparedOut.model_fields}) for one in found.requirements]
    return PlanProgressOut(
        site_id=site_id,
        number=number,
        state=PlanState(found.plan.state),
        items=_items(work, site_id, found.items),
        requirements=compared,
        reminders=_reminders(work, found.plan),
        **plain,
    )


@router.post("/sites/{site_id}/plans/{number}/items/{item_id}/link")
def link(work: WorkDep, site_id: SiteId, number: Number, item_id: ItemId, wanted: LinkIn, response: Response) -> PlanOut:
    """Say which device was put up for an item."""
    link_item(work, site_id, number, item_id, wanted.device_id, version=wanted.version)
    return _answer(work, plan_of(work, site_id, number), response)


@router.post("/sites/{site_id}/plans/{number}/items/{item_id}/accept")
def accept(work: WorkDep, site_id: SiteId, number: Number, item_id: ItemId, step: PlanStepIn, response: Response) -> PlanOut:
    """Accept a device as it stands; with the last one the plan is closed."""
    accept_item(work, site_id, number, item_id, version=step.version)
    return _answer(work, plan_of(work, site_id, number), response)


def _answer(work: Work, plan: DigitalPlan, response: Response) -> PlanOut:
    work.react()
    response.headers["ETag"] = f'"{plan.version}"'
    steps = [PlanStepOut(**{name: getattr(one, name) for name in PlanStepOut.model_fields}) for one in steps_of(work, plan)]
    predicted = PredictionOut.model_validate(plan.predicted) if plan.predicted else None
    items = _items(work, plan.site_id, items_of(work, plan))
    return PlanOut(predicted=predicted, items=items, steps=steps, reminders=_reminders(work, plan), **_line(plan))


def _line(plan: DigitalPlan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in PlanLine.model_fields}


def _items(work: Work, site_id: int, items: list[ItemNow] | tuple[ItemNow, ...]) -> list[ItemOut]:
    surroundings = surroundings_of(work, site_of(work, site_id))
    return [_item(one, surroundings) for one in items]


def _item(now: ItemNow, surroundings: Surroundings) -> ItemOut:
    item, pose, ghost = now.item, None, None
    if item.pose is not None:
        given = pose_of(item)
        pose = pose_wanted(given)
        shown = footprint_shown(given, CameraKind(item.kind or CameraKind.FIXED.value), Level(item.level), surroundings)
        ghost = None if shown.ground.is_empty else geojson_or_none(shown.ground)
    own = {"location", "pose", "state", "footprint"}
    plain = {name: getattr(item, name) for name in ItemOut.model_fields if name not in own}
    return ItemOut(location=lon_lat(item.location), pose=pose, state=now.state, footprint=ghost, **plain)


def _reminders(work: Work, plan: DigitalPlan) -> list[PlanReminderOut]:
    names = PlanReminderOut.model_fields
    return [PlanReminderOut(**{name: getattr(one, name) for name in names}) for one in reminders_of(work, plan)]


def _naming(language: Language) -> Naming:
    return lambda what, number: label(f"plan_item.{what}", language, number=number)
