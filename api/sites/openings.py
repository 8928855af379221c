"""开户: filing, amending and deciding openings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, Field
from shapely import LineString, MultiPolygon, Point, Polygon

from api.dependencies import PageDep, ReadWorkDep, SettingsDep, WorkDep
from api.geometry import GeoJson, In, geometry_in
from api.language import LanguageDep
from api.sites.shapes import SitePage, summaries
from api.sites.sites import SiteDetail, SiteId, site_detail
from foundation.labels import Language, label
from foundation.problems import Invalid
from foundation.work import Work
from sites.opening import (
    FiledOpening,
    OpeningForm,
    Party,
    amend_opening,
    approve_opening,
    open_site,
    refuse_opening,
    return_opening,
    submit_opening,
)
from sites.queries import SiteFilter, list_sites, site_of
from sites.states import OpeningState, ParticipantRole, SiteType, Specialty
from spatial.crs import SourceCrs

router = APIRouter(prefix="/openings", tags=["openings"])


class GeometryKindWrong(Invalid):
    """The geometry is of the wrong kind for this field."""

    detail = "Expected: {expected}."


class ProjectIn(In):
    """The project an opening belongs to."""

    name: str = Field(min_length=2, max_length=200)
    specialty: Specialty
    invest_code: str | None = Field(None, pattern=r"^\d{4}-\d{6}-\d{2}-\d{2}-[0-9A-Z]{6,20}$")
    planned_from: date
    planned_to: date
    alignment: GeoJson | None = None
    width_m: float | None = Field(None, gt=0, le=500)


class SiteIn(In):
    """The site that is opened."""

    name: str = Field(min_length=2, max_length=200)
    address: str = Field(min_length=2, max_length=300)
    site_type: SiteType
    registered_area_m2: float | None = Field(None, gt=0, le=2e7)
    location: tuple[float, float]
    location_crs: SourceCrs = SourceCrs.CGCS2000
    outline: GeoJson | None = None


class PartyIn(In):
    """An organisation that takes part."""

    credit_code: str = Field(min_length=18, max_length=18)
    name: str = Field(min_length=2, max_length=200)
    role: ParticipantRole
    leader_name: str = Field(min_length=1, max_length=100)


class OpeningIn(In):
    """What is filed."""

    project: ProjectIn
    site: SiteIn
    participants: list[PartyIn] = Field(max_length=50)

    def form(self) -> OpeningForm:
        """The form as the domain knows it; geometry parsed strictly."""
        x, y = self.site.location
        location = geometry_in({"type": "Point", "coordinates": [x, y]}, "/site/location", self.site.location_crs)
        assert isinstance(location, Point)
        return OpeningForm(
            project_name=self.project.name,
            specialty=self.project.specialty,
            invest_code=self.project.invest_code,
            planned_from=self.project.planned_from,
            planned_to=self.project.planned_to,
            alignment=_kind(self.project.alignment, "/project/alignment", LineString),
            width_m=self.project.width_m,
            site_name=self.site.name,
            address=self.site.address,
            site_type=self.site.site_type,
            registered_area_m2=self.site.registered_area_m2,
            location=location,
            outline=_kind(self.site.outline, "/site/outline", (Polygon, MultiPolygon)),
            parties=[Party(**party.model_dump()) for party in self.participants],
        )


class AmendmentIn(OpeningIn):
    """A draft or returned opening, anew."""

    version: int


class StepIn(In):
    """One step of the opening."""

    version: int
    opinion: str | None = Field(None, max_length=1000)


class OpeningRemarkOut(BaseModel):
    """Something the station should look at."""

    code: str
    message: str
    params: dict[str, Any]


class FiledOpeningOut(SiteDetail):
    """An opening: its site, and remarks."""

    remarks: list[OpeningRemarkOut]


class AccountOut(BaseModel):
    """An account made at approval; the password is shown this once."""

    login: str
    initial_password: str
    post: str


class ApprovalOut(SiteDetail):
    """An approved opening with its code and accounts."""

    accounts: list[AccountOut]


@router.post("", status_code=status.HTTP_201_CREATED)
def file_opening(work: WorkDep, filed: OpeningIn, language: LanguageDep) -> FiledOpeningOut:
    """File an opening as a draft."""
    return _filed(work, open_site(work, filed.form()), language)


@router.get("")
def openings(work: ReadWorkDep, page: PageDep, state: Annotated[OpeningState | None, Query()] = None) -> SitePage:
    """Openings you may see, the latest first."""
    work.require("read_sites")
    wanted = SiteFilter(opening_state=state)
    found, total = list_sites(work, wanted, sort="-updated_at", limit=page.size, offset=page.offset)
    return SitePage(items=summaries(work, found), total=total, page=page.number, size=page.size)


@router.get("/{site_id}")
def opening(work: ReadWorkDep, site_id: SiteId) -> SiteDetail:
    """One opening."""
    work.require("read_sites")
    return site_detail(work, site_of(work, site_id))


@router.put("/{site_id}")
def amend(work: WorkDep, site_id: SiteId, filed: AmendmentIn, language: LanguageDep) -> FiledOpeningOut:
    """Replace the contents of a draft or returned opening."""
    return _filed(work, amend_opening(work, site_id, filed.form(), filed.version), language)


@router.post("/{site_id}/submit")
def submit(work: WorkDep, site_id: SiteId, step: StepIn) -> SiteDetail:
    """Hand the opening to the station."""
    return _seen(work, submit_opening(work, site_id, step.version, step.opinion).id)


@router.post("/{site_id}/return")
def send_back(work: WorkDep, site_id: SiteId, step: StepIn) -> SiteDetail:
    """Return the opening with an opinion."""
    return _seen(work, return_opening(work, site_id, step.version, step.opinion).id)


@router.post("/{site_id}/refuse")
def refuse(work: WorkDep, site_id: SiteId, step: StepIn) -> SiteDetail:
    """Refuse the opening for good."""
    return _seen(work, refuse_opening(work, site_id, step.version, step.opinion).id)


@router.post("/{site_id}/approve")
def approve(work: WorkDep, site_id: SiteId, step: StepIn, settings: SettingsDep) -> ApprovalOut:
    """Approve the opening: code, accounts, and the duty to plot."""
    approved = approve_opening(work, site_id, step.version, step.opinion, security=settings.security)
    accounts = [
        AccountOut(login=account.login, initial_password=account.initial_password, post=account.post)
        for account in approved.accounts
    ]
    return ApprovalOut(**_seen(work, approved.site.id).model_dump(), accounts=accounts)


def _filed(work: Work, filed: FiledOpening, language: Language) -> FiledOpeningOut:
    remarks = [
        OpeningRemarkOut(
            code=remark.code,
            message=label(f"opening.remark.{remark.code}", language, **_named(remark.params, language)),
            params=remark.params,
        )
        for remark in filed.remarks
    ]
    return FiledOpeningOut(**_seen(work, filed.site.id).model_dump(), remarks=remarks)


def _named(params: dict[str, Any], language: Language) -> dict[str, Any]:
    return params | {"name": params.get("name") or label("rule.hidden_neighbour", language)}


def _seen(work: Work, site_id: int) -> SiteDetail:
    """The site after the step. Reactions have to run first: a new site must be among the viewer's own by then."""
    work.react()
    return site_detail(work, site_of(work, site_id))


def _kind(geometry: GeoJson | None, field: str, kind: Any) -> Any:
    if geometry is None:
        return None
    shape = geometry_in(geometry, field)
    if not isinstance(shape, kind):
        names = kind if isinstance(kind, tuple) else (kind,)
        raise GeometryKindWrong(field=field, expected=", ".join(one.__name__ for one in names))
    return shape
