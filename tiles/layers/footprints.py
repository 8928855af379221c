"""Ground that cameras see now, at any density, less what stands in the way. The feature's id is the camera's."""

from __future__ import annotations

from sqlalchemy import Integer, cast, func, select

from sites.cameras.models import Camera, CameraPose
from sites.models import Device
from sites.states import Connectivity
from tiles.layer import Layer, Rows


def _rows(_: int) -> Rows:
    return (
        select(
            Camera.id.label("id"),
            CameraPose.footprint_3857.label("geom"),
            CameraPose.method.label("method"),
            cast(Device.connectivity == Connectivity.ONLINE.value, Integer).label("online"),
            Camera.level.label("level"),
            Camera.kind.label("kind"),
            Device.name.label("name"),
            Camera.site_id.label("site_id"),
        )
        .join(CameraPose, CameraPose.camera_id == Camera.id)
        .join(Device, Device.id == Camera.device_id)
        .where(func.upper_inf(CameraPose.valid), CameraPose.footprint.is_not(None))
        .order_by(CameraPose.footprint_area_m2.desc())
    )


FOOTPRINTS = Layer(
    name="footprints",
    rows=_rows,
    geometry=CameraPose.footprint_3857,
    fields={
        "method": "String",
        "online": "Number",
        "level": "String",
        "kind": "String",
        "name": "String",
        "site_id": "Number",
    },
    min_zoom=14,
    max_zoom=18,
    most_features=2_000,
)
