"""Tables of tiles: the version number in each layer's address."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base


class LayerVersion(Base):
    """The number in a tile layer's address; bumped when a change makes its tiles stale."""

    __tablename__ = "layer_version"

    layer: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
