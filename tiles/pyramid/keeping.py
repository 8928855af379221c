"""Keeping the pyramid right, in the transaction that moves the incident.

An incident remembers where and as what it is counted; whatever happened to it, the difference to what it is now goes into the
cells. Cells are written in one order, and writers of incidents wait for one another at the live log before they come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from foundation.changes import on
from foundation.work import Work
from incidents.changes import IncidentMoved, IncidentReported
from incidents.models import Incident
from tiles.pyramid.counting import Cells, Counted, cells_of, counted_as
from tiles.pyramid.models import IncidentCell

SUM_COLUMNS = ("closed", "minor", "moderate", "major", "critical", "columns", "rows")
#: Rows of one statement: PostgreSQL takes 65,535 parameters.
AT_ONCE = 5_000


def count_incident(work: Work, change: IncidentReported | IncidentMoved) -> None:
    """Put the difference that a change makes into the cells."""
    row = work.session.execute(
        select(
            Incident.site_id, Incident.tile_key, Incident.state, Incident.severity, Incident.counted_key, Incident.counted_as
        ).where(Incident.id == change.incident_id)
    ).one_or_none()
    if row is None:
        return
    now = counted_as(row.state, row.severity)
    key = row.tile_key if now is not None else None
    if (key, now) == (row.counted_key, row.counted_as):
        return
    parts = [(row.counted_key, row.counted_as, -1), (key, now, 1)]
    told = [part for part in parts if part[0] is not None]
    keys, kinds, signs = (np.array(part, dtype=np.int64) for part in zip(*told, strict=True))
    counted = Counted(keys=keys, site_ids=np.full(len(told), row.site_id), counted_as=kinds, signs=signs)
    add_cells(work, cells_of(counted))
    # not through the object: what is counted is no new version of the incident
    work.session.execute(
        update(Incident)
        .where(Incident.id == change.incident_id)
        .values(counted_key=key, counted_as=now)
        .execution_options(synchronize_session=False)
    )


on(IncidentReported)(count_incident)
on(IncidentMoved)(count_incident)


def add_cells(work: Work, cells: Cells) -> None:
    """Add sums to the cells there are, and make those that are missing."""
    for rows in _batches(cells):
        row = insert(IncidentCell)
        grown = {name: getattr(IncidentCell, name) + row.excluded[name] for name in SUM_COLUMNS}
        statement = row.values(rows).on_conflict_do_update(index_elements=["level", "key", "site_id"], set_=grown)
        work.session.execute(statement)


def put_cells(work: Work, cells: Cells) -> None:
    """Write cells where there are none."""
    for rows in _batches(cells):
        work.session.execute(plain_insert(IncidentCell), rows)


def _batches(cells: Cells) -> Iterator[Sequence[dict[str, int]]]:
    names = ("level", "key", "site_id", *SUM_COLUMNS)
    table = np.column_stack((cells.levels, cells.keys, cells.site_ids, cells.sums))
    for begin in range(0, len(table), AT_ONCE):
        yield [dict(zip(names, row, strict=True)) for row in table[begin : begin + AT_ONCE].tolist()]
