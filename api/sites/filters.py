"""The query parameters that narrow lists of sites."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from foundation.problems import Invalid
from sites.queries import SiteFilter
from sites.states import OpeningState, PlottingState, SiteState, Specialty


class BboxWrong(Invalid):
    """The bounding box must be west,south,east,north in degrees."""


def bbox_of(text: str | None) -> tuple[float, float, float, float] | None:
    """``121,31,122,32`` as numbers, west before east and south before north."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BboxWrong(field="/bbox") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BboxWrong(field="/bbox")
    return (west, south, east, north)


def site_filter(
    q: Annotated[str | None, Query(max_length=100)] = None,
    specialty: Specialty | None = None,
    state: SiteState | None = None,
    opening_state: OpeningState | None = None,
    plotting_state: PlottingState | None = None,
    district: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    organisation_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    late: bool | None = None,
    bbox: Annotated[str | None, Query(max_length=120)] = None,
) -> SiteFilter:
    """The filter of every list of sites."""
    return SiteFilter(
        q=q.replace("\x00", "") if q else None,
        specialty=specialty,
        state=state,
        opening_state=opening_state,
        plotting_state=plotting_state,
        district=district,
        organisation_id=organisation_id,
        late=late,
        bbox=bbox_of(bbox),
    )


SiteFilterDep = Annotated[SiteFilter, Depends(site_filter)]
