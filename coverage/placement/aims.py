"""What a request wants of a site: which requirements, how much of each, and how far it is from that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from coverage.catalogue.values import Catalogue, algorithm_tag
from coverage.placement.values import PlacementRequest
from coverage.recompute import Picture, measure
from coverage.states import CoverageView
from coverage.watching import Watched, Watcher
from sites.cameras.states import CameraTag

#: A share that changes by less than this did not change.
NO_CHANGE = 1e-6
ALGORITHM = algorithm_tag("")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A site at one step of a suggestion: who watches, and how every requirement is met, measured exactly."""

    picture: Picture
    found: tuple[Watched, ...]

    @classmethod
    def of(cls, picture: Picture) -> Stage:
        """Measure a picture."""
        return cls(picture=picture, found=tuple(measure(picture, CoverageView.NOMINAL)))

    def with_watchers(self, *changed: Watcher) -> Stage:
        """The site with these in place of those of the same id, or beside them."""
        new = {one.camera_id: one for one in changed}
        kept = [new.pop(one.camera_id, one) for one in self.picture.watchers]
        return Stage.of(replace(self.picture, watchers=(*kept, *new.values())))

    def without(self, camera_id: int) -> Stage:
        """The site without one."""
        kept = tuple(one for one in self.picture.watchers if one.camera_id != camera_id)
        return Stage.of(replace(self.picture, watchers=kept))


@dataclass(frozen=True, kw_only=True)
class Aim:
    """The mandatory requirements a request is about, and when they are met well enough."""

    request: PlacementRequest

    def wanted(self, stage: Stage) -> list[Watched]:
        """The requirements it is about."""
        elements, scenes = self.request.elements, self.request.scene_ids
        return [
            one
            for one in stage.found
            if one.mandatory
            and one.share is not None
            and (not elements or one.element.code in elements)
            and (not scenes or one.scene.scene_id in scenes)
        ]

    def unmet(self, stage: Stage) -> list[Watched]:
        """Those of which more must be watched."""
        wanted = self.wanted(stage)
        if self.request.goal_share is None:
            return [one for one in wanted if not one.met]
        return [one for one in wanted if share_of(one) < 1 - NO_CHANGE] if not self.reached(stage) else []

    def reached(self, stage: Stage) -> bool:
        """Is it enough?"""
        wanted = self.wanted(stage)
        if self.request.goal_share is None:
            return all(one.met for one in wanted)
        return self.worth(stage) >= self.request.goal_share * len(wanted) - NO_CHANGE

    def worth(self, stage: Stage) -> float:
        """The shares added up, none counted beyond what is required of it."""
        return sum(min(share_of(one), self.goal(one)) for one in self.wanted(stage))

    def goal(self, one: Watched) -> float:
        """The share up to which a requirement counts."""
        return one.element.required_share if self.request.goal_share is None else 1.0

    def spoils(self, before: Stage, after: Stage) -> bool:
        """Does a step take a requirement away that was met, whether the request is about it or not?"""
        pairs = zip(before.found, after.found, strict=True)
        return any(old.mandatory and old.met and not new.met for old, new in pairs)


def share_of(one: Watched) -> float:
    """The share of a requirement that has one."""
    assert one.share is not None
    return one.share


def tags_for(catalogue: Catalogue, elements: Iterable[str], *, beside: frozenset[str] = frozenset()) -> frozenset[str]:
    """Few tags that make a camera count for the elements, beside those it has; an algorithm only where no tag binds."""
    left = {one for one in elements if not catalogue.watches(beside, one)}
    taken: set[str] = set()
    while left:
        bound = {tag.value: {one for one in left if tag.value in catalogue.tags_of_element[one]} for tag in CameraTag}
        tag = max(bound, key=lambda one: len(bound[one]))
        if bound[tag]:
            taken.add(tag)
            left -= bound[tag]
            continue
        for element in sorted(left):
            algorithms = sorted(one for one in catalogue.tags_of_element[element] if one.startswith(ALGORITHM))
            taken.update(algorithms[:1])
        break
    return frozenset(taken)


def bindable(catalogue: Catalogue, one: Watched) -> bool:
    """Can any camera count for it?"""
    return bool(catalogue.tags_of_element.get(one.element.code))


def camera_tags(tags: Iterable[str]) -> tuple[CameraTag, ...]:
    """The tags among what makes a watcher count."""
    return tuple(CameraTag(one) for one in sorted(tags) if not one.startswith(ALGORITHM))


def algorithms_in(tags: Iterable[str]) -> tuple[str, ...]:
    """The algorithms among what makes a watcher count."""
    return tuple(one.removeprefix(ALGORITHM) for one in sorted(tags) if one.startswith(ALGORITHM))


def watcher_by_id(watchers: Sequence[Watcher], camera_id: int) -> Watcher:
    """The watcher with this id."""
    return next(one for one in watchers if one.camera_id == camera_id)
