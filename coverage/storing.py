"""Writing what was measured: only what changed, several sites at once, and the history kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, false, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import Range, insert

from coverage.intervals import Bands, Interval
from coverage.models import CoverageGap, CoverageResult, SiteCoverage
from coverage.picture import Picture
from coverage.states import CoverageView
from coverage.watching import Gap, Watched
from foundation.work import Work
from spatial.crs import STORAGE_SRID
from spatial.frames import SiteFrame, whole

Row = dict[str, Any]
#: site, view, scene, element
Key = tuple[int, str, int, str]
#: Results that differ by less than this share are the same, and the history does not grow.
SAME = 1e-6
PLAIN = ("scene_type", "scene_name", "mandatory", "measure", "required_share", "met", "camera_ids")
SIZES = ("total", "covered", "share", "share_p05", "share_p50", "share_p95", "mark")


@dataclass(frozen=True, kw_only=True)
class SiteMeasured:
    """A site with what was found under each view, and how sure it is."""

    picture: Picture
    found: Mapping[CoverageView, Sequence[Watched]]
    bands: Mapping[CoverageView, Bands]


def store(work: Work, measured: Sequence[SiteMeasured], *, redraw: bool) -> None:
    """Bring results, gaps and summaries in line. ``redraw``: scenes or obstacles moved, so every gap is drawn anew."""
    present = _present(work, measured)
    wanted = {key: one for site in measured for key, one in _wanted(work, site)}
    changed = {key for key, (row, _) in wanted.items() if key not in present or not _same(present[key], row)}
    ended = [row for key, row in present.items() if key not in wanted or key in changed]
    _end(work, ended)
    new = [wanted[key][0] for key in wanted if key in changed]
    if new:
        work.session.execute(insert(CoverageResult), new)
    drawn = set(wanted) if redraw else changed
    gone = {key for key in present if key not in wanted}
    _store_gaps(work, measured, {key: one for key, (_, one) in wanted.items() if key in drawn}, gone, redraw=redraw)
    _store_summaries(work, [_summary(work, site, view) for site in measured for view in site.found])


def _present(work: Work, measured: Sequence[SiteMeasured]) -> dict[Key, Any]:
    ids, views = [one.picture.site.id for one in measured], sorted({view.value for one in measured for view in one.found})
    names = ("id", "site_id", "view", "scene_id", "element", *PLAIN, *SIZES, "causes")
    columns = [getattr(CoverageResult, name) for name in names]
    rows = work.session.execute(
        select(*columns, func.lower(CoverageResult.valid).label("since")).where(
            CoverageResult.site_id.in_(ids), CoverageResult.view.in_(views), func.upper_inf(CoverageResult.valid)
        )
    ).all()
    return {(row.site_id, row.view, row.scene_id, row.element): row for row in rows}


def _wanted(work: Work, site: SiteMeasured) -> Iterator[tuple[Key, tuple[Row, Watched]]]:
    for view, found in site.found.items():
        bands = site.bands.get(view, {})
        for one in found:
            row = _result(site.picture, view, one, bands.get((one.scene.scene_id, one.element.code)), work.now)
            yield (site.picture.site.id, view.value, one.scene.scene_id, one.element.code), (row, one)


def _result(picture: Picture, view: CoverageView, one: Watched, band: Interval | None, now: datetime) -> Row:
    return {
        "site_id": picture.site.id,
        "scene_id": one.scene.scene_id,
        "scene_type": one.scene.scene_type,
        "scene_name": one.scene.name,
        "element": one.element.code,
        "view": view.value,
        "mandatory": one.mandatory,
        "measure": one.element.measure.value,
        "total": one.total,
        "covered": one.covered,
        "share": one.share,
        "share_p05": band.p05 if band else None,
        "share_p50": band.p50 if band else None,
        "share_p95": band.p95 if band else None,
        "required_share": one.element.required_share,
        "met": one.met,
        "camera_ids": sorted(one.camera_ids),
        "causes": {cause.value: size for cause, size in one.causes.items()},
        "mark": one.mark,
        "catalogue_number": picture.catalogue.number,
        "valid": Range(now, None, bounds="[)"),
    }


def _same(old: Any, new: Row) -> bool:
    """Does a stored result still hold? It keeps the number of the catalogue it was made with."""
    if any(getattr(old, name) != new[name] for name in PLAIN) or old.causes.keys() != new["causes"].keys():
        return False
    pairs = [(getattr(old, name), new[name]) for name in SIZES]
    pairs += [(old.causes[cause], new["causes"][cause]) for cause in new["causes"]]
    return all((a is None) == (b is None) and (a is None or abs(a - b) <= SAME * max(1.0, abs(a))) for a, b in pairs)


def _end(work: Work, rows: Sequence[Any]) -> None:
    """What held until now goes into the history; what was found in this very instant held for no time."""
    momentary = [row.id for row in rows if row.since >= work.now]
    past = [row.id for row in rows if row.since < work.now]
    if momentary:
        work.session.execute(delete(CoverageResult).where(CoverageResult.id.in_(momentary)))
    if past:
        until = func.tstzrange(func.lower(CoverageResult.valid), work.now, "[)")
        statement = update(CoverageResult).where(CoverageResult.id.in_(past)).values(valid=until)
        work.session.execute(statement.execution_options(synchronize_session=False))


def _store_gaps(
    work: Work, measured: Sequence[SiteMeasured], drawn: Mapping[Key, Watched], gone: set[Key], *, redraw: bool
) -> None:
    ids = [one.picture.site.id for one in measured]
    old = delete(CoverageGap).where(CoverageGap.site_id.in_(ids)).execution_options(synchronize_session=False)
    if not redraw:
        replaced = sorted({*drawn, *gone})
        key = tuple_(CoverageGap.site_id, CoverageGap.view, CoverageGap.scene_id, CoverageGap.element)
        old = old.where(key.in_(replaced)) if replaced else old.where(false())
    if redraw or drawn or gone:
        work.session.execute(old)
    frames = {one.picture.site.id: one.picture.surroundings.frame for one in measured}
    # the live view is the nominal one, in the same objects, where everything is on line: nothing is drawn twice
    gaps: dict[int, tuple[Gap, ...]] = {}
    for one in drawn.values():
        if id(one) not in gaps:
            gaps[id(one)] = one.gaps
    rows = [_gap(key, one, gap) for key, one in drawn.items() for gap in gaps[id(one)]]
    if rows:
        _to_storage(rows, frames)
        # what is thinner than a stored coordinate has no shape left
        work.session.execute(insert(CoverageGap), [row for row in rows if row["geom"] is not None])


def _gap(key: Key, one: Watched, gap: Gap) -> Row:
    site_id, view, scene_id, element = key
    plain = {"site_id": site_id, "view": view, "scene_id": scene_id, "element": element}
    return plain | {"cause": gap.cause.value, "mandatory": one.mandatory, "size": gap.size, "geom": gap.shape}


def _to_storage(rows: Sequence[Row], frames: Mapping[int, SiteFrame]) -> None:
    """Shapes of rows as stored ones, all of a site in one transformation, and each only once."""
    by_site: dict[int, dict[int, BaseGeometry]] = {}
    for row in rows:
        by_site.setdefault(row["site_id"], {})[id(row["geom"])] = row["geom"]
    stored: dict[int, Any] = {}
    for site_id, shapes in by_site.items():
        turned = shapely.transform(np.array(list(shapes.values())), _unprojected(frames[site_id]))
        for key, shape in zip(shapes, map(whole, turned), strict=True):
            stored[key] = None if shape.is_empty else from_shape(shape, srid=STORAGE_SRID)
    for row in rows:
        row["geom"] = stored[id(row["geom"])]


def _unprojected(frame: SiteFrame) -> Any:
    return lambda points: np.column_stack(frame.unproject(points[:, 0], points[:, 1]))


def _summary(work: Work, site: SiteMeasured, view: CoverageView) -> Row:
    required = [one for one in site.found[view] if one.mandatory]
    shares = [one.share for one in required if one.share is not None]
    known = site.bands.get(view, {})
    bands = [known[key] for one in required if (key := (one.scene.scene_id, one.element.code)) in known]
    return {
        "site_id": site.picture.site.id,
        "view": view.value,
        "required": len(required),
        "met": sum(1 for one in required if one.met),
        "unknown": sum(1 for one in required if one.met is None),
        "share": sum(shares) / len(shares) if shares else None,
        "share_p05": sum(band.p05 for band in bands) / len(bands) if bands else None,
        "share_p95": sum(band.p95 for band in bands) / len(bands) if bands else None,
        "cameras": sum(1 for one in site.picture.watchers if one.view is not None),
        "incomplete": sum(1 for one in site.picture.watchers if one.view is None),
        "catalogue_number": site.picture.catalogue.number,
        "computed_at": work.now,
    }


def _store_summaries(work: Work, rows: Sequence[Row]) -> None:
    statement = insert(SiteCoverage)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {"site_id", "view"}}
    work.session.execute(statement.on_conflict_do_update(index_elements=["site_id", "view"], set_=changed), rows)
