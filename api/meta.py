"""What clients need before anything else: words, health, the catalogue of plan layers, demo logins."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import select

from api.dependencies import AnonymousWorkDep, CallerDep, SettingsDep
from foundation.labels import label, labels
from foundation.work import Work
from sites.mandatory_layers import mandatory_layers
from sites.states import SiteType
from spatial.plan_layers import LAYER_SPECS, PlanLayer

router = APIRouter(tags=["meta"])


class AttributeOut(BaseModel):
    """An attribute features of a layer carry."""

    name: str
    unit: str
    minimum: float
    maximum: float
    required: bool
    label_zh: str
    label_en: str


class PlanLayerOut(BaseModel):
    """A plan layer."""

    layer: PlanLayer
    geometry: Literal["polygon", "line", "point"]
    attributes: list[AttributeOut]
    label_zh: str
    label_en: str
    mandatory_for: list[SiteType]


class DemoLoginOut(BaseModel):
    """A login of the demo city."""

    login: str
    password: str
    role: str
    name_zh: str
    name_en: str


class HealthOut(BaseModel):
    """Is it there?"""

    status: Literal["ok"] = "ok"


@router.get("/api/v1/labels")
def words(lang: Annotated[Literal["zh", "en"], Query()] = "zh") -> dict[str, str]:
    """Every word the server knows, in one language."""
    return labels(lang)


@router.get("/api/v1/plan-layers")
def plan_layers(_: CallerDep) -> list[PlanLayerOut]:
    """The catalogue of plan layers."""
    return [_layer(layer) for layer in PlanLayer]


@router.get("/api/v1/demo-logins")
def demo_logins(request: Request, settings: SettingsDep) -> list[DemoLoginOut]:
    """The demo's logins while the demo is on; otherwise none."""
    found = request.app.state.demo_logins if settings.server.demo else ()
    return [DemoLoginOut.model_validate(one, from_attributes=True) for one in found]


@router.get("/healthz")
def healthz() -> HealthOut:
    """The process is alive."""
    return HealthOut()


@router.get("/readyz")
def readyz(work: AnonymousWorkDep) -> HealthOut:
    """The database answers; 503 when it does not."""
    _ping(work)
    return HealthOut()


def _ping(work: Work) -> None:
    work.session.execute(select(1))


def _layer(layer: PlanLayer) -> PlanLayerOut:
    spec = LAYER_SPECS[layer]
    attributes = [
        AttributeOut(
            name=one.name,
            unit=one.unit,
            minimum=one.minimum,
            maximum=one.maximum,
            required=one.required,
            label_zh=label(f"attribute.{one.name}", "zh"),
            label_en=label(f"attribute.{one.name}", "en"),
        )
        for one in spec.attributes
    ]
    return PlanLayerOut(
        layer=layer,
        geometry=spec.geometry,
        attributes=attributes,
        label_zh=label(f"plan_layer.{layer}", "zh"),
        label_en=label(f"plan_layer.{layer}", "en"),
        mandatory_for=[kind for kind in SiteType if layer in mandatory_layers(kind)],
    )
