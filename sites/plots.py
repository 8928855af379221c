"""A site's plot between its rows and the values that ``spatial`` checks: reading versions, building the context of rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2.shape import to_shape
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, or_, select

from foundation.work import Work
from sites.errors import PlotVersionNotFound
from sites.literals import literal_shape
from sites.mandatory_layers import mandatory_layers
from sites.models import Device, PlotFeature, PlotVersion, Site
from spatial.crs import SourceCrs
from spatial.plan_layers import PlanLayer
from spatial.plots import DevicePlace, Neighbour, Plot, PlotContext
from spatial.plots import PlotFeature as PlotValue

#: Shown instead of a neighbour the viewer may not see.
HIDDEN_NEIGHBOUR = ""


@dataclass(frozen=True, kw_only=True)
class DrawnFeature:
    """A feature as it is drawn or imported. Geometry is lon/lat, EPSG:4490."""

    key: UUID
    layer: PlanLayer
    name: str
    attributes: dict[str, Any]
    geometry: BaseGeometry
    #: Reference system the geometry came in.
    source_crs: SourceCrs = SourceCrs.CGCS2000


def plot_of(features: Iterable[DrawnFeature]) -> Plot:
    """The value the rules check."""
    return Plot(
        features=tuple(
            PlotValue(key=str(feature.key), layer=feature.layer, geometry=feature.geometry, attributes=feature.attributes)
            for feature in features
        )
    )


def drawn(row: PlotFeature) -> DrawnFeature:
    """A stored feature as a value."""
    return DrawnFeature(
        key=row.key,
        layer=PlanLayer(row.layer),
        name=row.name,
        attributes=row.attributes,
        geometry=to_shape(row.geom),
        source_crs=SourceCrs(row.source_crs),
    )


def features_at(work: Work, site_id: int, number: int) -> Sequence[PlotFeature]:
    """The features of one version; of no version (0), none."""
    return work.session.scalars(
        select(PlotFeature)
        .where(
            PlotFeature.site_id == site_id,
            PlotFeature.number_from <= number,
            or_(PlotFeature.number_to.is_(None), PlotFeature.number_to > number),
        )
        .order_by(PlotFeature.layer != PlanLayer.BOUNDARY.value, PlotFeature.id)
    ).all()


def version_of(work: Work, site_id: int, number: int) -> PlotVersion:
    """One version of a site's plot."""
    version = work.session.scalars(
        select(PlotVersion).where(PlotVersion.site_id == site_id, PlotVersion.number == number)
    ).one_or_none()
    if version is None:
        raise PlotVersionNotFound(number=number)
    return version


def versions_of(work: Work, site_id: int) -> Sequence[PlotVersion]:
    """All versions, the newest first."""
    return work.session.scalars(
        select(PlotVersion).where(PlotVersion.site_id == site_id).order_by(PlotVersion.number.desc())
    ).all()


def version_in_force(work: Work, site_id: int, at: datetime) -> PlotVersion:
    """The version that was in force at an instant."""
    version = work.session.scalars(
        select(PlotVersion).where(PlotVersion.site_id == site_id, PlotVersion.in_force.contains(at))
    ).one_or_none()
    if version is None:
        raise PlotVersionNotFound(number=None)
    return version


def context_of(work: Work, site: Site, boundary: BaseGeometry | None) -> PlotContext:
    """What the rules compare a plot with: neighbours in force, registered facts, devices."""
    return PlotContext(
        registered_location=to_shape(site.registered_location),
        registered_area_m2=site.registered_area_m2,
        neighbours=tuple(_neighbours(work, site.id, boundary)),
        mandatory_layers=mandatory_layers(site.site_type),
        devices=tuple(_devices(work, site.id)),
    )


def neighbour_boundaries(work: Work, site_id: int, area: BaseGeometry) -> list[tuple[int, str, BaseGeometry]]:
    """Exact boundaries in force near ``area`` that the viewer may see, for snapping."""
    rows = work.session.execute(_near(site_id, area)).all()
    return [(found, name, to_shape(geom)) for found, name, geom in rows]


def boundary_of(features: Iterable[DrawnFeature]) -> MultiPolygon | None:
    """The boundary among the features, as a MultiPolygon."""
    found = next((f.geometry for f in features if f.layer is PlanLayer.BOUNDARY), None)
    if found is None or found.is_empty:
        return None
    return found if isinstance(found, MultiPolygon) else MultiPolygon([found])


def _near(site_id: int, area: BaseGeometry) -> Any:
    shape = literal_shape(area.envelope)
    return (
        select(Site.id, Site.name, PlotFeature.geom)
        .join(PlotFeature, PlotFeature.site_id == Site.id)
        .where(
            PlotFeature.layer == PlanLayer.BOUNDARY.value,
            func.upper_inf(PlotFeature.in_force),
            PlotFeature.geom.op("&&")(shape),
            Site.id != site_id,
        )
    )


def _neighbours(work: Work, site_id: int, boundary: BaseGeometry | None) -> Iterable[Neighbour]:
    """All neighbours in force; the name of one the viewer may not see is withheld, and so is its outline later."""
    if boundary is None:
        return
    with work.session.everything():
        rows = work.session.execute(_near(site_id, boundary)).all()
    seen = set(work.session.scalars(select(Site.id).where(Site.id.in_([row[0] for row in rows]))))
    for found, name, geom in rows:
        yield Neighbour(site_id=found, name=name if found in seen else HIDDEN_NEIGHBOUR, geometry=to_shape(geom))


def _devices(work: Work, site_id: int) -> Iterable[DevicePlace]:
    rows = work.session.scalars(select(Device).where(Device.site_id == site_id, Device.location.is_not(None)))
    for row in rows:
        if row.location is not None:
            yield DevicePlace(id=row.id, name=row.name, geometry=to_shape(row.location))
