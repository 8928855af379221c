"""The site frame: each site measured in its own transverse Mercator, centred on the site.

Within 2.5 km the frame's distances are true to 0.1 mm; a national 3-degree zone is off by up to 0.4 ‰ and Web Mercator by
17 % in length. The city straddles two zones, so no single plane serves it (spatial-maths.md §1.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
#: A site longer than this is distorted by one frame and should be split by chainage.
LONGEST_SITE_M = 10_000.0
#: GRS 80, the ellipsoid of CGCS2000.
FLATTENING = 1 / 298.257222101


@dataclass(frozen=True)
class SiteFrame:
    """Local transverse Mercator on GRS 80: x east, y north, metres, scale 1 at the centre."""

    lon_0: float
    lat_0: float

    def project(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
        """(lon, lat) in EPSG:4490 → (x, y) in metres."""
        x, y = _transformer(self.lon_0, self.lat_0).transform(np.asarray(lon, float), np.asarray(lat, float))
        return np.asarray(x), np.asarray(y)

    def unproject(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """(x, y) in metres → (lon, lat) in EPSG:4490."""
        transformer = _transformer(self.lon_0, self.lat_0)
        lon, lat = transformer.transform(np.asarray(x, float), np.asarray(y, float), direction="INVERSE")
        return np.asarray(lon), np.asarray(lat)

    def to_local(self, geometry: BaseGeometry) -> BaseGeometry:
        """A stored geometry in this frame."""
        local: BaseGeometry = shapely.transform(
            geometry, lambda points: np.column_stack(self.project(points[:, 0], points[:, 1]))
        )
        return local

    def to_storage(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry of this frame as EPSG:4490, valid."""
        stored: BaseGeometry = shapely.transform(
            geometry, lambda points: np.column_stack(self.unproject(points[:, 0], points[:, 1]))
        )
        return whole(stored)


def whole(shape: BaseGeometry) -> BaseGeometry:
    """The same shape, valid: what was thin in metres may cross itself once it is rounded in other units."""
    return shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)


def site_frame(geometry: BaseGeometry) -> SiteFrame:
    """The frame centred on a stored geometry; rounded to 1e-4° (10 m) so that near sites share a projection."""
    centre = geometry.envelope.centroid
    return SiteFrame(round(centre.x, 4), round(centre.y, 4))


def too_long_for_one_frame(geometry: BaseGeometry) -> bool:
    """Is the geometry so long that its measures should be taken piece by piece?"""
    west, south, east, north = site_frame(geometry).to_local(geometry).bounds
    return bool(np.hypot(east - west, north - south) > LONGEST_SITE_M)


def meridian_convergence_deg(lon: float, lat: float, central_meridian: float) -> float:
    """Angle from true north to grid north of a transverse Mercator, clockwise positive; α_true = α_grid + γ.

    Series to the third order in the distance from the central meridian (Krüger), good to 1e-6° inside a 3-degree zone.
    """
    away, phi = np.radians(lon - central_meridian), np.radians(lat)
    eta_squared = (2 * FLATTENING - FLATTENING**2) / (1 - FLATTENING) ** 2 * np.cos(phi) ** 2
    cubic = away**3 / 3 * np.sin(phi) * np.cos(phi) ** 2 * (1 + 3 * eta_squared + 2 * eta_squared**2)
    return float(np.degrees(away * np.sin(phi) + cubic))


@lru_cache(maxsize=512)
def _transformer(lon_0: float, lat_0: float) -> Transformer:
    plane = f"+proj=tmerc +lat_0={lat_0} +lon_0={lon_0} +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
    return Transformer.from_crs("+proj=longlat +ellps=GRS80 +no_defs", plane, always_xy=True)
