"""The catalogue as values: what can be asked of it is answered from memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coverage.states import Measure
from sites.cameras.states import CameraTag
from sites.states import SiteType

CODE = r"^[A-Z][A-Z0-9]{1,15}$"


class Entry(BaseModel):
    """A frozen part of the catalogue that refuses members it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Element(Entry):
    """要素: what must be watched, and what a picture must be for that."""

    code: str = Field(pattern=CODE)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    measure: Measure = Measure.AREA
    #: Metres of the plane that is looked at above the scene's ground.
    plane_z_m: float = Field(0.0, ge=-5, le=60)
    #: Pixels per metre across the view.
    across_px_per_m: float = Field(ge=0, le=2000)
    #: Pixels per metre along the ground, for things that lie flat; 0 = not asked.
    along_px_per_m: float = Field(0.0, ge=0, le=2000)
    #: Steepest depression at which it is still recognised.
    depression_max_deg: float = Field(90.0, gt=0, le=90)
    #: Share of a scene that must be watched.
    required_share: float = Field(0.8, ge=0, le=1)
    #: So many cameras must see a place.
    cameras_needed: int = Field(1, ge=1, le=4)
    #: Number of the algorithm that finds it, if any.
    algorithm: int | None = Field(None, ge=1, le=999)
    note: str = Field("", max_length=400)


class Requirement(Entry):
    """A scene type requires an element."""

    element: str = Field(pattern=CODE)
    mandatory: bool = True


class SceneType(Entry):
    """技术场景 type: where it occurs, what it requires, which plan layer gives its shape."""

    code: str = Field(pattern=CODE)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    #: Site types in which it occurs; empty = all.
    site_types: tuple[SiteType, ...] = ()
    #: Plan layers that become scenes of this type.
    plan_layers: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()

    @field_validator("requires")
    @classmethod
    def _each_element_once(cls, value: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        codes = [one.element for one in value]
        if len(set(codes)) < len(codes):
            raise ValueError("an element is required twice")
        return value


class TagBinding(Entry):
    """Cameras with this tag are put up to watch these elements."""

    tag: CameraTag
    elements: tuple[str, ...]


class Catalogue(Entry):
    """All of it."""

    elements: tuple[Element, ...]
    scene_types: tuple[SceneType, ...]
    bindings: tuple[TagBinding, ...]

    @cached_property
    def element(self) -> dict[str, Element]:
        """Elements by code."""
        return {one.code: one for one in self.elements}

    @cached_property
    def scene_type(self) -> dict[str, SceneType]:
        """Scene types by code."""
        return {one.code: one for one in self.scene_types}

    @cached_property
    def tags_of_element(self) -> dict[str, frozenset[str]]:
        """Element → what makes a camera count for it: tags that bind it, and its algorithm running on the camera."""
        bound = {code: {one.tag.value for one in self.bindings if code in one.elements} for code in self.element}
        return {code: frozenset(tags | _running(self.element[code])) for code, tags in bound.items()}

    def watches(self, tags: frozenset[str], element: str) -> bool:
        """Does a camera with these tags, among them ``algorithm_tag`` of each algorithm it runs, count for the element?"""
        return bool(tags & self.tags_of_element.get(element, frozenset()))


def algorithm_tag(algorithm: int | str) -> str:
    """An algorithm that runs on a camera, as a tag of it."""
    return f"algorithm:{algorithm}"


def _running(element: Element) -> set[str]:
    return {algorithm_tag(element.algorithm)} if element.algorithm is not None else set()


@dataclass(frozen=True, kw_only=True)
class NumberedCatalogue:
    """The catalogue in force, with its number."""

    number: int
    catalogue: Catalogue
