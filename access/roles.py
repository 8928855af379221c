"""Roles, actions and the matrix between them, read from ``permissions.toml``."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path


class Role(StrEnum):
    """What a person is to the station. The three administrators exclude one another (等保 role separation)."""

    STATION_DIRECTOR = "station_director"
    STATION_OFFICER = "station_officer"
    OWNER = "owner"
    CONTRACTOR = "contractor"
    SUPERVISING_ENGINEER = "supervising_engineer"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    SCREEN = "screen"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

MATRIX_FILE = Path(__file__).parent / "permissions.toml"


@cache
def permission_matrix() -> dict[Role, frozenset[str]]:
    """Role → actions it may do somewhere. Where, is a matter of grants."""
    table = tomllib.loads(MATRIX_FILE.read_text(encoding="utf-8"))
    return {Role(role): frozenset(actions) for role, actions in table["roles"].items()}


def all_actions() -> frozenset[str]:
    """Every action some role may do."""
    return frozenset().union(*permission_matrix().values())


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """The union of the roles' actions."""
    matrix = permission_matrix()
    return frozenset().union(*(matrix[Role(role)] for role in roles)) if roles else frozenset()


def clashing_roles(roles: frozenset[str]) -> frozenset[str]:
    """Roles that nobody may hold together: two administrators, or an administrator who also does the station's work."""
    administrators = roles & {role.value for role in ADMINISTRATORS}
    if len(administrators) > 1 or (administrators and roles - administrators):
        return roles
    return frozenset()
