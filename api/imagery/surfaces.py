"""Two surface models compared."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.dependencies import ReadWorkDep, SettingsDep
from api.imagery.imagery import ImageryId
from api.imagery.tiles import PICTURE, Coordinate
from tiles.imagery.placing import check_tile
from tiles.imagery.surfaces import draw_difference, height_change, surfaces_of

router = APIRouter(tags=["imagery"])


class HeightChangeOut(BaseModel):
    """What was dug and filled between two dates, above ``smallest_change_m``."""

    compared_m2: float
    filled_m2: float
    filled_m3: float
    dug_m2: float
    dug_m3: float
    smallest_change_m: float
    pixel_m: float


@router.get("/imagery/{imagery_id}/changes/{later_id}")
def change(work: ReadWorkDep, settings: SettingsDep, imagery_id: ImageryId, later_id: ImageryId) -> HeightChangeOut:
    """How much was dug and filled between two surface models."""
    found = height_change(work, imagery_id, later_id, settings.data.folder)
    return HeightChangeOut(**{name: getattr(found, name) for name in HeightChangeOut.model_fields})


@router.get("/imagery/{imagery_id}/changes/{later_id}/tiles/{z}/{x}/{y}", response_class=Response, responses=PICTURE)
def change_tile(
    work: ReadWorkDep,
    settings: SettingsDep,
    imagery_id: ImageryId,
    later_id: ImageryId,
    z: Coordinate,
    x: Coordinate,
    y: Coordinate,
) -> Response:
    """A tile of what changed: blue was dug, red was filled."""
    check_tile(z, x, y)
    earlier, later = surfaces_of(work, imagery_id, later_id)
    drawn = draw_difference(settings.data.folder, earlier, later, z, x, y)
    return Response(drawn.body, media_type=drawn.media_type, headers={"Cache-Control": "private, max-age=600"})
