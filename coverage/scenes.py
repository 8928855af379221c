"""技术场景 of a site: made from its plan layers, or drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import shapely
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from coverage.catalogue.editing import catalogue_in_force
from coverage.catalogue.values import Catalogue
from coverage.changes import ScenesChanged
from coverage.errors import SceneBroken, SceneNotFound, SceneOutsideSite, SceneTooSmall, SceneTypeUnknown
from coverage.models import Scene
from coverage.watching import WatchedScene
from foundation import audit
from foundation.problems import VersionMismatch
from foundation.work import Work
from sites.cameras.states import Level
from sites.cameras.surroundings import surroundings_of
from sites.models import PlotFeature, Site
from sites.queries import site_of
from sites.states import SiteType
from spatial.crs import STORAGE_SRID
from spatial.frames import SiteFrame, site_frame
from spatial.plan_layers import PlanLayer

#: Plan layers that lie on another level than the surface.
LEVELS = {PlanLayer.PIT: Level.PIT, PlanLayer.SHAFT: Level.PIT, PlanLayer.TUNNEL: Level.TUNNEL, PlanLayer.DECK: Level.DECK}
#: A scene may lie so far outside the boundary, metres.
TOLERANCE_M = 1.0
#: The smallest scene that is worth a name, square metres.
SMALLEST_M2 = 0.01


@dataclass(frozen=True, kw_only=True)
class SceneGiven:
    """A scene as somebody draws it; the shape is a stored one."""

    scene_type: str
    name: str
    shape: BaseGeometry
    level: Level = Level.SURFACE
    ground_z_m: float = 0.0


def scenes_of(work: Work, site_id: int) -> Sequence[Scene]:
    """The scenes of a site."""
    site_of(work, site_id)
    return work.session.scalars(select(Scene).where(Scene.site_id == site_id).order_by(Scene.scene_type, Scene.id)).all()


def scene_of(work: Work, scene_id: int, *, version: int | None = None) -> Scene:
    """One scene."""
    scene = work.session.get(Scene, scene_id)
    if scene is None:
        raise SceneNotFound
    if version is not None and scene.version != version:
        raise VersionMismatch(base_version=version, current_version=scene.version)
    return scene


def draw_scene(work: Work, site_id: int, given: SceneGiven) -> Scene:
    """Draw a scene by hand."""
    work.require("draw_scene")
    site = site_of(work, site_id)
    _check(work, site, given)
    scene = Scene(
        site_id=site_id,
        scene_type=given.scene_type,
        name=given.name,
        level=given.level.value,
        ground_z_m=given.ground_z_m,
        geom=from_shape(given.shape, srid=STORAGE_SRID),
    )
    work.session.add(scene)
    work.session.flush()
    _tell(work, scene, "scene_drawn")
    return scene


def redraw_scene(work: Work, scene_id: int, given: SceneGiven, *, version: int) -> Scene:
    """Change a scene. From then on it is drawn by hand and no plan layer changes it."""
    work.require("draw_scene")
    scene = scene_of(work, scene_id, version=version)
    _check(work, site_of(work, scene.site_id), given)
    scene.scene_type, scene.name, scene.level, scene.ground_z_m = (
        given.scene_type,
        given.name,
        given.level.value,
        given.ground_z_m,
    )
    scene.geom = from_shape(given.shape, srid=STORAGE_SRID)
    scene.plan_key = None
    _tell(work, scene, "scene_redrawn")
    return scene


def remove_scene(work: Work, scene_id: int, *, version: int) -> None:
    """Remove a scene; what was measured in it stays in the history."""
    work.require("draw_scene")
    scene = scene_of(work, scene_id, version=version)
    work.session.delete(scene)
    _tell(work, scene, "scene_removed")


def derive_scenes(work: Work, site: Site, catalogue: Catalogue) -> int:
    """Make the scenes that follow from the plot in force, move those that moved, remove those that went. Returns how many are."""
    features = work.session.scalars(
        select(PlotFeature).where(PlotFeature.site_id == site.id, func.upper_inf(PlotFeature.in_force))
    ).all()
    wanted = {(one.scene_type, one.plan_key): one for one in _derived(site, features, catalogue)}
    present = work.session.scalars(select(Scene).where(Scene.site_id == site.id, Scene.plan_key.is_not(None))).all()
    for old in present:
        new = wanted.pop((old.scene_type, old.plan_key), None)
        if new is None:
            work.session.delete(old)
        elif not shapely.equals_exact(to_shape(old.geom), to_shape(new.geom), 1e-12) or old.ground_z_m != new.ground_z_m:
            old.geom, old.ground_z_m, old.name = new.geom, new.ground_z_m, new.name
    work.session.add_all(wanted.values())
    work.session.flush()
    return work.session.scalar(select(func.count(Scene.id)).where(Scene.site_id == site.id)) or 0


def watched_scenes(scenes: Sequence[Scene], frame: SiteFrame) -> list[WatchedScene]:
    """Stored scenes as values in the site frame."""
    return [
        WatchedScene(
            scene_id=scene.id,
            scene_type=scene.scene_type,
            name=scene.name,
            level=Level(scene.level),
            ground_z_m=scene.ground_z_m,
            shape=_local(frame, scene.geom.desc),
            plan_key=scene.plan_key,
        )
        for scene in scenes
    ]


@lru_cache(maxsize=16384)
def _local(frame: SiteFrame, stored_hex: str) -> BaseGeometry:
    """A stored geometry (EWKB) in the frame; scenes are read far more often than they move."""
    return frame.to_local(shapely.from_wkb(stored_hex))


def _derived(site: Site, features: Sequence[PlotFeature], catalogue: Catalogue) -> list[Scene]:
    made: list[Scene] = []
    for scene_type in catalogue.scene_types:
        if scene_type.site_types and SiteType(site.site_type) not in scene_type.site_types:
            continue
        fitting = (feature for feature in features if feature.layer in scene_type.plan_layers)
        made.extend(_from_feature(site, feature, scene_type.code, scene_type.name_zh) for feature in fitting)
    return made


def _from_feature(site: Site, feature: PlotFeature, scene_type: str, word: str) -> Scene:
    layer, shape = PlanLayer(feature.layer), to_shape(feature.geom)
    radius_m = feature.attributes.get("radius_m")
    if layer is PlanLayer.TOWER_CRANE and radius_m:
        frame = site_frame(shape)
        shape = frame.to_storage(frame.to_local(shape).buffer(float(radius_m)))
    depth_m = float(feature.attributes.get("depth_m") or 0.0)
    ground_z_m = -depth_m if layer in {PlanLayer.PIT, PlanLayer.SHAFT} else float(feature.attributes.get("elevation_m") or 0.0)
    return Scene(
        site_id=site.id,
        scene_type=scene_type,
        name=feature.name or word,
        level=LEVELS.get(layer, Level.SURFACE).value,
        ground_z_m=ground_z_m,
        plan_key=str(feature.key),
        geom=from_shape(shape, srid=STORAGE_SRID),
    )


def _check(work: Work, site: Site, given: SceneGiven) -> None:
    if given.scene_type not in catalogue_in_force(work).catalogue.scene_type:
        raise SceneTypeUnknown(field="/scene_type")
    if not given.shape.is_valid:
        raise SceneBroken(field="/geometry")
    surroundings = surroundings_of(work, site)
    local = surroundings.frame.to_local(given.shape)
    if given.shape.geom_type.endswith("Polygon") and local.area < SMALLEST_M2:
        raise SceneTooSmall(field="/geometry")
    outside = local.difference(surroundings.boundary.buffer(TOLERANCE_M))
    if not outside.is_empty:
        place = surroundings.frame.to_storage(outside.representative_point())
        raise SceneOutsideSite(field="/geometry", at=(place.x, place.y), outside_m2=round(outside.area, 1))


def _tell(work: Work, scene: Scene, action: str) -> None:
    audit.record(work, action, "scene", scene.id, site_id=scene.site_id)
    work.announce(ScenesChanged(site_id=scene.site_id))
