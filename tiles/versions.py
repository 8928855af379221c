"""Version numbers of layers: they stand in the tiles' address, so that a change is a new address."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from foundation.work import Work
from tiles.models import LayerVersion


def version_of(work: Work, layer: str) -> int:
    """The layer's present number; 1 for one that never changed."""
    return work.session.scalar(select(LayerVersion.number).where(LayerVersion.layer == layer)) or 1


def bump(work: Work, layers: Iterable[str]) -> None:
    """Give layers a new number, in the transaction of the change. In order, so that two writers cannot deadlock."""
    for layer in sorted(layers):
        row = insert(LayerVersion).values(layer=layer, number=2)
        work.session.execute(row.on_conflict_do_update(index_elements=["layer"], set_={"number": LayerVersion.number + 1}))
