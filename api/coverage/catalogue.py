"""场景与要素关联配置: scene types, elements, which scene requires which element, which tag watches which."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, status
from pydantic import BaseModel, Field

from api.dependencies import ReadWorkDep, WorkDep
from api.geometry import In
from coverage.catalogue.editing import (
    bind_tag,
    catalogue_in_force,
    catalogue_numbered,
    catalogue_versions,
    put_element,
    put_scene_type,
    remove_element,
    remove_scene_type,
    require_elements,
)
from coverage.catalogue.values import CODE, Catalogue, Element, NumberedCatalogue, Requirement, SceneType, TagBinding
from coverage.jobs import last_run
from coverage.models import CatalogueVersion
from foundation.work import Work
from sites.cameras.states import CameraTag

router = APIRouter(tags=["catalogue"])
Code = Annotated[str, Path(pattern=CODE)]
Number = Annotated[int, Query(ge=0, lt=2**31, description="Number of the catalogue you edited.")]


class RecomputeOut(BaseModel):
    """How far the measuring of the city under a catalogue is."""

    number: int
    sites: int
    done: int
    started_at: datetime
    finished_at: datetime | None


class CatalogueOut(BaseModel):
    """The catalogue under a number; 0 is the one a new installation starts with."""

    number: int
    elements: list[Element]
    scene_types: list[SceneType]
    bindings: list[TagBinding]
    recompute: RecomputeOut | None = None


class CatalogueVersionOut(BaseModel):
    """One edit of the catalogue."""

    number: int
    at: datetime
    author: str
    reason: str


class CatalogueVersions(BaseModel):
    """All edits, the latest first."""

    items: list[CatalogueVersionOut]


class ElementList(BaseModel):
    """Elements of the catalogue in force."""

    number: int
    items: list[Element]


class SceneTypeList(BaseModel):
    """Scene types of the catalogue in force."""

    number: int
    items: list[SceneType]


class BindingList(BaseModel):
    """Tag bindings of the catalogue in force."""

    number: int
    items: list[TagBinding]


class RequiresIn(In):
    """The elements a scene type requires."""

    requires: list[Requirement] = Field(max_length=200)


class BindingIn(In):
    """The elements cameras with a tag are put up to watch."""

    elements: list[Annotated[str, Field(pattern=CODE)]] = Field(max_length=200)


@router.get("/catalogue")
def catalogue(work: ReadWorkDep) -> CatalogueOut:
    """The whole catalogue in force, and how far the city is measured under it."""
    work.require("read_catalogue")
    return catalogue_out(work, catalogue_in_force(work))


@router.get("/catalogue/versions")
def versions(work: ReadWorkDep) -> CatalogueVersions:
    """Who changed what, and when."""
    work.require("read_catalogue")
    rows = catalogue_versions(work)
    return CatalogueVersions(items=[_version_out(row) for row in rows])


@router.get("/catalogue/versions/{number}")
def version(work: ReadWorkDep, number: Annotated[int, Path(ge=0, lt=2**31)]) -> CatalogueOut:
    """The catalogue as it was under a number."""
    work.require("read_catalogue")
    return _whole(number, catalogue_numbered(work, number))


@router.get("/elements")
def elements(work: ReadWorkDep) -> ElementList:
    """要素."""
    work.require("read_catalogue")
    found = catalogue_in_force(work)
    return ElementList(number=found.number, items=list(found.catalogue.elements))


@router.post("/elements", status_code=status.HTTP_201_CREATED)
def add_element(work: WorkDep, element: Element, number: Number) -> CatalogueOut:
    """Add an element."""
    return changed(work, put_element(work, element, base_number=number, new=True))


@router.put("/elements/{code}")
def change_element(work: WorkDep, code: Code, element: Element, number: Number) -> CatalogueOut:
    """Change an element; every site is measured anew."""
    return changed(work, put_element(work, element.model_copy(update={"code": code}), base_number=number, new=False))


@router.delete("/elements/{code}")
def delete_element(work: WorkDep, code: Code, number: Number) -> CatalogueOut:
    """Remove an element; 409 while a scene requires it or a tag binds it."""
    return changed(work, remove_element(work, code, base_number=number))


@router.get("/scenes")
def scene_types(work: ReadWorkDep) -> SceneTypeList:
    """技术场景 types."""
    work.require("read_catalogue")
    found = catalogue_in_force(work)
    return SceneTypeList(number=found.number, items=list(found.catalogue.scene_types))


@router.post("/scenes", status_code=status.HTTP_201_CREATED)
def add_scene_type(work: WorkDep, scene_type: SceneType, number: Number) -> CatalogueOut:
    """Add a scene type."""
    return changed(work, put_scene_type(work, scene_type, base_number=number, new=True))


@router.put("/scenes/{code}")
def change_scene_type(work: WorkDep, code: Code, scene_type: SceneType, number: Number) -> CatalogueOut:
    """Change a scene type."""
    return changed(work, put_scene_type(work, scene_type.model_copy(update={"code": code}), base_number=number, new=False))


@router.delete("/scenes/{code}")
def delete_scene_type(work: WorkDep, code: Code, number: Number) -> CatalogueOut:
    """Remove a scene type; 409 while a site has such a scene."""
    return changed(work, remove_scene_type(work, code, base_number=number))


@router.put("/scenes/{code}/elements")
def change_required_elements(work: WorkDep, code: Code, wanted: RequiresIn, number: Number) -> CatalogueOut:
    """Say which elements a scene type requires."""
    return changed(work, require_elements(work, code, tuple(wanted.requires), base_number=number))


@router.get("/tags")
def tags(work: ReadWorkDep) -> BindingList:
    """Camera tags and the elements they watch."""
    work.require("read_catalogue")
    found = catalogue_in_force(work)
    return BindingList(number=found.number, items=list(found.catalogue.bindings))


@router.put("/tags/{tag}/bindings")
def change_binding(work: WorkDep, tag: CameraTag, wanted: BindingIn, number: Number) -> CatalogueOut:
    """Say which elements a tag binds."""
    return changed(work, bind_tag(work, tag, tuple(wanted.elements), base_number=number))


def changed(work: Work, edited: NumberedCatalogue) -> CatalogueOut:
    """A catalogue that was just edited, with the run it started."""
    work.react()
    return catalogue_out(work, edited)


def catalogue_out(work: Work, found: NumberedCatalogue) -> CatalogueOut:
    """A catalogue as it is answered."""
    run = last_run(work)
    progress = RecomputeOut.model_validate(run, from_attributes=True) if run is not None else None
    return _whole(found.number, found.catalogue).model_copy(update={"recompute": progress})


def _version_out(row: CatalogueVersion) -> CatalogueVersionOut:
    return CatalogueVersionOut(number=row.number, at=row.created_at, author=row.author_name, reason=row.reason)


def _whole(number: int, content: Catalogue) -> CatalogueOut:
    return CatalogueOut(
        number=number,
        elements=list(content.elements),
        scene_types=list(content.scene_types),
        bindings=list(content.bindings),
    )
