"""The facts this package announces."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.changes import Change


@dataclass(frozen=True, kw_only=True)
class CatalogueChanged(Change):
    """A new version of the catalogue is in force."""

    number: int


@dataclass(frozen=True, kw_only=True)
class ScenesChanged(Change):
    """Scenes of a site were drawn, moved or removed."""

    site_id: int


@dataclass(frozen=True, kw_only=True)
class CoverageMeasured(Change):
    """The coverage of a site was measured anew."""

    site_id: int


@dataclass(frozen=True, kw_only=True)
class DigitalPlanReviewed(Change):
    """A digital plan was approved or returned."""

    site_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class DigitalPlanProgressed(Change):
    """A device of a digital plan was put up, taken away or accepted."""

    site_id: int
    number: int
