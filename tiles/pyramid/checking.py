"""Is the pyramid right? Counted anew from the incidents, site by site; and made anew where somebody wrote past it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select, update

from foundation.database import Database
from foundation.viewer import SYSTEM
from foundation.work import Work, work
from incidents.models import Incident
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
    standing = _standing(unit, site_id)
    right, stored = _table(_cells(site_id, standing)), _stored(unit, site_id)
    cells = sum(1 for place in right.keys() | stored.keys() if right.get(place) != stored.get(place))
    astray = sum(one.astray for one in standing)
    return Fault(site_id=site_id, cells=cells, incidents=astray) if cells or astray else None


def count_site_anew(unit: Work, site_id: int) -> None:
    """Write a site's cells from its incidents, and into each incident what it counts as."""
    _hold(unit, site_id)
    standing = _standing(unit, site_id)
    for one in standing:
        if one.tile_key != one.key:
            _put(unit, [one.incident_id], tile_key=one.key)
    for kind in (None, *CountedAs):
        ids = [one.incident_id for one in standing if one.astray and one.kind is kind]
        if ids:
            _put(unit, ids, counted_as=kind, counted_key=None if kind is None else Incident.tile_key)
    unit.session.execute(delete(IncidentCell).where(IncidentCell.site_id == site_id))
    put_cells(unit, _cells(site_id, standing))


def _hold(unit: Work, site_id: int) -> None:
    """Until the end of this transaction nobody reports on the site, and nobody takes a step of its incidents."""
    unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("incident"), site_id)))
    unit.session.execute(select(Incident.id).where(Incident.site_id == site_id).order_by(Incident.id).with_for_update())


def _put(unit: Work, incident_ids: list[int], **values: Any) -> None:
    """Past the objects: what is counted is no new version of an incident."""
    statement = update(Incident).where(Incident.id.in_(incident_ids)).values(**values)
    unit.session.execute(statement.execution_options(synchronize_session=False))


def _site_ids(database: Database) -> list[int]:
    with work(database, SYSTEM, read_only=True) as unit:
        return list(unit.session.scalars(select(Site.id).order_by(Site.id)))


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """An incident: the key it should have and what it should count as, and what it says of itself."""

    incident_id: int
    key: int
    kind: CountedAs | None
    tile_key: int
    counted_key: int | None
    counted_as: int | None

    @property
    def astray(self) -> bool:
        """Does it say something else than it should?"""
        right = (self.key, None if self.kind is None else self.key, self.kind)
        return (self.tile_key, self.counted_key, self.counted_as) != right


def _standing(unit: Work, site_id: int) -> list[_Standing]:
    rows = unit.session.execute(
        select(
            Incident.id,
            func.ST_X(Incident.location).label("lon_deg"),
            func.ST_Y(Incident.location).label("lat_deg"),
            Incident.state,
            Incident.severity,
            Incident.tile_key,
            Incident.counted_key,
            Incident.counted_as,
        ).where(Incident.site_id == site_id)
    ).all()
    keys = keys_at([row.lon_deg for row in rows], [row.lat_deg for row in rows]).tolist()
    return [
        _Standing(
            incident_id=row.id,
            key=key,
            kind=counted_as(row.state, row.severity),
            tile_key=row.tile_key,
            counted_key=row.counted_key,
            counted_as=row.counted_as,
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def _cells(site_id: int, standing: list[_Standing]) -> Cells:
    counted = [(one.key, one.kind) for one in standing if one.kind is not None]
    keys, kinds = np.array(counted, dtype=np.int64).reshape(-1, 2).T
    return cells_of(
        Counted(keys=keys, site_ids=np.full(len(keys), site_id), counted_as=kinds, signs=np.ones(len(keys), dtype=np.int64))
    )


def _table(cells: Cells) -> dict[tuple[int, int], tuple[int, ...]]:
    places = zip(cells.levels.tolist(), cells.keys.tolist(), strict=True)
    return dict(zip(places, map(tuple, cells.sums.tolist()), strict=True))


def _stored(unit: Work, site_id: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """The cells there are; one that nothing is left in is as good as none."""
    sums = [getattr(IncidentCell, name) for name in SUM_COLUMNS]
    rows = unit.session.execute(select(IncidentCell.level, IncidentCell.key, *sums).where(IncidentCell.site_id == site_id)).all()
    return {(row[0], row[1]): tuple(row[2:]) for row in rows if any(row[2:])}
