"""Terminals: cameras with where they look, turnstiles, dust monitors, edge boxes. The feature's id is the device's."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from sites.cameras.models import Camera, CameraPose
from sites.models import Device
from tiles.layer import Layer, Rows


def _rows(_: int) -> Rows:
    return (
        select(
            Device.id.label("id"),
            Device.location_3857.label("geom"),
            Device.device_class.label("device_class"),
            Device.connectivity.label("connectivity"),
            Device.name.label("name"),
            Device.site_id.label("site_id"),
            Camera.id.label("camera_id"),
            CameraPose.azimuth_deg.label("azimuth_deg"),
            CameraPose.method.label("method"),
        )
        .outerjoin(Camera, Camera.device_id == Device.id)
        .outerjoin(CameraPose, and_(CameraPose.camera_id == Camera.id, func.upper_inf(CameraPose.valid)))
        .where(Device.retired_at.is_(None))
        .order_by(Device.id)
    )


DEVICES = Layer(
    name="devices",
    rows=_rows,
    geometry=Device.location_3857,
    fields={
        "device_class": "String",
        "connectivity": "String",
        "name": "String",
        "site_id": "Number",
        "camera_id": "Number",
        "azimuth_deg": "Number",
        "method": "String",
    },
    min_zoom=13,
    max_zoom=17,
    buffer=128,
)
