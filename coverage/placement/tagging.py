"""The cheapest remedy of all: the picture exists, only a tag is missing."""

from __future__ import annotations

from dataclasses import replace

import shapely

from coverage.placement.aims import Aim, Stage, algorithms_in, camera_tags, tags_for
from coverage.placement.gaining import gains_between, seen_by
from coverage.placement.values import TagFix
from coverage.shapes import only, size_of
from coverage.states import GapCause
from coverage.watching import SMALLEST_GAP, Watcher

#: A picture that adds less than this share of a requirement is not worth a tag.
WORTH_A_TAG = 0.01


def fix_tags(stage: Stage, aim: Aim) -> tuple[Stage, list[TagFix]]:
    """Tags, camera by camera, the most useful first, until no missing tag keeps a requirement from being met."""
    fixes: list[TagFix] = []
    tried: set[int] = set()
    catalogue = stage.picture.catalogue.catalogue
    while True:
        found = [(_shares(stage, one, aim), one) for one in stage.picture.watchers if one.camera_id not in tried]
        found = [(shares, one) for shares, one in found if shares]
        if not found:
            return stage, fixes
        shares, camera = max(found, key=lambda pair: (sum(pair[0].values()), -pair[1].camera_id))
        tried.add(camera.camera_id)
        added = tags_for(catalogue, shares, beside=camera.tags)
        after = stage.with_watchers(replace(camera, tags=camera.tags | added))
        if aim.worth(after) <= aim.worth(stage):
            continue
        fixes.append(
            TagFix(
                camera_id=camera.camera_id,
                tags=camera_tags(added),
                algorithms=algorithms_in(added),
                gains=gains_between(stage, after),
            )
        )
        stage = after


def _shares(stage: Stage, camera: Watcher, aim: Aim) -> dict[str, float]:
    """Element → shares that the camera's picture would add if its tags bound it."""
    catalogue = stage.picture.catalogue.catalogue
    added: dict[str, float] = {}
    for one in aim.unmet(stage):
        missing = shapely.union_all([gap.shape for gap in one.gaps if gap.cause is GapCause.TAG_MISSING])
        code = one.element.code
        if missing.is_empty or catalogue.watches(camera.tags, code) or not catalogue.tags_of_element[code]:
            continue
        part = only(seen_by(stage.picture.surroundings, camera, one).intersection(missing), one.element.measure)
        size = size_of(part, one.element.measure)
        if size >= max(WORTH_A_TAG * one.total, min(SMALLEST_GAP[one.element.measure], one.total)):
            added[code] = added.get(code, 0.0) + size / one.total
    return added
