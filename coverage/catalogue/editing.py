"""Reading and editing the catalogue. An edit makes a new version of the whole; results keep the number they were made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import func, select

from coverage.catalogue.defaults import default_catalogue
from coverage.catalogue.errors import CatalogueCodeTaken, CatalogueEntryInUse, CatalogueEntryNotFound, ElementUnknown
from coverage.catalogue.values import Catalogue, Element, NumberedCatalogue, Requirement, SceneType, TagBinding
from coverage.changes import CatalogueChanged
from coverage.models import CatalogueVersion, Scene
from foundation import audit
from foundation.problems import VersionMismatch
from foundation.work import Work
from sites.cameras.states import CameraTag

#: Two editors at once take turns on this lock.
EDIT_LOCK = 0x67_77_63_61
E = TypeVar("E", Element, SceneType)


def catalogue_in_force(work: Work) -> NumberedCatalogue:
    """The latest version; before the first edit, the defaults as number 0."""
    row = work.session.scalars(select(CatalogueVersion).order_by(CatalogueVersion.number.desc()).limit(1)).one_or_none()
    if row is None:
        return NumberedCatalogue(number=0, catalogue=default_catalogue())
    return NumberedCatalogue(number=row.number, catalogue=Catalogue.model_validate(row.content))


def catalogue_versions(work: Work) -> Sequence[CatalogueVersion]:
    """All versions, the latest first."""
    return work.session.scalars(select(CatalogueVersion).order_by(CatalogueVersion.number.desc())).all()


def catalogue_numbered(work: Work, number: int) -> Catalogue:
    """The catalogue as it was under a number."""
    if number == 0:
        return default_catalogue()
    row = work.session.scalars(select(CatalogueVersion).where(CatalogueVersion.number == number)).one_or_none()
    if row is None:
        raise CatalogueEntryNotFound
    return Catalogue.model_validate(row.content)


def put_element(work: Work, element: Element, *, base_number: int, new: bool) -> NumberedCatalogue:
    """Add or replace an element."""

    def edit(old: Catalogue) -> Catalogue:
        _expect(element.code in old.element, new=new)
        return old.model_copy(update={"elements": _replaced(old.elements, element)})

    return _edit(work, base_number, f"{'add' if new else 'change'} {element.code}", edit)


def put_scene_type(work: Work, scene_type: SceneType, *, base_number: int, new: bool) -> NumberedCatalogue:
    """Add or replace a scene type."""

    def edit(old: Catalogue) -> Catalogue:
        _expect(scene_type.code in old.scene_type, new=new)
        _known(old, [one.element for one in scene_type.requires], "/requires")
        return old.model_copy(update={"scene_types": _replaced(old.scene_types, scene_type)})

    return _edit(work, base_number, f"{'add' if new else 'change'} {scene_type.code}", edit)


def require_elements(work: Work, code: str, requires: tuple[Requirement, ...], *, base_number: int) -> NumberedCatalogue:
    """Say which elements a scene type requires."""
    known = catalogue_in_force(work).catalogue.scene_type.get(code)
    if known is None:
        raise CatalogueEntryNotFound
    changed = SceneType.model_validate(known.model_dump() | {"requires": [one.model_dump() for one in requires]})
    return put_scene_type(work, changed, base_number=base_number, new=False)


def bind_tag(work: Work, tag: CameraTag, elements: tuple[str, ...], *, base_number: int) -> NumberedCatalogue:
    """Say which elements cameras with a tag are put up to watch."""

    def edit(old: Catalogue) -> Catalogue:
        _known(old, elements, "/elements")
        kept = tuple(one for one in old.bindings if one.tag is not tag)
        return old.model_copy(update={"bindings": (*kept, TagBinding(tag=tag, elements=tuple(dict.fromkeys(elements))))})

    return _edit(work, base_number, f"bind {tag.value}", edit)


def remove_element(work: Work, code: str, *, base_number: int) -> NumberedCatalogue:
    """Remove an element that no scene type requires and no tag binds."""

    def edit(old: Catalogue) -> Catalogue:
        _expect(code in old.element, new=False)
        users = [scene.code for scene in old.scene_types if any(one.element == code for one in scene.requires)]
        users += [one.tag.value for one in old.bindings if code in one.elements]
        if users:
            raise CatalogueEntryInUse(used_by=", ".join(users))
        return old.model_copy(update={"elements": tuple(one for one in old.elements if one.code != code)})

    return _edit(work, base_number, f"remove {code}", edit)


def remove_scene_type(work: Work, code: str, *, base_number: int) -> NumberedCatalogue:
    """Remove a scene type of which no site has a scene."""

    def edit(old: Catalogue) -> Catalogue:
        _expect(code in old.scene_type, new=False)
        with work.session.everything():
            scenes = work.session.scalar(select(func.count(Scene.id)).where(Scene.scene_type == code)) or 0
        if scenes:
            raise CatalogueEntryInUse(used_by=f"{scenes} scenes")
        return old.model_copy(update={"scene_types": tuple(one for one in old.scene_types if one.code != code)})

    return _edit(work, base_number, f"remove {code}", edit)


def _edit(work: Work, base_number: int, reason: str, edit: Callable[[Catalogue], Catalogue]) -> NumberedCatalogue:
    work.require("edit_catalogue")
    work.session.execute(select(func.pg_advisory_xact_lock(EDIT_LOCK)))
    present = catalogue_in_force(work)
    if base_number != present.number:
        raise VersionMismatch(base_version=base_number, current_version=present.number)
    changed = edit(present.catalogue)
    number = present.number + 1
    work.session.add(
        CatalogueVersion(number=number, author_name=work.viewer.name, reason=reason, content=changed.model_dump(mode="json"))
    )
    audit.record(work, "catalogue_changed", "catalogue", number)
    work.announce(CatalogueChanged(number=number))
    return NumberedCatalogue(number=number, catalogue=changed)


def _expect(present: bool, *, new: bool) -> None:
    if new and present:
        raise CatalogueCodeTaken(field="/code")
    if not new and not present:
        raise CatalogueEntryNotFound


def _known(catalogue: Catalogue, elements: Sequence[str], field: str) -> None:
    for position, code in enumerate(elements):
        if code not in catalogue.element:
            raise ElementUnknown(field=f"{field}/{position}", element=code)


def _replaced(entries: tuple[E, ...], changed: E) -> tuple[E, ...]:
    kept = {one.code: one for one in entries} | {changed.code: changed}
    return tuple(kept[code] for code in sorted(kept))
