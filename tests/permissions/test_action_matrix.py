"""Role × action, cell by cell: the matrix is what the routes really do."""

from __future__ import annotations

import pytest

from access.roles import ADMINISTRATORS, Role, all_actions, clashing_roles, permission_matrix
from foundation.labels import LANGUAGES, labels
from foundation.work import ActionNotAllowed
from tests.make import City

STATION = {Role.STATION_DIRECTOR, Role.STATION_OFFICER}
#: What must never be granted by accident, action → roles that hold it.
GUARDED = {
    "review_opening": STATION,
    "review_plot": STATION,
    "manage_users": {Role.SYSTEM_ADMIN},
    "manage_grants": {Role.SECURITY_ADMIN},
    "preview_grants": {Role.SECURITY_ADMIN},
    "read_audit": {Role.AUDIT_ADMIN},
    "manage_api_keys": {Role.SYSTEM_ADMIN},
    "import_districts": {Role.SYSTEM_ADMIN},
    "edit_catalogue": {Role.STATION_DIRECTOR, Role.SYSTEM_ADMIN},
    "review_digital_plan": STATION,
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", sorted(all_actions()))
def test_each_cell_of_the_matrix_is_obeyed(city: City, role: Role, action: str) -> None:
    viewer = city.viewer(city.person(role.value))
    assert viewer.may(action) == (action in permission_matrix()[role])
    if action in GUARDED:
        assert viewer.may(action) == (role in GUARDED[action])
    with city.work() as unit:
        object.__setattr__(unit, "viewer", viewer)
        if viewer.may(action):
            unit.require(action)
        else:
            with pytest.raises(ActionNotAllowed):
                unit.require(action)


def test_administrators_do_no_station_work() -> None:
    business = {"plot", "open_site", "review_plot", "review_opening", "read_sites"}
    for role in ADMINISTRATORS:
        assert not business & permission_matrix()[role]


@pytest.mark.parametrize("role", Role)
def test_nobody_holds_two_administrations_or_one_with_other_work(role: Role) -> None:
    assert not clashing_roles(frozenset({role.value}))
    for administrator in ADMINISTRATORS - {role}:
        assert clashing_roles(frozenset({role.value, administrator.value}))


def test_every_action_and_role_has_words() -> None:
    for language in LANGUAGES:
        words = labels(language)
        assert all(f"action.{action}" in words for action in all_actions())
        assert all(f"role.{role}" in words for role in Role)
