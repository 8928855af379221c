"""The facts this package announces."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.changes import Change


@dataclass(frozen=True, kw_only=True)
class GrantsChanged(Change):
    """What these users may see changed: grants, roles, organisation or state."""

    user_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Change):
    """An organisation became known, or is called something else."""

    organisation_id: int
