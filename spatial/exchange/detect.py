"""Finding out which reference system and which axis order coordinates are in. Whatever is found out is said."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from spatial.crs import DEGREES, SourceCrs, to_storage
from spatial.exchange.errors import SourceCrsNeeded, ZonesMixed
from spatial.exchange.values import Finding, RawFile, ReadOptions
from spatial.plots import SHANGHAI_BOUNDS

Points = NDArray[np.float64]
#: Northing of Shanghai in any 3-degree zone, metres.
NORTHING = (3.35e6, 3.56e6)
#: Easting without and with the zone in front.
EASTING = (2.5e5, 7.5e5)
ZONES = {40: SourceCrs.EPSG4528, 41: SourceCrs.EPSG4529}
PLANES = (SourceCrs.EPSG4549, SourceCrs.EPSG4550)


def detect(raw: RawFile, options: ReadOptions) -> tuple[SourceCrs, bool, list[Finding]]:
    """(reference system, whether x and y must change places, what was found out)."""
    points = np.concatenate([shapely.get_coordinates(feature.geometry) for feature in raw.features])
    declared = options.source_crs or raw.crs
    findings: list[Finding] = []
    swapped = _swapped(points, options, findings)
    x, y = (points[:, 1], points[:, 0]) if swapped else (points[:, 0], points[:, 1])
    if declared is not None:
        if declared not in DEGREES and declared is not SourceCrs.LOCAL:
            _one_zone(x)
        return declared, swapped, findings
    return _guess(x, y, findings), swapped, findings


def _swapped(points: Points, options: ReadOptions, findings: list[Finding]) -> bool:
    if options.axis_order != "auto":
        return options.axis_order == "north_east"
    first, second = points[:, 0], points[:, 1]
    west, south, east, north = SHANGHAI_BOUNDS
    survey = _within(first, *NORTHING) and not _within(second, *NORTHING) and bool((np.abs(second) > 1e5).all())
    degrees = _within(first, south, north) and _within(second, west, east)
    if survey:
        findings.append(Finding(code="axes_survey", severity="warning", message_key="import.axes_survey"))
    if degrees:
        findings.append(Finding(code="axes_degrees", severity="warning", message_key="import.axes_degrees"))
    return survey or degrees


def _guess(x: Points, y: Points, findings: list[Finding]) -> SourceCrs:
    if bool((np.abs(x) <= 180).all() and (np.abs(y) <= 90).all()):
        findings.append(Finding(code="degrees", severity="info", message_key="import.degrees"))
        return SourceCrs.CGCS2000
    zone = _one_zone(x)
    if zone is not None:
        findings.append(Finding(code="zone_prefix", severity="info", message_key="import.zone_prefix", params={"zone": zone}))
        return ZONES[zone]
    if _within(x, *EASTING) and _within(y, *NORTHING):
        possible = [plane for plane in PLANES if _in_city(x, y, plane)]
        if len(possible) == 1:
            params = {"crs": possible[0].value.upper().replace("EPSG", "EPSG:")}
            findings.append(Finding(code="only_plane", severity="warning", message_key="import.only_plane", params=params))
            return possible[0]
        raise SourceCrsNeeded(field="/source_crs", candidates=[plane.value for plane in possible or PLANES])
    raise SourceCrsNeeded(field="/source_crs", candidates=[SourceCrs.LOCAL.value])


def _one_zone(x: Points) -> int | None:
    """The zone in front of eight-digit eastings; a second zone among them is refused with its row."""
    zones = np.floor(x / 1e6).astype(int)
    known = np.isin(zones, list(ZONES))
    if not known.any():
        return None
    other = np.flatnonzero(zones != zones[0])
    if len(other):
        raise ZonesMixed(field="/file", row=int(other[0]) + 1)
    return int(zones[0])


def _in_city(x: Points, y: Points, plane: SourceCrs) -> bool:
    west, south, east, north = SHANGHAI_BOUNDS
    lon, lat = to_storage(x, y, plane)
    return _within(lon, west, east) and _within(lat, south, north)


def _within(values: Points, low: float, high: float) -> bool:
    return bool(((values >= low) & (values <= high)).all())
