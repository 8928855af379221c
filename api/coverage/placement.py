"""布点建议: what to do so that a site's requirements are met; nothing is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.coverage.measured import ChangedOut, changed_out
from api.dependencies import ReadWorkDep
from api.geometry import GeoJson, In, geojson_or_none, geometry_in
from api.sites.poses import FootprintOut, footprint_out
from api.sites.sites import SiteId
from coverage.errors import ForbiddenZoneBroken
from coverage.placement.suggesting import suggest_cameras
from coverage.placement.values import MOST_CAMERAS, Gained, Lens, NewCamera, PlacementRequest, ReAim, Suggestion
from coverage.states import PlaceKind, UnreachableReason
from sites.cameras.poses import PoseGiven
from sites.cameras.states import CameraTag, Level, NorthGiven
from spatial.crs import SourceCrs

router = APIRouter(tags=["coverage"])
Metres = Annotated[float, Field(gt=0, le=100)]
Degrees = Annotated[float, Field(ge=-20, le=90)]


class LensIn(In):
    """A lens, with the picture that is analysed."""

    hfov_deg: float = Field(gt=1, le=120)
    width_px: int = Field(2560, ge=64, le=16384)
    height_px: int = Field(1440, ge=64, le=16384)
    range_m: float = Field(150.0, gt=0, le=500)


class PlacementIn(In):
    """What is wanted; whatever is left out has its usual value."""

    most_cameras: int = Field(20, ge=0, le=MOST_CAMERAS)
    #: Mean share of the mandatory requirements that is enough; null: each is to reach its own required share.
    goal_share: float | None = Field(None, gt=0, le=1)
    elements: list[Annotated[str, Field(max_length=16)]] = Field(default_factory=list, max_length=60)
    scene_ids: list[int] = Field(default_factory=list, max_length=500)
    #: Polygons in which no new pole stands, beside pits, buildings, stores, carriageways and the water's edge.
    forbidden: list[GeoJson] = Field(default_factory=list, max_length=100)
    source_crs: SourceCrs = SourceCrs.CGCS2000
    re_aim: bool = True
    fixed_camera_ids: list[int] = Field(default_factory=list, max_length=500)
    heights_m: list[Metres] | None = Field(None, min_length=1, max_length=6)
    tilts_deg: list[Degrees] | None = Field(None, min_length=1, max_length=8)
    lenses: list[LensIn] | None = Field(None, min_length=1, max_length=6)
    azimuth_step_deg: float = Field(15.0, ge=5, le=90)
    spacing_m: float = Field(10.0, ge=3, le=200)

    def wanted(self) -> PlacementRequest:
        """The value of the domain."""
        zones = [geometry_in(one, f"/forbidden/{n}", self.source_crs) for n, one in enumerate(self.forbidden)]
        for position, zone in enumerate(zones):
            if not zone.geom_type.endswith("Polygon") or not zone.is_valid or zone.is_empty:
                raise ForbiddenZoneBroken(field=f"/forbidden/{position}")
        usual = PlacementRequest()
        lenses = tuple(Lens(**one.model_dump()) for one in self.lenses) if self.lenses else usual.lenses
        return PlacementRequest(
            most_cameras=self.most_cameras,
            goal_share=self.goal_share,
            elements=tuple(self.elements),
            scene_ids=tuple(self.scene_ids),
            forbidden=tuple(zones),
            re_aim=self.re_aim,
            fixed_camera_ids=tuple(self.fixed_camera_ids),
            heights_m=tuple(self.heights_m or usual.heights_m),
            tilts_deg=tuple(self.tilts_deg or usual.tilts_deg),
            lenses=lenses,
            azimuth_step_deg=self.azimuth_step_deg,
            spacing_m=self.spacing_m,
        )


class PoseWanted(BaseModel):
    """A pose that can be sent back as it is, to register or to aim a camera."""

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


class GainOut(BaseModel):
    """What a step adds to a requirement, measured exactly."""

    scene_id: int
    scene_name: str
    element: str
    before: float
    after: float


class TagFixOut(BaseModel):
    """The picture exists; tags, or an algorithm, are missing on the camera."""

    camera_id: int
    tags: list[CameraTag]
    algorithms: list[str]
    gains: list[GainOut]


class AimOut(TagFixOut):
    """A camera that stands, to be aimed otherwise; tags and algorithms are to be added to its own."""

    pose: PoseWanted
    level: Level
    footprint: FootprintOut


class NewCameraOut(BaseModel):
    """A camera that is not there yet, with its ghost."""

    place: PlaceKind
    pose: PoseWanted
    level: Level
    tags: list[CameraTag]
    algorithms: list[str]
    footprint: FootprintOut
    gains: list[GainOut]


class UnreachableOut(BaseModel):
    """What no new camera would watch. The share is found on sample points: about."""

    scene_id: int
    scene_name: str
    element: str
    reason: UnreachableReason
    about_share: float
    geometry: GeoJson | None


class PlacementOut(BaseModel):
    """What to do, the cheapest first: tags, turns, new poles; and what comes of it, measured exactly."""

    tag_fixes: list[TagFixOut]
    re_aims: list[AimOut]
    new_cameras: list[NewCameraOut]
    predicted: list[ChangedOut]
    unreachable: list[UnreachableOut]
    reached: bool
    #: Time ran out before everything was tried.
    cut_short: bool
    places: int
    poses: int


@router.post("/sites/{site_id}/placement")
def placement(work: ReadWorkDep, site_id: SiteId, wanted: PlacementIn) -> PlacementOut:
    """How many more cameras, where, and aimed how. Cameras that stand stay where they are."""
    return suggestion_out(suggest_cameras(work, site_id, wanted.wanted()))


def suggestion_out(found: Suggestion) -> PlacementOut:
    """A suggestion as it is answered."""
    fixes = [
        TagFixOut(camera_id=one.camera_id, tags=list(one.tags), algorithms=list(one.algorithms), gains=gains_out(one.gains))
        for one in found.tag_fixes
    ]
    unreachable = [
        UnreachableOut(
            scene_id=one.scene_id,
            scene_name=one.scene_name,
            element=one.element,
            reason=one.reason,
            about_share=one.about_share,
            geometry=None if one.shape.is_empty else geojson_or_none(one.shape),
        )
        for one in found.unreachable
    ]
    return PlacementOut(
        tag_fixes=fixes,
        re_aims=[_aim_out(one) for one in found.re_aims],
        new_cameras=[_camera_out(one) for one in found.new_cameras],
        predicted=[changed_out(one) for one in found.predicted],
        unreachable=unreachable,
        reached=found.reached,
        cut_short=found.cut_short,
        places=found.places,
        poses=found.poses,
    )


def gains_out(gains: tuple[Gained, ...]) -> list[GainOut]:
    """Gains as they are answered."""
    return [GainOut(**{name: getattr(one, name) for name in GainOut.model_fields}) for one in gains]


def pose_wanted(pose: PoseGiven) -> PoseWanted:
    """A pose as it is answered."""
    plain = {name: getattr(pose, name) for name in PoseWanted.model_fields if name != "location"}
    return PoseWanted(location=(pose.location.x, pose.location.y) if pose.location is not None else None, **plain)


def _aim_out(one: ReAim) -> AimOut:
    return AimOut(
        camera_id=one.camera_id,
        pose=pose_wanted(one.pose),
        level=one.level,
        tags=list(one.tags),
        algorithms=list(one.algorithms),
        footprint=footprint_out(one.footprint),
        gains=gains_out(one.gains),
    )


def _camera_out(one: NewCamera) -> NewCameraOut:
    return NewCameraOut(
        place=one.place,
        pose=pose_wanted(one.pose),
        level=one.level,
        tags=list(one.tags),
        algorithms=list(one.algorithms),
        footprint=footprint_out(one.footprint),
        gains=gains_out(one.gains),
    )
