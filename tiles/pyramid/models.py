"""The table of the pyramid."""

from __future__ import annotations

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, SiteScoped


class IncidentCell(SiteScoped, Base):
    """What one site has in one cell: sums only, so that whatever was added can be taken away again."""

    __tablename__ = "incident_cell"

    #: Cells of level n are the tiles of zoom n.
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    #: Morton key of the cell, in its level.
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(
        ForeignKey("site.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    closed: Mapped[int]
    minor: Mapped[int]
    moderate: Mapped[int]
    major: Mapped[int]
    critical: Mapped[int]
    #: Columns and rows (level 28) of all of them together: divided by their number, where their middle is.
    columns: Mapped[int]
    rows: Mapped[int]


#: How many incidents a cell counts.
COUNT = IncidentCell.closed + IncidentCell.minor + IncidentCell.moderate + IncidentCell.major + IncidentCell.critical
