"""Suggested poses for a report: what placement would do with the cameras that stand, and with new ones."""

from __future__ import annotations

from collections.abc import Mapping

from coverage.catalogue.values import Catalogue
from coverage.errors import PlacementImpossible
from coverage.placement.suggesting import suggest_for
from coverage.placement.values import Gained, PlacementRequest
from coverage.reports.values import GainLine, PoseLine
from foundation.labels import Language
from foundation.work import Work
from sites.cameras.poses import PoseGiven
from sites.cameras.states import CameraTag

#: Gains told with a pose, the largest first.
MOST_GAINS = 3


def suggested_poses(
    work: Work, site_id: int, names: Mapping[int, str], catalogue: Catalogue, language: Language
) -> tuple[PoseLine, ...]:
    """Turns of cameras that stand, then new cameras; none where there is nowhere to put one."""

    def line(camera: str | None, pose: PoseGiven, tags: tuple[CameraTag, ...], gains: tuple[Gained, ...]) -> PoseLine:
        largest = sorted(gains, key=lambda one: one.before - one.after)[:MOST_GAINS]
        return PoseLine(
            camera=camera,
            at=pose.location,
            height_m=pose.height_m,
            azimuth_deg=pose.azimuth_deg,
            tilt_deg=pose.tilt_deg,
            hfov_deg=pose.hfov_deg,
            tags=tuple(tag.value for tag in tags),
            gains=tuple(
                GainLine(scene=one.scene_name, element_name=named(one.element), before=one.before, after=one.after)
                for one in largest
            ),
        )

    def named(code: str) -> str:
        element = catalogue.element.get(code)
        return code if element is None else element.name_zh if language == "zh" else element.name_en

    try:
        found = suggest_for(work, site_id, PlacementRequest())
    except PlacementImpossible:
        return ()
    turns = [line(names.get(one.camera_id), one.pose, one.tags, one.gains) for one in found.re_aims]
    return (*turns, *(line(None, one.pose, one.tags, one.gains) for one in found.new_cameras))
