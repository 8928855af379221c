"""Reading a report's contents, once, with the eyes of the user who asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geoalchemy2.shape import to_shape
from sqlalchemy import func, select

from coverage.catalogue.editing import catalogue_in_force
from coverage.catalogue.values import Catalogue
from coverage.models import CoverageGap, CoverageResult, SiteCoverage
from coverage.reports.poses import suggested_poses
from coverage.reports.values import (
    About,
    Band,
    CameraLine,
    Contents,
    GapLine,
    PlanLine,
    RequirementLine,
    SceneLine,
    SiteContents,
    SiteLine,
    Summary,
    Wanted,
)
from coverage.results import gaps_now, results_now, site_summaries, summary_of
from coverage.scenes import scenes_of
from coverage.states import CoverageView, GapCause, Measure, ReportScope
from foundation.labels import Language, label
from foundation.work import Work
from sites.cameras.reading import CameraNow, cameras_of
from sites.cameras.states import CameraState, FootprintMethod
from sites.errors import DistrictNotFound
from sites.models import District, PlotFeature, Site
from sites.queries import SiteFilter, districts_of, site_of
from sites.states import Connectivity
from spatial.plan_layers import PlanLayer

#: A district's or the city's document has a section for so many of its worst sites; workbooks and layers hold them all.
MOST_SECTIONS = 10
#: Sites are read in pages of this size.
PAGE = 200
#: Progress is told about so often.
TELLINGS = 20
#: Told how much of the reading is done, 0 to 1.
Progress = Callable[[float], None]


def area_of(work: Work, wanted: Wanted) -> str:
    """The name of what the report is about; refuses what the viewer does not see."""
    if wanted.scope is ReportScope.SITE:
        assert wanted.site_id is not None
        return site_of(work, wanted.site_id).name
    if wanted.scope is ReportScope.CITY:
        return label("report.city", wanted.language)
    district = work.session.scalars(select(District).where(District.code == wanted.district_code)).one_or_none()
    if district is None:
        raise DistrictNotFound(field="/district_code")
    return district.name_zh if wanted.language == "zh" else district.name_en


def title_of(work: Work, wanted: Wanted) -> str:
    """The report's title."""
    return label("report.title", wanted.language, area=area_of(work, wanted))


def read_contents(work: Work, wanted: Wanted, progress: Progress = lambda _: None) -> Contents:
    """Everything the report will say, as the viewer of ``work`` sees it now."""
    catalogue = catalogue_in_force(work)
    about = About(
        title=title_of(work, wanted),
        scope=wanted.scope,
        area=area_of(work, wanted),
        language=wanted.language,
        asked_by=work.viewer.name,
        made_at=work.now,
        catalogue_number=catalogue.number,
    )
    if wanted.scope is ReportScope.SITE:
        assert wanted.site_id is not None
        site = site_of(work, wanted.site_id)
        lines: list[SiteLine] = [_site_line(site, summary_of(work, site.id, CoverageView.NOMINAL))]
        chosen = lines
    else:
        lines = _lines(work, SiteFilter(district=wanted.district_code))
        worst = [line for line in lines if line.summary is not None and line.summary.unmet > 0]
        chosen = worst[:MOST_SECTIONS] if wanted.format == "pdf" else lines
    sites = []
    for done, line in enumerate(chosen):
        sites.append(_site(work, line, catalogue.catalogue, wanted))
        if done % max(1, len(chosen) // TELLINGS) == 0:
            progress((done + 1) / len(chosen))
    return Contents(about=about, lines=tuple(lines), sites=tuple(sites))


def _lines(work: Work, wanted: SiteFilter) -> list[SiteLine]:
    found: list[SiteLine] = []
    while True:
        rows, total = site_summaries(work, wanted, CoverageView.NOMINAL, limit=PAGE, offset=len(found))
        found += [_site_line(site, summary) for site, summary in rows]
        if not rows or len(found) >= total:
            return found


def _site_line(site: Site, row: SiteCoverage | None) -> SiteLine:
    summary = None
    if row is not None:
        summary = Summary(
            required=row.required,
            met=row.met,
            unknown=row.unknown,
            band=Band(share=row.share, p05=row.share_p05, p95=row.share_p95),
            cameras=row.cameras,
            incomplete=row.incomplete,
            catalogue_number=row.catalogue_number,
            measured_at=row.computed_at,
        )
    return SiteLine(site_id=site.id, code=site.code, name=site.name, at=to_shape(site.location), summary=summary)


def _site(work: Work, line: SiteLine, catalogue: Catalogue, wanted: Wanted) -> SiteContents:
    language, printed = wanted.language, wanted.format == "pdf"
    site = site_of(work, line.site_id)
    features = work.session.scalars(
        select(PlotFeature).where(PlotFeature.site_id == site.id, func.upper_inf(PlotFeature.in_force)).order_by(PlotFeature.id)
    ).all()
    outlines = [to_shape(one.geom) for one in features if one.layer == PlanLayer.BOUNDARY.value]
    plan = [
        PlanLine(layer=one.layer, name=one.name, shape=to_shape(one.geom))
        for one in features
        if one.layer != PlanLayer.BOUNDARY.value
    ]
    cameras = [one for one in cameras_of(work, site.id) if one.camera.state != CameraState.RETIRED.value]
    districts = districts_of(work, [site.id])[site.id]
    results = results_now(work, site.id, CoverageView.NOMINAL)
    live = {(row.scene_id, row.element): row for row in results_now(work, site.id, CoverageView.LIVE)}
    names = {one.camera.id: one.camera.device.name for one in cameras}
    return SiteContents(
        line=line,
        address=site.address,
        districts=tuple(one.name_zh if language == "zh" else one.name_en for one in districts),
        boundary=outlines[0] if outlines else None,
        plan=tuple(plan),
        scenes=tuple(
            SceneLine(name=one.name, scene_type=one.scene_type, level=one.level, shape=to_shape(one.geom))
            for one in scenes_of(work, site.id)
        ),
        requirements=tuple(
            _requirement(row, live.get((row.scene_id, row.element)), names, catalogue, language) for row in results
        ),
        gaps=_gaps(gaps_now(work, site.id, CoverageView.NOMINAL), results, catalogue, language),
        cameras=tuple(_camera(one) for one in cameras),
        poses=suggested_poses(work, site.id, names, catalogue, language) if printed and outlines else (),
    )


def _requirement(
    row: CoverageResult, live: CoverageResult | None, names: dict[int, str], catalogue: Catalogue, language: Language
) -> RequirementLine:
    return RequirementLine(
        scene_id=row.scene_id,
        scene=row.scene_name,
        scene_type=row.scene_type,
        element=row.element,
        element_name=_element_name(row.element, catalogue, language),
        mandatory=row.mandatory,
        measure=Measure(row.measure),
        total=row.total,
        covered=row.covered,
        band=Band(share=row.share, p05=row.share_p05, p95=row.share_p95),
        live_share=live.share if live is not None else None,
        required_share=row.required_share,
        met=row.met,
        cameras=tuple(names[one] for one in row.camera_ids if one in names),
        causes=tuple((cause, row.causes[cause.value]) for cause in GapCause if row.causes.get(cause.value)),
        binding_tags=tuple(one.tag.value for one in catalogue.bindings if row.element in one.elements),
        offline=live.causes.get(GapCause.OFFLINE.value, 0.0) if live is not None else 0.0,
    )


def _gaps(
    gaps: Sequence[CoverageGap], results: Sequence[CoverageResult], catalogue: Catalogue, language: Language
) -> tuple[GapLine, ...]:
    """Mandatory gaps first, each kind from the largest: areas, lengths and numbers are not compared with one another."""
    of = {(row.scene_id, row.element): row for row in results}
    known = [(gap, of[key]) for gap in gaps if (key := (gap.scene_id, gap.element)) in of]
    order = list(Measure)
    known.sort(key=lambda pair: (not pair[0].mandatory, order.index(Measure(pair[1].measure)), -pair[0].size, pair[0].id))
    found = []
    for number, (gap, row) in enumerate(known, start=1):
        shape = to_shape(gap.geom)
        found.append(
            GapLine(
                number=number,
                scene=row.scene_name,
                element=gap.element,
                element_name=_element_name(gap.element, catalogue, language),
                cause=GapCause(gap.cause),
                mandatory=gap.mandatory,
                measure=Measure(row.measure),
                size=gap.size,
                at=shape.representative_point(),
                shape=shape,
            )
        )
    return tuple(found)


def _camera(now: CameraNow) -> CameraLine:
    camera, pose = now.camera, now.pose
    return CameraLine(
        code=camera.device.code,
        name=camera.device.name,
        kind=camera.kind,
        tags=tuple(camera.tags),
        connectivity=Connectivity(camera.device.connectivity),
        method=FootprintMethod(pose.method),
        missing=now.missing,
        azimuth_deg=pose.azimuth_deg,
        range_m=pose.range_m,
        footprint_area_m2=pose.footprint_area_m2,
        at=to_shape(pose.location) if pose.location is not None else None,
        footprint=to_shape(pose.footprint) if pose.footprint is not None else None,
    )


def _element_name(code: str, catalogue: Catalogue, language: Language) -> str:
    element = catalogue.element.get(code)
    if element is None:
        return code
    return element.name_zh if language == "zh" else element.name_en
