"""A camera's pose and optics at the border: what may be sent, what is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field
from shapely import Point
from shapely.geometry.base import BaseGeometry

from api.geometry import GeoJson, In, geojson_or_none, geometry_in, lon_lat
from foundation.problems import Invalid
from sites.cameras.aiming import Footprint
from sites.cameras.errors import AzimuthUnreadable
from sites.cameras.models import CameraPose
from sites.cameras.poses import PoseGiven
from sites.cameras.states import FootprintMethod, NorthGiven
from spatial.crs import SourceCrs

#: Sixteen points of the compass, Chinese and English, clockwise from north.
COMPASS: tuple[str, ...] = ("北", "东北偏北", "东北", "东北偏东", "东", "东南偏东", "东南", "东南偏南")
COMPASS += ("南", "西南偏南", "西南", "西南偏西", "西", "西北偏西", "西北", "西北偏北")
POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
BEARINGS = {word: 22.5 * number for words in (COMPASS, POINTS) for number, word in enumerate(words)}


#: Members of a pose that are read in a way of their own.
OWN_WAY = {"location", "hfov_deg", "azimuth_deg"}


class LensIncomplete(Invalid):
    """A focal length needs the sensor's width, and a diagonal angle needs the picture's size."""


def azimuth_of(text: float | str | None, field: str) -> float | None:
    """Degrees, or a point of the compass such as 东北 or NE, as degrees."""
    if not isinstance(text, str):
        return text
    word = text.strip().removeprefix("正").removesuffix("°").upper()
    if word in BEARINGS:
        return BEARINGS[word]
    try:
        azimuth_deg = float(word)
    except ValueError as error:
        raise AzimuthUnreadable(field=field, text=text) from error
    if not -360 <= azimuth_deg <= 720:
        raise AzimuthUnreadable(field=field, text=text)
    return azimuth_deg


class PoseIn(In):
    """Where a camera stands, how it is aimed, and its lens. What is missing keeps the camera a draft; nothing is made up."""

    location: tuple[float, float] | None = None
    location_crs: SourceCrs = SourceCrs.CGCS2000
    #: Metres of the lens above the site datum.
    height_m: float | None = Field(None, gt=-100, le=300)
    #: Degrees, or a point of the compass: 东北, NE.
    azimuth_deg: Annotated[float, Field(ge=-360, le=720)] | Annotated[str, Field(max_length=40)] | None = None
    azimuth_given: NorthGiven = NorthGiven.TRUE
    #: Positive down from the horizon.
    tilt_deg: float | None = Field(None, ge=-90, le=90)
    roll_deg: float = Field(0.0, ge=-180, le=180)
    hfov_deg: float | None = Field(None, gt=0, le=360)
    vfov_deg: float | None = Field(None, gt=0, le=360)
    #: Instead of the horizontal angle: the diagonal one, or focal length and sensor width.
    dfov_deg: float | None = Field(None, gt=0, lt=180)
    focal_mm: float | None = Field(None, gt=0, le=500)
    sensor_width_mm: float | None = Field(None, gt=0, le=60)
    range_m: float | None = Field(None, gt=0, le=2000)
    #: The analysed stream, not the sensor.
    width_px: int | None = Field(None, ge=64, le=16384)
    height_px: int | None = Field(None, ge=64, le=16384)
    k1: float = Field(0.0, ge=-1, le=1)
    k2: float = Field(0.0, ge=-1, le=1)
    pan_from_deg: float | None = Field(None, ge=-360, le=360)
    pan_to_deg: float | None = Field(None, ge=-360, le=720)
    tilt_max_deg: float | None = Field(None, ge=-90, le=90)
    hfov_narrowest_deg: float | None = Field(None, gt=0, lt=180)

    def given(self, field: str = "") -> PoseGiven:
        """The value of the domain."""
        plain = {name: getattr(self, name) for name in PoseGiven.__dataclass_fields__ if name not in OWN_WAY}
        azimuth_deg = azimuth_of(self.azimuth_deg, f"{field}/azimuth_deg")
        return PoseGiven(location=self._place(field), hfov_deg=self._hfov_deg(field), azimuth_deg=azimuth_deg, **plain)

    def _place(self, field: str) -> Point | None:
        if self.location is None:
            return None
        point = {"type": "Point", "coordinates": list(self.location)}
        shape = geometry_in(point, f"{field}/location", self.location_crs)
        assert isinstance(shape, Point)
        return shape

    def _hfov_deg(self, field: str) -> float | None:
        if self.hfov_deg is not None:
            return self.hfov_deg
        if self.focal_mm is not None:
            if self.sensor_width_mm is None:
                raise LensIncomplete(field=f"{field}/sensor_width_mm")
            return float(2 * np.degrees(np.arctan(self.sensor_width_mm / 2 / self.focal_mm)))
        if self.dfov_deg is not None:
            if not self.width_px or not self.height_px:
                raise LensIncomplete(field=f"{field}/width_px")
            diagonal = np.tan(np.radians(self.dfov_deg) / 2)
            return float(2 * np.degrees(np.arctan(diagonal * self.width_px / np.hypot(self.width_px, self.height_px))))
        return None


class PoseOut(BaseModel):
    """A pose as it is stored: the azimuth is from true north."""

    valid_from: datetime | None
    valid_to: datetime | None
    author: str
    reason: str | None
    location: tuple[float, float] | None
    height_m: float | None
    azimuth_deg: float | None
    azimuth_given: NorthGiven
    tilt_deg: float | None
    roll_deg: float
    hfov_deg: float | None
    vfov_deg: float | None
    range_m: float | None
    width_px: int | None
    height_px: int | None
    k1: float
    k2: float
    pan_from_deg: float | None
    pan_to_deg: float | None
    tilt_max_deg: float | None
    hfov_narrowest_deg: float | None
    method: FootprintMethod
    calibration_id: int | None
    footprint_area_m2: float | None


class RingOut(BaseModel):
    """The part of a footprint with at least so many pixels per metre."""

    px_per_m: float
    geometry: GeoJson


class FootprintOut(BaseModel):
    """What a pose shows, and how it was found: nominal, pinhole or calibrated; unposed has none."""

    method: FootprintMethod
    area_m2: float | None
    geometry: GeoJson | None
    #: The same as if nothing stood in the way.
    unobstructed: GeoJson | None
    blind_zone: GeoJson | None
    rings: list[RingOut]


def pose_out(row: CameraPose) -> PoseOut:
    """A stored pose as it is answered."""
    plain = {name: getattr(row, name) for name in PoseOut.model_fields if hasattr(row, name) and name != "location"}
    location = lon_lat(row.location) if row.location is not None else None
    return PoseOut(valid_from=row.valid.lower, valid_to=row.valid.upper, author=row.author_name, location=location, **plain)


def footprint_out(shown: Footprint) -> FootprintOut:
    """A footprint as it is answered."""

    def drawn(shape: BaseGeometry) -> GeoJson | None:
        return None if shape.is_empty else geojson_or_none(shape)

    rings = [RingOut(px_per_m=density, geometry=found) for density, ring in shown.rings if (found := drawn(ring))]
    return FootprintOut(
        method=shown.method,
        area_m2=shown.area_m2,
        geometry=drawn(shown.ground),
        unobstructed=drawn(shown.free),
        blind_zone=drawn(shown.blind),
        rings=rings,
    )
