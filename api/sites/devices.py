"""终端设备 of a site."""

from __future__ import annotations

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field
from shapely import Point

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import In, geometry_in, lon_lat
from api.sites.sites import SiteId
from api.sites.terminals import QuarantinedOut, quarantined_out
from sites.devices import NewDevice, devices_of
from sites.models import Device, QuarantinedDevice
from sites.receiving import receive_device
from sites.states import DeviceClass
from spatial.crs import SourceCrs

router = APIRouter(prefix="/sites/{site_id}/devices", tags=["devices"])


class DeviceIn(In):
    """A device to register."""

    code: str = Field(min_length=1, max_length=64)
    device_class: DeviceClass
    name: str = Field(min_length=1, max_length=200)
    national_code: str | None = None
    location: tuple[float, float] | None = None
    location_crs: SourceCrs = SourceCrs.CGCS2000
    vendor: str | None = Field(None, max_length=100)
    #: Seconds between two signs of life.
    period_s: int = Field(60, ge=1, le=86_400)


class DeviceOut(BaseModel):
    """A registered device; without a location it is not on the map."""

    id: int
    site_id: int
    code: str
    device_class: str
    name: str
    national_code: str | None
    location: tuple[float, float] | None
    version: int


class DeviceList(BaseModel):
    """Devices of a site."""

    items: list[DeviceOut]
    total: int


@router.get("")
def devices(work: ReadWorkDep, site_id: SiteId) -> DeviceList:
    """The devices of a site."""
    work.require("read_sites")
    found = [_out(device) for device in devices_of(work, site_id)]
    return DeviceList(items=found, total=len(found))


@router.post(
    "", status_code=status.HTTP_201_CREATED, responses={202: {"model": QuarantinedOut, "description": "Kept in quarantine."}}
)
def register(work: WorkDep, site_id: SiteId, new: DeviceIn, response: Response) -> DeviceOut | QuarantinedOut:
    """Register a device; 409 with the broken rules while the site has no accepted plot, 202 when its place cannot be right."""
    location = _place(new)
    device = receive_device(
        work,
        site_id,
        NewDevice(
            code=new.code,
            device_class=new.device_class,
            name=new.name,
            national_code=new.national_code,
            location=location,
            vendor=new.vendor,
            period_s=new.period_s,
        ),
    )
    work.session.flush()
    if isinstance(device, QuarantinedDevice):
        response.status_code = status.HTTP_202_ACCEPTED
        return quarantined_out(device)
    return _out(device)


def _place(new: DeviceIn) -> Point | None:
    """Where it was said to stand. Degrees the wrong way round are no longitude and latitude; quarantine finds out."""
    if new.location is None:
        return None
    first, second = new.location
    if abs(second) > 90 >= abs(first) and new.location_crs in {SourceCrs.CGCS2000, SourceCrs.WGS84} and abs(second) <= 180:
        return Point(first, second)
    shape = geometry_in({"type": "Point", "coordinates": [first, second]}, "/location", new.location_crs)
    assert isinstance(shape, Point)
    return shape


def _out(device: Device) -> DeviceOut:
    return DeviceOut(
        id=device.id,
        site_id=device.site_id,
        code=device.code,
        device_class=device.device_class,
        name=device.name,
        national_code=device.national_code,
        location=lon_lat(device.location) if device.location is not None else None,
        version=device.version,
    )
