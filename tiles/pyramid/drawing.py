"""Incidents in a tile: cells with their counts while there are many, single ones where there is room; never fewer than there are.

Tiles up to zoom 13 hold cells only. Deeper ones hold every incident if they are few, and otherwise the gravest open ones and
cells for the rest, so that single ones and counts always add up to what the viewer may see.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from foundation.work import Work
from incidents.models import Incident
from incidents.states import IncidentSeverity
from spatial.morton import LEVEL, range_of_tile
from tiles.layer import EXTENT
from tiles.pyramid.counting import COARSEST, FINEST, CountedAs
from tiles.pyramid.models import COUNT, IncidentCell

#: From this zoom on incidents are drawn one by one.
SINGLE_FROM = 14
#: So many are drawn in one tile.
MOST_SINGLES = 1_000
_SINGLE = (
    Incident.id,
    Incident.location_3857,
    Incident.kind,
    Incident.severity,
    Incident.state,
    Incident.site_id,
    Incident.occurred_at,
    Incident.counted_key,
    Incident.counted_as,
)
#: Columns of the open ones, the worst first.
_GRADES = {one.value: CountedAs[one.name] for one in IncidentSeverity}


def draw_incidents(work: Work, z: int, x: int, y: int) -> bytes:
    """The tile's protobuf; empty where nothing is."""
    cells = _cells(z, x, y)
    if z < SINGLE_FROM:
        return _encoded(work, _as_features(z, x, y, cells))
    counted = cells.subquery()
    total = work.session.scalar(select(func.coalesce(func.sum(counted.c.count), 0))) or 0
    if total <= MOST_SINGLES:
        return _encoded(work, _singles(z, x, y, _chosen(z, x, y, only_open=False)))
    chosen = _chosen(z, x, y, only_open=True)
    rest = _as_features(z, x, y, _less(cells, chosen, _level(z)))
    return _encoded(work, union_all(_singles(z, x, y, chosen), rest))


def _level(z: int) -> int:
    return min(max(z + 6, COARSEST), FINEST)


def _cells(z: int, x: int, y: int) -> Select[Any]:
    """Cells of the tile, the viewer's sites added up."""
    level = _level(z)
    first, end = range_of_tile(z, x, y, level)
    count = func.sum(COUNT)
    sums = [func.sum(getattr(IncidentCell, name)).label(name) for name in (*_GRADES, "columns", "rows")]
    return (
        select(IncidentCell.key.label("key"), count.label("count"), *sums)
        .where(IncidentCell.level == level, IncidentCell.key >= first, IncidentCell.key < end)
        .group_by(IncidentCell.key)
        .having(count > 0)
    )


def _chosen(z: int, x: int, y: int, *, only_open: bool) -> Any:
    """The incidents that are drawn one by one."""
    first, end = range_of_tile(z, x, y)
    least = CountedAs.MINOR if only_open else CountedAs.CLOSED
    chosen = select(*_SINGLE).where(Incident.counted_key >= first, Incident.counted_key < end, Incident.counted_as >= least.value)
    return chosen.order_by(Incident.counted_as.desc(), Incident.id.desc()).limit(MOST_SINGLES).subquery("chosen")


def _less(cells: Select[Any], chosen: Any, level: int) -> Select[Any]:
    """The cells without those that are drawn one by one."""
    all_of = cells.subquery("cells")
    key = chosen.c.counted_key.op(">>")(literal(2 * (LEVEL - level), Integer))
    numbers = [func.count().filter(chosen.c.counted_as == grade.value).label(name) for name, grade in _GRADES.items()]
    drawn = select(key.label("key"), func.count().label("count"), *numbers).group_by(key).subquery("drawn")
    left = {name: all_of.c[name] - func.coalesce(drawn.c[name], 0) for name in ("count", *_GRADES)}
    # the middle of all of them stays a fair place for the rest
    scale = left["count"] / all_of.c["count"]
    return (
        select(
            all_of.c.key,
            *(value.label(name) for name, value in left.items()),
            (all_of.c.columns * scale).label("columns"),
            (all_of.c.rows * scale).label("rows"),
        )
        .select_from(all_of.outerjoin(drawn, drawn.c.key == all_of.c.key))
        .where(left["count"] > 0)
    )


def _as_features(z: int, x: int, y: int, cells: Select[Any]) -> Select[Any]:
    one = cells.subquery("counted")
    opened = one.c.minor + one.c.moderate + one.c.major + one.c.critical
    worst = case(*((one.c[name] > 0, name) for name in _GRADES), else_=null())
    return select(
        cast(null(), BigInteger).label("id"),
        func.ST_MakePoint(_within(one.c.columns / one.c["count"], z, x), _within(one.c.rows / one.c["count"], z, y)).label(
            "geom"
        ),
        cast(one.c["count"], Integer).label("count"),
        cast(opened, Integer).label("open_count"),
        cast(worst, String).label("severity"),
        (opened > 0).label("open"),
        cast(null(), String).label("kind"),
        cast(null(), String).label("state"),
        cast(null(), BigInteger).label("site_id"),
        cast(null(), Integer).label("occurred"),
    )


def _within(mean: ColumnElement[Any], z: int, number: int) -> ColumnElement[Any]:
    """Pixels from the tile's edge, of a mean column or row of level 28."""
    return func.floor((mean / 2.0 ** (LEVEL - z) - number) * EXTENT)


def _singles(z: int, x: int, y: int, chosen: Any) -> Select[Any]:
    envelope = func.ST_TileEnvelope(z, x, y)
    is_open = chosen.c.counted_as > CountedAs.CLOSED.value
    return select(
        chosen.c.id.label("id"),
        func.ST_AsMVTGeom(chosen.c.location_3857, envelope, EXTENT, 64, False).label("geom"),
        cast(null(), Integer).label("count"),
        cast(null(), Integer).label("open_count"),
        cast(chosen.c.severity, String).label("severity"),
        is_open.label("open"),
        cast(chosen.c.kind, String).label("kind"),
        cast(chosen.c.state, String).label("state"),
        chosen.c.site_id.label("site_id"),
        cast(func.extract("epoch", chosen.c.occurred_at), Integer).label("occurred"),
    )


def _encoded(work: Work, features: Any) -> bytes:
    drawn = features.subquery("drawn")
    encoded = select(func.ST_AsMVT(drawn.table_valued(), "incidents", EXTENT, "geom", "id")).select_from(drawn)
    return bytes(work.session.execute(encoded).scalar_one() or b"")
