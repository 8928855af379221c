"""Places that cannot be right: no position fix, GCJ-02 without saying so, longitude and latitude swapped (M15).

A device sent with such a place is kept with a suggestion until somebody decides; nothing is shifted behind anybody's back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from sqlalchemy import func, select

from foundation.work import Work
from sites.errors import QuarantinedDeviceNotFound, QuarantineSettled
from sites.literals import literal_place
from sites.models import PlotFeature, QuarantinedDevice, Site
from sites.states import QuarantineReason
from spatial.crs import STORAGE_SRID, SourceCrs, geometry_to_storage
from spatial.plan_layers import PlanLayer

#: A corrected place this near to the boundary explains the mistake, metres.
NEAR_M = 30.0
#: Nearer to 0, 0 than this there was no fix, degrees.
NO_FIX_DEG = 0.01
WHY = {
    QuarantineReason.NO_FIX: "0, 0: no position fix",
    QuarantineReason.GCJ02_SUSPECTED: "read as GCJ-02 it lies on the site",
    QuarantineReason.SWAPPED: "with longitude and latitude swapped it lies on the site",
}


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """Why a place cannot be right, and where the device probably stands."""

    reason: QuarantineReason
    suggestion: Point | None

    @property
    def why(self) -> str:
        """The reason in words."""
        return WHY[self.reason]


def suspect_place(work: Work, site: Site, location: Point) -> Suspicion | None:
    """The mistake that explains a place off the site, if one does."""
    if abs(location.x) < NO_FIX_DEG and abs(location.y) < NO_FIX_DEG:
        return Suspicion(reason=QuarantineReason.NO_FIX, suggestion=None)
    swapped = Point(location.y, location.x)
    if abs(swapped.y) <= 90 and _on_site(work, site, swapped):
        return Suspicion(reason=QuarantineReason.SWAPPED, suggestion=swapped)
    shifted = geometry_to_storage(location, SourceCrs.GCJ02)
    assert isinstance(shifted, Point)
    if _on_site(work, site, shifted):
        return Suspicion(reason=QuarantineReason.GCJ02_SUSPECTED, suggestion=shifted)
    return None


def quarantined(work: Work) -> Sequence[QuarantinedDevice]:
    """What waits for a decision, the oldest first."""
    waiting = select(QuarantinedDevice).where(QuarantinedDevice.settled_at.is_(None))
    return work.session.scalars(waiting.order_by(QuarantinedDevice.id)).all()


def waiting_one(work: Work, quarantine_id: int) -> QuarantinedDevice:
    """One device that waits."""
    row = work.session.get(QuarantinedDevice, quarantine_id)
    if row is None:
        raise QuarantinedDeviceNotFound
    if row.settled_at is not None:
        raise QuarantineSettled
    return row


def suggestion_of(row: QuarantinedDevice) -> Point | None:
    """Where the device probably stands."""
    shape = to_shape(row.suggestion) if row.suggestion is not None else None
    return shape if isinstance(shape, Point) else None


def keep_aside(work: Work, row: QuarantinedDevice, suggestion: tuple[float, float] | None) -> QuarantinedDevice:
    """Put a device into quarantine."""
    row.suggestion = from_shape(Point(suggestion), srid=STORAGE_SRID) if suggestion else None
    work.session.add(row)
    work.session.flush()
    return row


def _on_site(work: Work, site: Site, location: Point) -> bool:
    near = func.ST_DWithin(func.geography(PlotFeature.geom), literal_place(location), NEAR_M)
    boundary = select(near).where(
        PlotFeature.site_id == site.id, PlotFeature.layer == PlanLayer.BOUNDARY.value, func.upper_inf(PlotFeature.in_force)
    )
    return bool(work.session.scalar(boundary))
