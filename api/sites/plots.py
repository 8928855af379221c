"""标绘: the plot of a site, its check while drawing, its submission and review."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import FeatureIn, GeoJson, In, RemarkOut, collection, drawn_features, remark_out, stored_feature
from api.language import LanguageDep
from api.problems import VersionRequired
from api.sites.sites import SiteDetail, SiteId, site_detail
from foundation.clock import end_of_business_day
from foundation.labels import Language
from foundation.work import Work
from sites.checking import PlotCheck, check_features, missing_layers
from sites.mandatory_layers import mandatory_layers
from sites.models import Site
from sites.plots import features_at, version_in_force, version_of
from sites.plotting import PlotToSave, SavedPlot, review_plot, save_plot, submit_plot
from sites.progress import progress_of
from sites.queries import site_of
from spatial.plan_layers import PlanLayer

router = APIRouter(prefix="/sites/{site_id}/plot", tags=["plotting"])
IfMatch = Annotated[str | None, Header(alias="If-Match", description="Number of the version you drew over, quoted.")]


class PlotOut(BaseModel):
    """A version of a site's plot."""

    site_id: int
    version: int
    state: str
    in_force_version: int | None
    features: GeoJson
    remarks: list[RemarkOut] = []
    percent: float


class PlotIn(In):
    """A plot to save."""

    features: list[FeatureIn]
    reason: str | None = Field(None, max_length=500)
    remark_reasons: dict[str, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict, max_length=40)


class CheckIn(In):
    """A plot to check; nothing is saved."""

    features: list[FeatureIn]


class MeasureOut(BaseModel):
    """Measures of one feature."""

    area_m2: float | None
    length_m: float | None


class Measures(BaseModel):
    """Measures of the whole plot."""

    area_m2: float | None
    perimeter_m: float | None
    by_feature: dict[str, MeasureOut]


class CheckOut(BaseModel):
    """What the rules say."""

    remarks: list[RemarkOut]
    measures: Measures
    percent: float
    mandatory_missing: list[PlanLayer]


class SubmitIn(In):
    """Which version to submit."""

    version: int


class ReviewIn(In):
    """The reviewer's word on a version."""

    version: int
    decision: Literal["accept", "return"]
    opinion: str | None = Field(None, max_length=1000)


@router.get("")
def plot(work: ReadWorkDep, site_id: SiteId, response: Response, at: date | None = None) -> PlotOut:
    """The latest version; with ``at`` the one in force at the end of that Shanghai day."""
    work.require("read_sites")
    site = site_of(work, site_id)
    number = version_in_force(work, site.id, end_of_business_day(at)).number if at else site.plot_number
    response.headers["ETag"] = f'"{number}"'
    return plot_out(work, site, number)


@router.put("")
def save(
    work: WorkDep, site_id: SiteId, drawn: PlotIn, response: Response, language: LanguageDep, if_match: IfMatch = None
) -> PlotOut:
    """Save a new version over the one named by If-Match."""
    to_save = PlotToSave(
        features=drawn_features(drawn.features),
        base_number=base_number(if_match),
        reason=drawn.reason,
        remark_reasons=drawn.remark_reasons,
    )
    return saved_out(work, save_plot(work, site_id, to_save), response, language)


@router.post("/check")
def check(work: ReadWorkDep, site_id: SiteId, drawn: CheckIn, language: LanguageDep) -> CheckOut:
    """Run the rules over a plot while it is drawn."""
    work.require("plot")
    site = site_of(work, site_id)
    result = check_features(work, site, drawn_features(drawn.features), submitting=False)
    return check_out(work, site, result, language)


@router.post("/submit")
def submit(work: WorkDep, site_id: SiteId, submitted: SubmitIn) -> SiteDetail:
    """Hand the latest version to review."""
    site = submit_plot(work, site_id, submitted.version)
    work.session.flush()
    return site_detail(work, site)


@router.post("/review")
def review(work: WorkDep, site_id: SiteId, reviewed: ReviewIn) -> SiteDetail:
    """Accept or return a submitted version."""
    accept = reviewed.decision == "accept"
    site = review_plot(work, site_id, reviewed.version, accept=accept, opinion=reviewed.opinion)
    work.session.flush()
    return site_detail(work, site)


@router.get("/versions/{number}")
def version(work: ReadWorkDep, site_id: SiteId, number: Annotated[int, Field(ge=1, lt=2**31)]) -> PlotOut:
    """The plot as one version had it."""
    work.require("read_sites")
    site = site_of(work, site_id)
    version_of(work, site.id, number)
    return plot_out(work, site, number)


def plot_out(work: Work, site: Site, number: int) -> PlotOut:
    """A version as it is answered."""
    rows = features_at(work, site.id, number)
    return PlotOut(
        site_id=site.id,
        version=number,
        state=site.plotting_state,
        in_force_version=site.in_force_number,
        features=collection([stored_feature(row) for row in rows]),
        percent=site.plotting_percent,
    )


def saved_out(work: Work, saved: SavedPlot, response: Response, language: Language) -> PlotOut:
    """A version that was just saved, with its remarks and its ETag."""
    work.session.flush()
    response.headers["ETag"] = f'"{saved.version.number}"'
    out = plot_out(work, saved.site, saved.version.number)
    return out.model_copy(update={"remarks": [remark_out(remark, language) for remark in saved.remarks]})


def base_number(if_match: str | None) -> int:
    """The version number in an If-Match header; 428 without one."""
    text = (if_match or "").strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise VersionRequired(field="If-Match")
    return int(text)


def check_out(work: Work, site: Site, result: PlotCheck, language: Language) -> CheckOut:
    """A check as it is answered; the percentage counts the site's devices as they are."""
    missing = missing_layers(result.features, mandatory_layers(site.site_type))
    return CheckOut(
        remarks=[remark_out(remark, language) for remark in result.remarks],
        measures=Measures(
            area_m2=result.area_m2,
            perimeter_m=result.perimeter_m,
            by_feature={key: MeasureOut(area_m2=one.area_m2, length_m=one.length_m) for key, one in result.measures.items()},
        ),
        percent=progress_of(work, [site])[site.id].with_missing(missing).percent,
        mandatory_missing=missing,
    )
