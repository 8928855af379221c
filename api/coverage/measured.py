"""工地要素覆盖: what of each scene is watched, what is not and why, now, at a date, or as it might be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from geoalchemy2.shape import to_shape
from pydantic import BaseModel, Field

from api.coverage.scenes import SceneOut, scene_out
from api.dependencies import PageDep, ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, collection, geojson_or_none
from api.sites.filters import SiteFilterDep
from api.sites.poses import FootprintOut, PoseIn, footprint_out
from api.sites.sites import SiteId
from coverage.models import CoverageGap, CoverageResult, SiteCoverage
from coverage.recompute import measure_again
from coverage.results import gaps_now, results_at, results_now, site_summaries, summary_of
from coverage.scenes import scenes_of
from coverage.states import CoverageView, GapCause, Measure
from coverage.what_if import Changed, ImaginedCamera, imagine
from foundation.clock import end_of_business_day
from sites.cameras.reading import cameras_of
from sites.cameras.states import CameraKind, CameraTag, Level
from spatial.geojson import to_geojson

router = APIRouter(tags=["coverage"])
View = Annotated[CoverageView, Query(description="live: on line now; nominal: all that stand; planned: with the approved plan.")]
ElementCode = Annotated[str | None, Query(max_length=16)]


class RequirementOut(BaseModel):
    """One element in one scene. ``share`` is null where there is nothing to measure: unknown, not zero."""

    scene_id: int
    scene_type: str
    scene_name: str
    element: str
    mandatory: bool
    measure: Measure
    #: Square metres, metres or number.
    total: float
    covered: float
    share: float | None
    share_p05: float | None
    share_p50: float | None
    share_p95: float | None
    required_share: float
    met: bool | None
    camera_ids: list[int]
    #: Cause → size; the sizes add up to total − covered.
    causes: dict[GapCause, float]
    since: datetime | None


class SummaryOut(BaseModel):
    """A site in one line; ``measured`` false = nothing is known."""

    measured: bool
    required: int | None = None
    met: int | None = None
    unknown: int | None = None
    share: float | None = None
    share_p05: float | None = None
    share_p95: float | None = None
    cameras: int | None = None
    incomplete: int | None = None
    catalogue_number: int | None = None
    computed_at: datetime | None = None


class CoverageOut(BaseModel):
    """How a site is watched."""

    site_id: int
    view: CoverageView
    at: date | None
    summary: SummaryOut
    items: list[RequirementOut]


class SiteLine(BaseModel):
    """A site of the city's list."""

    site_id: int
    code: str | None
    name: str
    coverage: SummaryOut


class CityCoverage(BaseModel):
    """One page of sites, the unknown and the worst first."""

    view: CoverageView
    items: list[SiteLine]
    total: int
    page: int
    size: int


class ElementCell(RequirementOut):
    """An element a scene must have watched, with the cameras that do."""

    cameras: list[str]


class SceneRow(BaseModel):
    """A scene and what it requires."""

    scene: SceneOut
    elements: list[ElementCell]


class ElementsOut(BaseModel):
    """Scene × element, and the cameras that count for nothing because they lack data."""

    site_id: int
    view: CoverageView
    rows: list[SceneRow]
    incomplete: list[str]


class ImaginedIn(In):
    """A camera as it might be; ``camera_id`` is the one it replaces."""

    camera_id: int | None = Field(None, ge=1)
    kind: CameraKind = CameraKind.FIXED
    level: Level = Level.SURFACE
    tags: list[CameraTag] = Field(default_factory=list, max_length=20)
    algorithms: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=60)
    pose: PoseIn


class WhatIfIn(In):
    """Cameras aimed otherwise, added, or taken away."""

    cameras: list[ImaginedIn] = Field(default_factory=list, max_length=60)
    removed: list[int] = Field(default_factory=list, max_length=200)
    view: CoverageView = CoverageView.NOMINAL


class ChangedOut(BaseModel):
    """A requirement before and after."""

    scene_id: int
    scene_name: str
    element: str
    mandatory: bool
    required_share: float
    before: float | None
    after: float | None


class WhatIfOut(BaseModel):
    """What would be seen, and what that changes. Nothing is stored."""

    footprints: list[FootprintOut]
    missing: list[list[str]]
    requirements: list[ChangedOut]


@router.get("/sites/{site_id}/coverage")
def coverage(
    work: ReadWorkDep, site_id: SiteId, view: View = CoverageView.NOMINAL, element: ElementCode = None, at: date | None = None
) -> CoverageOut:
    """Shares, intervals and causes per scene and element; with ``at`` as they stood at the end of that Shanghai day."""
    work.require("read_sites")
    rows = results_at(work, site_id, view, end_of_business_day(at)) if at else results_now(work, site_id, view)
    return CoverageOut(
        site_id=site_id,
        view=view,
        at=at,
        summary=summary_out(summary_of(work, site_id, view)),
        items=[requirement_out(row) for row in rows if element in {None, row.element}],
    )


@router.get("/sites/{site_id}/elements")
def elements_of_a_site(work: ReadWorkDep, site_id: SiteId, view: View = CoverageView.NOMINAL) -> ElementsOut:
    """The matrix: the scenes of a site, the elements each must have watched, and by which cameras they are."""
    work.require("read_sites")
    cameras = cameras_of(work, site_id)
    names = {one.camera.id: one.camera.device.name for one in cameras}
    cells: dict[int, list[ElementCell]] = {}
    for row in results_now(work, site_id, view):
        watching = [names[camera_id] for camera_id in row.camera_ids if camera_id in names]
        cell = ElementCell(cameras=watching, **requirement_out(row).model_dump())
        cells.setdefault(row.scene_id, []).append(cell)
    rows = [SceneRow(scene=scene_out(scene), elements=cells.get(scene.id, [])) for scene in scenes_of(work, site_id)]
    incomplete = [one.camera.device.name for one in cameras if one.missing]
    return ElementsOut(site_id=site_id, view=view, rows=rows, incomplete=incomplete)


@router.get("/sites/{site_id}/gaps")
def gaps(work: ReadWorkDep, site_id: SiteId, view: View = CoverageView.NOMINAL, element: ElementCode = None) -> GeoJson:
    """The places that are not watched as required, each with its cause, as GeoJSON."""
    work.require("read_sites")
    return collection([gap_out(gap) for gap in gaps_now(work, site_id, view) if element in {None, gap.element}])


@router.post("/sites/{site_id}/coverage/recompute")
def recompute(work: WorkDep, site_id: SiteId, view: View = CoverageView.NOMINAL) -> CoverageOut:
    """Measure the site anew."""
    measure_again(work, site_id)
    work.react()
    rows = [requirement_out(row) for row in results_now(work, site_id, view)]
    return CoverageOut(site_id=site_id, view=view, at=None, summary=summary_out(summary_of(work, site_id, view)), items=rows)


@router.post("/sites/{site_id}/coverage/what-if")
def what_if(work: ReadWorkDep, site_id: SiteId, wanted: WhatIfIn) -> WhatIfOut:
    """What would be watched if cameras stood or looked otherwise."""
    work.require("read_sites")
    cameras = [
        ImaginedCamera(
            pose=one.pose.given(f"/cameras/{position}/pose"),
            kind=one.kind,
            level=one.level,
            tags=tuple(one.tags),
            algorithms=tuple(one.algorithms),
            camera_id=one.camera_id,
        )
        for position, one in enumerate(wanted.cameras)
    ]
    found = imagine(work, site_id, cameras, removed=wanted.removed, view=wanted.view)
    return WhatIfOut(
        footprints=[footprint_out(one) for one in found.footprints],
        missing=[list(one) for one in found.missing],
        requirements=[changed_out(one) for one in found.requirements],
    )


@router.get("/coverage/sites")
def city(work: ReadWorkDep, wanted: SiteFilterDep, page: PageDep, view: View = CoverageView.NOMINAL) -> CityCoverage:
    """The sites you may see with their coverage, the unknown and the worst first."""
    work.require("read_sites")
    found, total = site_summaries(work, wanted, view, limit=page.size, offset=page.offset)
    lines = [SiteLine(site_id=site.id, code=site.code, name=site.name, coverage=summary_out(line)) for site, line in found]
    return CityCoverage(view=view, items=lines, total=total, page=page.number, size=page.size)


def requirement_out(row: CoverageResult) -> RequirementOut:
    """A result as it is answered."""
    plain = {name: getattr(row, name) for name in RequirementOut.model_fields if hasattr(row, name)}
    return RequirementOut(since=row.valid.lower, **plain)


def summary_out(line: SiteCoverage | None) -> SummaryOut:
    """A site's line as it is answered."""
    if line is None:
        return SummaryOut(measured=False)
    plain = {name: getattr(line, name) for name in SummaryOut.model_fields if name != "measured"}
    return SummaryOut(measured=True, **plain)


def gap_out(gap: CoverageGap) -> GeoJson:
    """A gap as a GeoJSON feature; its label point is in the properties."""
    names = ("scene_id", "element", "cause", "mandatory", "view", "size")
    place = to_shape(gap.geom).representative_point()
    properties = {name: getattr(gap, name) for name in names} | {"at": to_geojson(place)["coordinates"]}
    return {"type": "Feature", "id": gap.id, "geometry": geojson_or_none(gap.geom), "properties": properties}


def changed_out(one: Changed) -> ChangedOut:
    """A requirement before and after as it is answered."""
    return ChangedOut(
        scene_id=one.before.scene.scene_id,
        scene_name=one.before.scene.name,
        element=one.before.element.code,
        mandatory=one.before.mandatory,
        required_share=one.before.element.required_share,
        before=one.before.share,
        after=one.after.share,
    )
