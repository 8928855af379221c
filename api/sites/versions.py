"""The history of a plot: versions, their differences, restoring one; drafts and who is editing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response, status
from pydantic import BaseModel, Field

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, geojson_or_none
from api.language import LanguageDep
from api.sites.plots import IfMatch, PlotOut, base_number, saved_out
from api.sites.shapes import NamedOut
from api.sites.sites import SiteId
from sites.drafts import discard_draft, draft_of, keep_draft, note_presence
from sites.history import compare_versions
from sites.models import PlotVersion
from sites.plots import versions_of
from sites.plotting import restore_plot
from sites.queries import site_of

router = APIRouter(prefix="/sites/{site_id}/plot", tags=["plotting"])


class VersionOut(BaseModel):
    """One version in the history."""

    number: int
    state: str
    author: NamedOut
    reason: str | None
    created_at: datetime
    submitted_at: datetime | None
    reviewed_at: datetime | None
    reviewer: NamedOut | None
    opinion: str | None
    in_force_from: datetime | None
    in_force_to: datetime | None
    feature_count: int
    area_m2: float | None
    restored_from: int | None
    remark_reasons: dict[str, str]


class FeatureDifference(BaseModel):
    """What happened to one feature."""

    key: str
    layer: str
    change: str
    difference: GeoJson | None
    area_delta_m2: float | None
    length_delta_m: float | None


class DifferenceOut(BaseModel):
    """What happened between two versions."""

    features: list[FeatureDifference]
    area_delta_m2: float


class RestoreIn(In):
    """Why an old version is restored."""

    reason: str = Field(min_length=1, max_length=500)


class DraftIn(In):
    """Unsaved work, stored as it is."""

    features: list[dict[str, Any]] = Field(max_length=2_000)
    base_version: int = Field(ge=0, lt=2**31)


class DraftOut(BaseModel):
    """A stored draft."""

    features: list[dict[str, Any]] | None = None
    base_version: int | None = None
    saved_at: datetime


class EditorOut(BaseModel):
    """Somebody else who has the plot open."""

    user: NamedOut
    seen_at: datetime


class Editors(BaseModel):
    """Everybody else who has the plot open."""

    items: list[EditorOut]


@router.get("/versions")
def versions(work: ReadWorkDep, site_id: SiteId) -> list[VersionOut]:
    """Every version, the newest first."""
    work.require("read_sites")
    return [_version(row) for row in versions_of(work, site_of(work, site_id).id)]


@router.get("/diff")
def difference(
    work: ReadWorkDep,
    site_id: SiteId,
    old: Annotated[int, Query(alias="from", ge=0, lt=2**31)],
    new: Annotated[int, Query(alias="to", ge=0, lt=2**31)],
) -> DifferenceOut:
    """What was added, removed and changed between two versions; 0 stands for nothing."""
    work.require("read_sites")
    found = compare_versions(work, site_id, old, new)
    features = [
        FeatureDifference(
            key=one.key,
            layer=one.layer,
            change=one.change,
            difference=geojson_or_none(one.difference),
            area_delta_m2=one.area_delta_m2,
            length_delta_m=one.length_delta_m,
        )
        for one in found.features
    ]
    return DifferenceOut(features=features, area_delta_m2=found.area_delta_m2)


@router.post("/versions/{number}/restore")
def restore(
    work: WorkDep,
    site_id: SiteId,
    number: Annotated[int, Field(ge=1, lt=2**31)],
    why: RestoreIn,
    response: Response,
    language: LanguageDep,
    if_match: IfMatch = None,
) -> PlotOut:
    """Save an old version's contents as the newest."""
    saved = restore_plot(work, site_id, number, base_number(if_match), why.reason)
    return saved_out(work, saved, response, language)


@router.get("/draft", responses={204: {"description": "No draft."}}, response_model=DraftOut)
def draft(work: ReadWorkDep, site_id: SiteId) -> DraftOut | Response:
    """Your own unsaved work on this site."""
    work.require("plot")
    kept = draft_of(work, site_id)
    if kept is None or kept.saved_at is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return DraftOut(features=kept.features, base_version=kept.base_number, saved_at=kept.saved_at)


@router.put("/draft")
def store_draft(work: WorkDep, site_id: SiteId, unsaved: DraftIn) -> DraftOut:
    """Keep your unsaved work; it is not checked."""
    return DraftOut(saved_at=keep_draft(work, site_id, unsaved.base_version, unsaved.features))


@router.delete("/draft", status_code=status.HTTP_204_NO_CONTENT)
def forget_draft(work: WorkDep, site_id: SiteId) -> None:
    """Forget your unsaved work."""
    discard_draft(work, site_of(work, site_id).id)


@router.post("/editors")
def editing(work: WorkDep, site_id: SiteId) -> Editors:
    """Say that you have the plot open, and learn who else has."""
    found = note_presence(work, site_id)
    return Editors(items=[EditorOut(user=NamedOut(id=one.user_id, name=one.name), seen_at=one.seen_at) for one in found])


def _version(row: PlotVersion) -> VersionOut:
    reviewer = NamedOut(id=row.reviewer_id or 0, name=row.reviewer_name) if row.reviewer_name else None
    return VersionOut(
        number=row.number,
        state=row.state,
        author=NamedOut(id=row.created_by or 0, name=row.author_name),
        reason=row.reason,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        reviewed_at=row.reviewed_at,
        reviewer=reviewer,
        opinion=row.opinion,
        in_force_from=row.in_force.lower if row.in_force else None,
        in_force_to=row.in_force.upper if row.in_force else None,
        feature_count=row.feature_count,
        area_m2=row.area_m2,
        restored_from=row.restored_from,
        remark_reasons=row.remark_reasons,
    )
