"""技术场景 of a site: those made from its plan, and those drawn by hand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import GeoJson, In, geojson_or_none, geometry_in
from api.sites.sites import SiteId
from coverage.errors import SceneNotFound
from coverage.models import Scene
from coverage.scenes import SceneGiven, draw_scene, redraw_scene, remove_scene, scene_of, scenes_of
from foundation.work import Work
from sites.cameras.states import Level
from spatial.crs import SourceCrs

router = APIRouter(prefix="/sites/{site_id}/scenes", tags=["coverage"])
SceneId = Annotated[int, Path(ge=1, lt=2**63)]


class SceneIn(In):
    """A scene as it is drawn: polygon, line or point."""

    scene_type: str = Field(max_length=16)
    name: str = Field(min_length=1, max_length=100)
    level: Level = Level.SURFACE
    ground_z_m: float = Field(0.0, ge=-100, le=300)
    geometry: GeoJson
    source_crs: SourceCrs = SourceCrs.CGCS2000

    def given(self) -> SceneGiven:
        """The value of the domain."""
        shape = geometry_in(self.geometry, "/geometry", self.source_crs)
        return SceneGiven(scene_type=self.scene_type, name=self.name, shape=shape, level=self.level, ground_z_m=self.ground_z_m)


class SceneEdit(SceneIn):
    """A scene drawn anew over a version."""

    version: int


class SceneOut(BaseModel):
    """A scene; ``derived`` ones follow a plan layer until somebody redraws them."""

    id: int
    site_id: int
    scene_type: str
    name: str
    level: Level
    ground_z_m: float
    derived: bool
    geometry: GeoJson | None
    version: int


class SceneList(BaseModel):
    """The scenes of a site."""

    items: list[SceneOut]
    total: int


@router.get("")
def scenes(work: ReadWorkDep, site_id: SiteId) -> SceneList:
    """The scenes of a site."""
    work.require("read_sites")
    found = [scene_out(one) for one in scenes_of(work, site_id)]
    return SceneList(items=found, total=len(found))


@router.post("", status_code=status.HTTP_201_CREATED)
def draw(work: WorkDep, site_id: SiteId, drawn: SceneIn) -> SceneOut:
    """Draw a scene; 422 with the place when it lies outside the site."""
    return scene_out(_settled(work, draw_scene(work, site_id, drawn.given())))


@router.put("/{scene_id}")
def redraw(work: WorkDep, site_id: SiteId, scene_id: SceneId, drawn: SceneEdit) -> SceneOut:
    """Change a scene."""
    _require_of_site(work, site_id, scene_id)
    return scene_out(_settled(work, redraw_scene(work, scene_id, drawn.given(), version=drawn.version)))


@router.delete("/{scene_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove(work: WorkDep, site_id: SiteId, scene_id: SceneId, version: Annotated[int, Query(ge=1)]) -> Response:
    """Remove a scene; what was measured in it stays in the history."""
    _require_of_site(work, site_id, scene_id)
    remove_scene(work, scene_id, version=version)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def scene_out(scene: Scene) -> SceneOut:
    """A scene as it is answered."""
    return SceneOut(
        id=scene.id,
        site_id=scene.site_id,
        scene_type=scene.scene_type,
        name=scene.name,
        level=Level(scene.level),
        ground_z_m=scene.ground_z_m,
        derived=scene.plan_key is not None,
        geometry=geojson_or_none(scene.geom),
        version=scene.version,
    )


def _require_of_site(work: Work, site_id: int, scene_id: int) -> None:
    if scene_of(work, scene_id).site_id != site_id:
        raise SceneNotFound


def _settled(work: Work, scene: Scene) -> Scene:
    work.react()
    return scene
