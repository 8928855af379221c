"""What a map layer is: data that says which rows make its features, drawn alike by every client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from foundation.work import Work

#: Any columns.
Rows = Select[*tuple[Any, ...]]
FieldType = Literal["String", "Number", "Boolean"]
#: Pixels of a vector tile, each way.
EXTENT = 4096


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer of vector tiles; the style of the same name is in ``web_map/src/map/layers``."""

    name: str
    #: Rows of the layer at a zoom: must select ``id``, ``geom`` (3857) and every property, unfiltered by place.
    rows: Callable[[int], Rows]
    #: The 3857 column the tile's envelope is compared with.
    geometry: InstrumentedAttribute[Any]
    #: Property → type, as TileJSON tells them.
    fields: Mapping[str, FieldType]
    min_zoom: int
    max_zoom: int
    #: Up to this zoom shapes are simplified to a pixel; above they are exact.
    simplified_to_zoom: int = 15
    #: At most so many features in a tile; what matters most comes first in ``rows``.
    most_features: int = 10_000
    #: Pixels (of 4096) drawn beyond the tile's edge.
    buffer: int = 64
    #: How a tile is made of what is not simply one feature a row: z, x, y → protobuf. Scope comes from the work's session.
    draw: Callable[[Work, int, int, int], bytes] | None = None
