"""标绘: save, submit, review and restore the plot of a site. Every save is a new version; nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.dialects.postgresql import Range

from foundation import audit
from foundation.problems import VersionMismatch
from foundation.work import Work
from sites.changes import PlotAccepted, PlotReturned, PlotSaved, PlotSubmitted
from sites.checking import PlotCheck, check_features, open_warnings
from sites.districts import place_in_districts
from sites.drafts import discard_draft
from sites.errors import (
    AuthorCannotReview,
    NoBoundaryInFile,
    OpinionMissing,
    PlotRefused,
    PlotStateForbids,
    PlotUnderReview,
    ReasonsMissing,
    SiteNotOpened,
)
from sites.jurisdiction import resolve_grants
from sites.models import PlotFeature, PlotVersion, Site
from sites.plots import DrawnFeature, boundary_of, drawn, features_at, version_of
from sites.progress import refresh_progress
from sites.queries import site_of
from sites.states import PlottingState, SiteState, VersionState
from spatial.crs import STORAGE_SRID
from spatial.geodesy import area_m2, length_m
from spatial.plan_layers import PlanLayer
from spatial.plots import Remark

CLOSED_STATES = frozenset({SiteState.HANDED_OVER.value, SiteState.ARCHIVED.value})


@dataclass(frozen=True, kw_only=True)
class PlotToSave:
    """What somebody drew, and on what."""

    features: Sequence[DrawnFeature]
    #: Number of the version it was drawn over; 0 for the first.
    base_number: int
    reason: str | None = None
    #: Rule id → why the author goes on in spite of the warning.
    remark_reasons: Mapping[str, str] = field(default_factory=dict)
    restored_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class SavedPlot:
    """A version that was saved, with the remarks it carries."""

    site: Site
    version: PlotVersion
    remarks: tuple[Remark, ...]


def save_plot(work: Work, site_id: int, plot: PlotToSave) -> SavedPlot:
    """Save a new version. Refused as a whole when a rule is broken, with the place of each mistake."""
    site = _site_to_plot(work, site_id, plot.base_number)
    check = check_features(work, site, plot.features, submitting=False)
    if check.errors:
        raise refusal(check.errors)
    version = _store(work, site, plot, check)
    site.plotting_state = PlottingState.DRAFTING.value
    refresh_progress(work, site)
    discard_draft(work, site.id)
    audit.record(work, "plot_saved", "site", site.id, number=version.number, features=version.feature_count)
    work.announce(PlotSaved(site_id=site.id, number=version.number))
    return SavedPlot(site=site, version=version, remarks=check.remarks)


def plot_boundary(work: Work, site_id: int, boundary: DrawnFeature, base_number: int, reason: str | None) -> SavedPlot:
    """Save a new version that differs only in the boundary."""
    site = site_of(work, site_id)
    others = [drawn(row) for row in features_at(work, site.id, site.plot_number)]
    kept = [feature for feature in others if feature.layer is not PlanLayer.BOUNDARY]
    return save_plot(work, site_id, PlotToSave(features=[boundary, *kept], base_number=base_number, reason=reason))


def submit_plot(work: Work, site_id: int, number: int) -> Site:
    """Hand the latest version to review; all mandatory layers must be there and every warning needs a reason."""
    work.require("plot")
    site = site_of(work, site_id, lock=True)
    version = _latest(work, site, number)
    if site.plotting_state not in {PlottingState.DRAFTING.value, PlottingState.RETURNED.value}:
        raise PlotStateForbids(state=site.plotting_state)
    check = check_features(work, site, [drawn(row) for row in features_at(work, site.id, number)], submitting=True)
    if check.errors:
        raise refusal(check.errors)
    unanswered = open_warnings(check, version.remark_reasons)
    if unanswered:
        raise ReasonsMissing(rules=", ".join(unanswered), field="/remark_reasons")
    version.state, version.submitted_at = VersionState.SUBMITTED.value, work.now
    site.plotting_state = PlottingState.SUBMITTED.value
    refresh_progress(work, site)
    audit.record(work, "plot_submitted", "site", site.id, number=number)
    work.announce(PlotSubmitted(site_id=site.id, number=number))
    return site


def review_plot(work: Work, site_id: int, number: int, *, accept: bool, opinion: str | None) -> Site:
    """Accept a submitted plot, which puts it in force, or return it with an opinion. Never by its own author."""
    work.require("review_plot")
    site = site_of(work, site_id, lock=True)
    version = _latest(work, site, number)
    if site.plotting_state != PlottingState.SUBMITTED.value:
        raise PlotStateForbids(state=site.plotting_state)
    if version.created_by == work.viewer.user_id:
        raise AuthorCannotReview
    if not accept and not (opinion or "").strip():
        raise OpinionMissing(field="/opinion")
    version.reviewed_at, version.opinion = work.now, opinion
    version.reviewer_id, version.reviewer_name = work.viewer.user_id, work.viewer.name
    if accept:
        _put_in_force(work, site, version)
    else:
        version.state, site.plotting_state = VersionState.RETURNED.value, PlottingState.RETURNED.value
        work.announce(PlotReturned(site_id=site.id, number=number))
    refresh_progress(work, site)
    audit.record(work, "plot_accepted" if accept else "plot_returned", "site", site.id, number=number)
    return site


def restore_plot(work: Work, site_id: int, number: int, base_number: int, reason: str) -> SavedPlot:
    """Save an old version's contents as the newest version."""
    version_of(work, site_id, number)
    features = [drawn(row) for row in features_at(work, site_id, number)]
    return save_plot(work, site_id, PlotToSave(features=features, base_number=base_number, reason=reason, restored_from=number))


def refusal(errors: Sequence[Remark]) -> PlotRefused:
    """The problem that names every broken rule; ``at`` is the first place."""
    from sites.checking import remark_place  # local: keeps the two modules' import order obvious

    rules = ", ".join(sorted({remark.rule for remark in errors}))
    place = next((place for place in map(remark_place, errors) if place), None)
    return PlotRefused(count=len(errors), rules=rules, at=place, remarks=tuple(errors), field="/features")


def _site_to_plot(work: Work, site_id: int, base_number: int) -> Site:
    work.require("plot")
    site = site_of(work, site_id, lock=True)
    if site.state == SiteState.OPENING.value:
        raise SiteNotOpened
    if site.state in CLOSED_STATES:
        raise PlotStateForbids(state=site.state)
    if base_number != site.plot_number:
        raise VersionMismatch(base_version=base_number, current_version=site.plot_number)
    if site.plotting_state == PlottingState.SUBMITTED.value:
        raise PlotUnderReview
    return site


def _latest(work: Work, site: Site, number: int) -> PlotVersion:
    if number != site.plot_number:
        raise VersionMismatch(base_version=number, current_version=site.plot_number)
    return version_of(work, site.id, number)


def _store(work: Work, site: Site, plot: PlotToSave, check: PlotCheck) -> PlotVersion:
    number = site.plot_number + 1
    present = {row.key: row for row in features_at(work, site.id, site.plot_number)}
    wanted = {feature.key: feature for feature in check.features}
    for key, row in present.items():
        if key not in wanted or not _same(row, wanted[key]):
            row.number_to = number
    for key, feature in wanted.items():
        if key not in present or not _same(present[key], feature):
            work.session.add(_row(site.id, number, feature))
    boundary = boundary_of(check.features)
    version = PlotVersion(
        site_id=site.id,
        number=number,
        author_name=work.viewer.name,
        reason=plot.reason,
        restored_from=plot.restored_from,
        feature_count=len(wanted),
        area_m2=area_m2(boundary) if boundary is not None else None,
        remark_reasons={rule: why.strip() for rule, why in plot.remark_reasons.items() if why.strip()},
    )
    work.session.add(version)
    site.plot_number = number
    return version


def _row(site_id: int, number: int, feature: DrawnFeature) -> PlotFeature:
    geometry = _stored_shape(feature)
    return PlotFeature(
        site_id=site_id,
        key=feature.key,
        layer=feature.layer.value,
        name=feature.name,
        attributes=feature.attributes,
        number_from=number,
        area_m2=area_m2(geometry) if isinstance(geometry, Polygon | MultiPolygon) else None,
        length_m=length_m(geometry) if geometry.geom_type.endswith("LineString") else None,
        source_crs=feature.source_crs.value,
        geom=from_shape(geometry, srid=STORAGE_SRID),
    )


def _stored_shape(feature: DrawnFeature) -> BaseGeometry:
    geometry = feature.geometry
    if feature.layer is PlanLayer.BOUNDARY and isinstance(geometry, Polygon):
        return MultiPolygon([geometry])
    return geometry


def _same(row: PlotFeature, feature: DrawnFeature) -> bool:
    before = drawn(row)
    return (
        before.layer is feature.layer
        and before.name == feature.name
        and before.attributes == feature.attributes
        and before.geometry.equals_exact(_stored_shape(feature), 0)
    )


def _put_in_force(work: Work, site: Site, version: PlotVersion) -> None:
    """From now on this version is the plot of the site; what was in force before ends now, to the microsecond."""
    work.session.flush()
    before = list(features_at(work, site.id, site.in_force_number)) if site.in_force_number else []
    after = list(features_at(work, site.id, version.number))
    if not any(row.layer == PlanLayer.BOUNDARY.value for row in after):
        raise NoBoundaryInFile(field="/features")
    staying = {row.id for row in before} & {row.id for row in after}
    for row in before:
        if row.id not in staying and row.in_force is not None:
            row.in_force = Range(row.in_force.lower, work.now)
    if site.in_force_number:
        old = version_of(work, site.id, site.in_force_number)
        if old.in_force is not None:
            old.in_force = Range(old.in_force.lower, work.now)
    work.session.flush()  # the exclusion constraints must see the end of the old before the start of the new
    for row in after:
        if row.id not in staying:
            row.in_force = Range(work.now, None)
    version.state, version.in_force = VersionState.ACCEPTED.value, Range(work.now, None)
    site.in_force_number, site.plotting_state = version.number, PlottingState.ACCEPTED.value
    boundary = next(drawn(row).geometry for row in after if row.layer == PlanLayer.BOUNDARY.value)
    site.location = from_shape(boundary.representative_point(), srid=STORAGE_SRID)
    work.session.flush()
    place_in_districts(work, site.id)
    resolve_grants(work, sites=[site.id])
    shapes = [drawn(row).geometry for row in before + after if row.layer == PlanLayer.BOUNDARY.value]
    work.announce(PlotAccepted(site_id=site.id, number=version.number, bounds=_bounds(shapes)))


def _bounds(shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    edges = [shape.bounds for shape in shapes]
    return (
        min(edge[0] for edge in edges),
        min(edge[1] for edge in edges),
        max(edge[2] for edge in edges),
        max(edge[3] for edge in edges),
    )
