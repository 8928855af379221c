"""GeoJSON, in and out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from spatial.crs import DEGREES, SourceCrs, geometry_from_storage
from spatial.exchange.errors import FileNotUnderstood, FileTooBig
from spatial.exchange.text import decode
from spatial.exchange.values import MOST_FEATURES, MOST_VERTICES, ExportedFile, ExportFeature, RawFeature, RawFile, ReadOptions
from spatial.geojson import parse_geometry, to_geojson


def read_geojson(data: bytes, _: ReadOptions) -> RawFile:
    """A FeatureCollection, a Feature, or a bare geometry."""
    try:
        found = json.loads(decode(data))
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileNotUnderstood(field="/file", why="This is not JSON.") from error
    if not isinstance(found, dict):
        raise FileNotUnderstood(field="/file", why="A GeoJSON file holds an object.")
    if found.get("type") == "FeatureCollection":
        members = found.get("features")
        if not isinstance(members, list):
            raise FileNotUnderstood(field="/file/features", why="A FeatureCollection has an array of features.")
        if len(members) > MOST_FEATURES:
            raise FileTooBig(field="/file/features", what="features", limit=MOST_FEATURES)
        features = [_feature(one, f"/file/features/{position}") for position, one in enumerate(members)]
    elif found.get("type") == "Feature":
        features = [_feature(found, "/file")]
    else:
        features = [RawFeature(geometry=_geometry(found, "/file"))]
    return RawFile(features=tuple(features))


def write_geojson(features: Sequence[ExportFeature], target: SourceCrs) -> ExportedFile:
    """A FeatureCollection; RFC 7946 for degrees, with a named system for anything else."""
    written = [
        {
            "type": "Feature",
            "id": feature.key,
            "geometry": to_geojson(geometry_from_storage(feature.geometry, target), 9 if target in DEGREES else 4),
            "properties": {"layer": feature.layer.value, "name": feature.name} | dict(feature.attributes),
        }
        for feature in features
    ]
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": written}
    if target not in {SourceCrs.CGCS2000, SourceCrs.WGS84}:
        whole["geowarden:source_crs"] = target.value
    data = json.dumps(whole, ensure_ascii=False).encode()
    return ExportedFile(name="plot.geojson", media_type="application/geo+json", data=data)


def _feature(value: object, field: str) -> RawFeature:
    if not isinstance(value, dict):
        raise FileNotUnderstood(field=field, why="A feature is an object.")
    properties = value.get("properties")
    members = properties if isinstance(properties, dict) else {}
    plain = {str(name): one for name, one in members.items() if isinstance(one, str | int | float | bool)}
    return RawFeature(
        geometry=_geometry(value.get("geometry"), f"{field}/geometry"),
        source_layer=str(plain.pop("layer", "")),
        name=str(plain.pop("name", plain.pop("名称", ""))),
        attributes=plain,
    )


def _geometry(value: object, field: str) -> Any:
    """Degrees or plane metres: the range is judged after the system is known."""
    return parse_geometry(value, field=field, most_vertices=MOST_VERTICES, degrees=False)
