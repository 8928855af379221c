"""Geometry and features at the border: GeoJSON in and out, from and to the values of the domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import WKBElement
from geoalchemy2.shape import to_shape
from pydantic import BaseModel, ConfigDict, Field
from shapely.geometry.base import BaseGeometry

from foundation.labels import Language, label
from foundation.problems import Invalid
from sites.models import PlotFeature
from sites.plots import DrawnFeature
from spatial.crs import SourceCrs, geometry_to_storage
from spatial.geojson import parse_geometry, to_geojson
from spatial.plan_layers import PlanLayer
from spatial.plots import Remark

#: Features in one request; a plot has tens, an import a few hundred.
MOST_FEATURES = 2_000

GeoJson = dict[str, Any]


class In(BaseModel):
    """What a request may say; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class TooManyFeatures(Invalid):
    """The request holds too many features."""

    detail = "{count} were sent; at most {limit} are accepted."


class FeatureKeyTwice(Invalid):
    """Two features carry the same id."""


class FeatureProperties(In):
    """What a drawn feature is."""

    layer: PlanLayer
    name: str = Field("", max_length=200)
    attributes: dict[str, float | int | str | bool | None] = Field(default_factory=dict, max_length=40)
    area_m2: float | None = None
    length_m: float | None = None
    source_crs: SourceCrs = SourceCrs.CGCS2000


class FeatureIn(In):
    """A GeoJSON feature of a plot; ``id`` is its key, made by the client."""

    type: str = Field("Feature", pattern="^Feature$")
    id: UUID = Field(default_factory=uuid4)
    geometry: GeoJson
    properties: FeatureProperties


def drawn_features(features: Sequence[FeatureIn], field: str = "/features") -> list[DrawnFeature]:
    """Parse features strictly; a bad one is named by its pointer."""
    if len(features) > MOST_FEATURES:
        raise TooManyFeatures(field=field, count=len(features), limit=MOST_FEATURES)
    seen: set[UUID] = set()
    drawn = []
    for position, feature in enumerate(features):
        if feature.id in seen:
            raise FeatureKeyTwice(field=f"{field}/{position}/id")
        seen.add(feature.id)
        drawn.append(
            DrawnFeature(
                key=feature.id,
                layer=feature.properties.layer,
                name=feature.properties.name,
                attributes={name: value for name, value in feature.properties.attributes.items() if value is not None},
                geometry=parse_geometry(feature.geometry, field=f"{field}/{position}/geometry"),
                source_crs=feature.properties.source_crs,
            )
        )
    return drawn


def geometry_in(geometry: GeoJson, field: str, source: SourceCrs = SourceCrs.CGCS2000) -> BaseGeometry:
    """Parse one geometry and bring it to the storage system."""
    if source in {SourceCrs.CGCS2000, SourceCrs.WGS84}:
        return parse_geometry(geometry, field=field)
    return geometry_to_storage(parse_geometry(geometry, field=field), source)


def stored_feature(row: PlotFeature) -> GeoJson:
    """A stored feature as GeoJSON."""
    properties = {
        "layer": row.layer,
        "name": row.name,
        "attributes": row.attributes,
        "area_m2": row.area_m2,
        "length_m": row.length_m,
        "source_crs": row.source_crs,
    }
    return {"type": "Feature", "id": str(row.key), "geometry": to_geojson(to_shape(row.geom)), "properties": properties}


def collection(features: Sequence[GeoJson]) -> GeoJson:
    """A FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def lon_lat(point: WKBElement) -> tuple[float, float]:
    """A stored point as (lon, lat)."""
    shape = to_shape(point)
    return (shape.x, shape.y)


def geojson_or_none(shape: BaseGeometry | WKBElement | None) -> GeoJson | None:
    """GeoJSON of what there is."""
    if shape is None:
        return None
    return to_geojson(to_shape(shape) if isinstance(shape, WKBElement) else shape)


class RemarkOut(BaseModel):
    """A remark of a rule, with the place it means."""

    rule: str
    severity: str
    message: str
    params: dict[str, Any]
    geometry: GeoJson | None
    layer: str | None
    feature_key: str | None
    fix: GeoJson | None


def remark_out(remark: Remark, language: Language) -> RemarkOut:
    """A remark with its sentence in the caller's language."""
    params = dict(remark.params)
    return RemarkOut(
        rule=remark.rule,
        severity=remark.severity.value,
        message=label(remark.message_key, language, **_words(params, language)),
        params=params,
        geometry=geojson_or_none(remark.geometry),
        layer=remark.layer,
        feature_key=remark.feature_key,
        fix=geojson_or_none(remark.fix),
    )


def _words(params: dict[str, Any], language: Language) -> dict[str, Any]:
    """Codes of layers become their names inside the sentence."""
    words = dict(params)
    if "layer" in words:
        words["layer"] = label(f"plan_layer.{words['layer']}", language)
    if isinstance(words.get("layers"), list):
        words["layers"] = "、".join(label(f"plan_layer.{layer}", language) for layer in words["layers"])
    if "name" in words and not words["name"]:
        words["name"] = label("rule.hidden_neighbour", language)
    return words
