"""终端设备: registering a device on a site. No device goes on the map of a site without an accepted plot (M28)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import exists, func, select

from foundation import audit
from foundation.work import Work
from sites.changes import DeviceRegistered
from sites.checking import check_features, missing_layers
from sites.errors import DeviceCodeTaken, DeviceOutsideSite, DevicePlaceSuspect, NationalCodeWrong, SiteNotPlotted
from sites.heartbeats import note
from sites.literals import literal_place
from sites.mandatory_layers import mandatory_layers
from sites.models import Device, PlotFeature, Site
from sites.plots import drawn, features_at
from sites.progress import DEVICE_TOLERANCE_M, refresh_progress
from sites.quarantine import suspect_place
from sites.queries import site_of
from sites.states import DeviceClass, DeviceLogKind, PlottingState
from spatial.crs import STORAGE_SRID
from spatial.plan_layers import PlanLayer

#: Plotting states in which an accepted plot is in force.
PLOTTED = frozenset({PlottingState.ACCEPTED.value, PlottingState.OUTDATED.value})
#: Rule of a site that has no accepted boundary at all.
NOT_ACCEPTED = "P00"


@dataclass(frozen=True, kw_only=True)
class NewDevice:
    """A device to register. ``location`` is lon/lat, EPSG:4490."""

    code: str
    device_class: DeviceClass
    name: str
    national_code: str | None = None
    location: Point | None = None
    vendor: str | None = None
    #: Seconds between two signs of life.
    period_s: int = 60


def register_device(work: Work, site_id: int, new: NewDevice, *, field: str = "") -> Device:
    """Put a device on a plotted site; ``field`` is where its place stands in what was sent."""
    work.require("register_device")
    site = site_of(work, site_id)
    if site.in_force_number is None:
        raise SiteNotPlotted(plotting_state=site.plotting_state, rules=broken_rules(work, site))
    if new.national_code is not None and not (len(new.national_code) == 20 and new.national_code.isdigit()):
        raise NationalCodeWrong(field="/national_code")
    if work.session.scalar(select(exists().where(Device.site_id == site.id, Device.code == new.code))):
        raise DeviceCodeTaken(field="/code")
    if new.location is not None:
        require_on_site(work, site, new.location, f"{field}/location")
    device = Device(
        site_id=site.id,
        code=new.code,
        national_code=new.national_code,
        device_class=new.device_class.value,
        name=new.name,
        location=from_shape(new.location, srid=STORAGE_SRID) if new.location else None,
        vendor=new.vendor,
        period_s=new.period_s,
    )
    work.session.add(device)
    refresh_progress(work, site)
    note(work, device, DeviceLogKind.REGISTERED)
    audit.record(work, "device_registered", "device", device.id, site_id=site.id)
    work.announce(DeviceRegistered(site_id=site.id, device_id=device.id))
    return device


def broken_rules(work: Work, site: Site) -> list[str]:
    """Ids of the rules that keep the site's plot from being accepted."""
    features = [drawn(row) for row in features_at(work, site.id, site.plot_number)]
    rules = {remark.rule for remark in check_features(work, site, features, submitting=True).errors}
    if missing_layers(features, mandatory_layers(site.site_type)):
        rules.add("P12")
    return sorted(rules) or [NOT_ACCEPTED]


def devices_of(work: Work, site_id: int) -> Sequence[Device]:
    """The devices of a site."""
    site = site_of(work, site_id)
    standing = select(Device).where(Device.site_id == site.id, Device.retired_at.is_(None))
    return work.session.scalars(standing.order_by(Device.code)).all()


def require_on_site(work: Work, site: Site, location: Point, field: str = "/location") -> None:
    """Refuse a place too far outside the boundary in force; ``field`` is where it stands in what was sent."""
    here = literal_place(location)
    distance_m = work.session.execute(
        select(func.ST_Distance(func.geography(PlotFeature.geom), here)).where(
            PlotFeature.site_id == site.id,
            PlotFeature.layer == PlanLayer.BOUNDARY.value,
            func.upper_inf(PlotFeature.in_force),
        )
    ).scalar_one()
    if distance_m > DEVICE_TOLERANCE_M:
        suspicion = suspect_place(work, site, location)
        if suspicion is not None:
            suggested = suspicion.suggestion
            place = (suggested.x, suggested.y) if suggested is not None else None
            raise DevicePlaceSuspect(field=field, why=suspicion.why, reason=suspicion.reason.value, suggestion=place)
        raise DeviceOutsideSite(field=field, at=(location.x, location.y), distance_m=distance_m, limit_m=DEVICE_TOLERANCE_M)
