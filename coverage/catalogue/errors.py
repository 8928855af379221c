"""What can go wrong with the catalogue."""

from __future__ import annotations

from foundation.problems import Conflict, Invalid, NotFound


class CatalogueEntryNotFound(NotFound):
    """The catalogue has no such entry."""


class CatalogueEntryInUse(Conflict):
    """The entry is in use and cannot be removed."""

    detail = "Used by: {used_by}."


class CatalogueCodeTaken(Conflict):
    """The catalogue has an entry with this code already."""


class ElementUnknown(Invalid):
    """The catalogue has no such element."""

    detail = "Unknown: {element}."
