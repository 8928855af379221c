"""Is the pyramid right? Counted anew from the incidents, site by site; and made anew where somebody wrote past it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Case, case, delete, func, select, update

from foundation.database import Database
from foundation.viewer import SYSTEM
from foundation.work import Work, work
from incidents.models import Incident
from incidents.states import OPEN, UNCOUNTED, IncidentSeverity
from sites.models import Site
from spatial.morton import keys_at
from tiles.pyramid.counting import Cells, Counted, CountedAs, cells_of, counted_as
from tiles.pyramid.keeping import SUM_COLUMNS, put_cells
from tiles.pyramid.models import IncidentCell

Told = Callable[[int, int], None]


def _nobody(_: int, __: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a site's part of the pyramid."""

    site_id: int
    #: Cells whose sums are not those of the incidents.
    cells: int
    #: Incidents whose key is not that of their place, or that are counted as something else than they are.
    incidents: int


def find_faults(database: Database, told: Told = _nobody) -> list[Fault]:
    """Compare every cell with its incidents, site by site. ``told(done, of)`` hears of the progress.

    The first look locks nothing, and a writer in between may look like a fault; so a fault is looked at again, with the writers
    of the site waiting.
    """
    faults: list[Fault] = []
    site_ids = _site_ids(database)
    for done, site_id in enumerate(site_ids, 1):
        with work(database, SYSTEM, read_only=True) as unit:
            suspected = fault_of(unit, site_id)
        if suspected is not None:
            with work(database, SYSTEM) as unit:
                _hold(unit, site_id)
                faults += [fault for fault in [fault_of(unit, site_id)] if fault is not None]
        told(done, len(site_ids))
    return faults


def make_anew(database: Database, told: Told = _nobody) -> None:
    """Count everything again. Each site is one transaction; its own writers wait for it, nobody else does."""
    site_ids = _site_ids(database)
    for done, site_id in enumerate(site_ids, 1):
        with work(database, SYSTEM) as unit:
            count_site_anew(unit, site_id)
        told(done, len(site_ids))


def fault_of(unit: Work, site_id: int) -> Fault | None:
    """What is wrong with a site; None if nothing is."""
    counted, astray = _counted(unit, site_id)
    right, stored = _table(cells_of(counted)), _stored(unit, site_id)
    cells = sum(1 for place in right.keys() | stored.keys() if right.get(place) != stored.get(place))
    return Fault(site_id=site_id, cells=cells, incidents=astray) if cells or astray else None


def count_site_anew(unit: Work, site_id: int) -> None:
    """Write a site's cells from its incidents."""
    _hold(unit, site_id)
    places = unit.session.execute(
        select(Incident.id, func.ST_X(Incident.location), func.ST_Y(Incident.location), Incident.tile_key).where(
            Incident.site_id == site_id
        )
    ).all()
    for incident_id, lon_deg, lat_deg, known in places:
        key = int(keys_at(lon_deg, lat_deg))
        if key != known:
            unit.session.execute(
                update(Incident)
                .where(Incident.id == incident_id)
                .values(tile_key=key)
                .execution_options(synchronize_session=False)
            )
    kind = _kind()
    unit.session.execute(
        update(Incident)
        .where(Incident.site_id == site_id)
        .values(counted_as=kind, counted_key=case((kind.is_not(None), Incident.tile_key)))
        .execution_options(synchronize_session=False)
    )
    counted, _ = _counted(unit, site_id)
    unit.session.execute(delete(IncidentCell).where(IncidentCell.site_id == site_id))
    put_cells(unit, cells_of(counted))


def _hold(unit: Work, site_id: int) -> None:
    """Until the end of this transaction nobody reports on the site, and nobody takes a step of its incidents."""
    unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("incident"), site_id)))
    unit.session.execute(select(Incident.id).where(Incident.site_id == site_id).order_by(Incident.id).with_for_update())


def _kind() -> Case[Any]:
    """``CountedAs`` in SQL, NULL for what counts nowhere."""
    grades = {one.value: CountedAs[one.name].value for one in IncidentSeverity}
    return case(
        (Incident.state.in_([one.value for one in UNCOUNTED]), None),
        (Incident.state.in_([one.value for one in OPEN]), case(grades, value=Incident.severity)),
        else_=CountedAs.CLOSED.value,
    )


def _site_ids(database: Database) -> list[int]:
    with work(database, SYSTEM, read_only=True) as unit:
        return list(unit.session.scalars(select(Site.id).order_by(Site.id)))


def _counted(unit: Work, site_id: int) -> tuple[Counted, int]:
    """What should be counted, and how many incidents say something else of themselves."""
    rows = unit.session.execute(
        select(
            func.ST_X(Incident.location),
            func.ST_Y(Incident.location),
            Incident.state,
            Incident.severity,
            Incident.tile_key,
            Incident.counted_key,
            Incident.counted_as,
        ).where(Incident.site_id == site_id)
    ).all()
    keys = keys_at([row[0] for row in rows], [row[1] for row in rows])
    kinds = [counted_as(row.state, row.severity) for row in rows]
    astray = sum(
        (row.tile_key, row.counted_key, row.counted_as) != (key, None if kind is None else key, kind)
        for row, key, kind in zip(rows, keys.tolist(), kinds, strict=True)
    )
    chosen = [number for number, kind in enumerate(kinds) if kind is not None]
    return Counted(
        keys=keys[chosen],
        site_ids=np.full(len(chosen), site_id),
        counted_as=np.array([kind for kind in kinds if kind is not None], dtype=np.int64),
        signs=np.ones(len(chosen), dtype=np.int64),
    ), astray


def _table(cells: Cells) -> dict[tuple[int, int], tuple[int, ...]]:
    places = zip(cells.levels.tolist(), cells.keys.tolist(), strict=True)
    return dict(zip(places, map(tuple, cells.sums.tolist()), strict=True))


def _stored(unit: Work, site_id: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """The cells there are; one that nothing is left in is as good as none."""
    sums = [getattr(IncidentCell, name) for name in SUM_COLUMNS]
    rows = unit.session.execute(select(IncidentCell.level, IncidentCell.key, *sums).where(IncidentCell.site_id == site_id)).all()
    return {(row[0], row[1]): tuple(row[2:]) for row in rows if any(row[2:])}
