"""The contents as a GeoPackage in EPSG:4490: what the maps of the document show, for a GIS."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
from shapely.geometry.base import BaseGeometry

from coverage.reports.values import Contents, MadeFile, SiteContents, SiteLine
from spatial.crs import STORAGE_SRID

MEDIA_TYPE = "application/geopackage+sqlite3"
Row = dict[str, Any]


def make_geopackage(contents: Contents) -> MadeFile:
    """Layers sites, boundaries, scenes, cameras, footprints and gaps; attributes are codes, so that anybody's GIS reads them."""
    layers: dict[str, list[Row]] = {
        "sites": [_site(line) for line in contents.lines],
        "boundaries": [_of(site, site.boundary) for site in contents.sites if site.boundary is not None],
        "scenes": [row for site in contents.sites for row in _scenes(site)],
        "cameras": [row for site in contents.sites for row in _cameras(site, footprints=False)],
        "footprints": [row for site in contents.sites for row in _cameras(site, footprints=True)],
        "gaps": [row for site in contents.sites for row in _gaps(site)],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.gpkg"
        for name, rows in layers.items():
            if rows:
                _write(path, name, rows)
        data = path.read_bytes() if path.exists() else b""
    return MadeFile(data=data, media_type=MEDIA_TYPE, ending="gpkg")


def _write(path: Path, name: str, rows: Sequence[Row]) -> None:
    frame = geopandas.GeoDataFrame(list(rows), geometry="geometry", crs=f"EPSG:{STORAGE_SRID}")
    frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def _of(site: SiteContents, shape: BaseGeometry | None) -> Row:
    return {"site_id": site.line.site_id, "site_code": site.line.code, "site_name": site.line.name, "geometry": shape}


def _site(line: SiteLine) -> Row:
    one = line.summary
    return {
        "site_id": line.site_id,
        "site_code": line.code,
        "site_name": line.name,
        "measured": one is not None,
        "share": one.band.share if one else None,
        "share_p05": one.band.p05 if one else None,
        "share_p95": one.band.p95 if one else None,
        "required": one.required if one else None,
        "met": one.met if one else None,
        "unknown": one.unknown if one else None,
        "geometry": line.at,
    }


def _scenes(site: SiteContents) -> list[Row]:
    return [_of(site, one.shape) | {"scene": one.name, "scene_type": one.scene_type, "level": one.level} for one in site.scenes]


def _cameras(site: SiteContents, *, footprints: bool) -> list[Row]:
    rows = []
    for one in site.cameras:
        shape = one.footprint if footprints else one.at
        if shape is not None:
            rows.append(
                _of(site, shape)
                | {
                    "code": one.code,
                    "name": one.name,
                    "kind": one.kind,
                    "tags": ",".join(one.tags),
                    "connectivity": one.connectivity.value,
                    "method": one.method.value,
                    "missing": ",".join(one.missing),
                    "azimuth_deg": one.azimuth_deg,
                    "range_m": one.range_m,
                    "area_m2": one.footprint_area_m2,
                }
            )
    return rows


def _gaps(site: SiteContents) -> list[Row]:
    return [
        _of(site, gap.shape)
        | {
            "number": gap.number,
            "scene": gap.scene,
            "element": gap.element,
            "element_name": gap.element_name,
            "cause": gap.cause.value,
            "mandatory": gap.mandatory,
            "measure": gap.measure.value,
            "size": gap.size,
        }
        for gap in site.gaps
    ]
