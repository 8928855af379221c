"""Signing in, lockout, timeouts, CSRF, passwords, keys, and the separation of administrators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from access.credit_code import checked_credit_code
from access.errors import CreditCodeWrong, LastAdministrator, OwnRoles, RolesClash, WeakPassword
from access.models import BrowserSession, UserAccount
from access.passwords import check_password, generate_password
from access.sessions import StartedSession, session_by_token
from access.sign_in import Refusal, sign_in
from access.users import NewUser, UserEdit, add_account, edit_user, user_of
from foundation.audit import AuditEntry
from foundation.viewer import NOBODY
from foundation.work import work
from tests.make import NOW, PASSWORD, City, Person

SignIn = Callable[[Person], TestClient]


def attempt(city: City, login: str, password: str, minutes: float = 0) -> StartedSession | Refusal:
    with work(city.database, NOBODY, now=NOW + timedelta(minutes=minutes)) as unit:
        return sign_in(unit, login, password, city.settings.security)


def test_five_failures_in_fifteen_minutes_lock_for_thirty(city: City) -> None:
    login = city.person("owner").login
    for minute in range(4):
        assert attempt(city, login, "wrong", minute) == Refusal(locked_until=None)
    fifth = attempt(city, login, "wrong", 4)
    assert fifth == Refusal(locked_until=NOW + timedelta(minutes=34))
    assert isinstance(attempt(city, login, PASSWORD, 33.9), Refusal)
    assert isinstance(attempt(city, login, PASSWORD, 34.1), StartedSession)


def test_failures_spread_out_lock_nobody(city: City) -> None:
    login = city.person("owner").login
    for n in range(8):
        assert attempt(city, login, "wrong", 4 * n) == Refusal(locked_until=None)
    assert isinstance(attempt(city, login, PASSWORD, 32), StartedSession)


def test_a_known_and_an_unknown_login_get_the_same_answer(app: FastAPI, city: City) -> None:
    client = TestClient(app)
    answers = [
        client.post("/api/v1/session", json={"login": login, "password": "wrong"})
        for login in (city.person("owner").login, "nobody-at-all")
    ]
    bodies = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert bodies[0] == bodies[1]


def test_a_refused_sign_in_is_written_down_although_it_was_refused(app: FastAPI, city: City) -> None:
    login = city.person("owner").login
    TestClient(app).post("/api/v1/session", json={"login": login, "password": "wrong"})
    with city.work() as unit:
        refused = (
            select(func.count()).select_from(AuditEntry).where(AuditEntry.result == "refused", AuditEntry.object_id == login)
        )
        assert unit.session.scalar(refused) == 1


@pytest.mark.parametrize(("minutes", "alive"), [(29, True), (31, False)])
def test_an_idle_session_ends(city: City, minutes: float, alive: bool) -> None:
    started = attempt(city, city.person("owner").login, PASSWORD)
    assert isinstance(started, StartedSession)
    with work(city.database, NOBODY, now=NOW + timedelta(minutes=minutes)) as unit:
        assert (session_by_token(unit, started.token, city.settings.security, None) is not None) == alive


def test_a_session_in_use_ends_after_twelve_hours_all_the_same(city: City) -> None:
    started = attempt(city, city.person("owner").login, PASSWORD)
    assert isinstance(started, StartedSession)
    alive = []
    for quarter in range(1, 50):
        with work(city.database, NOBODY, now=NOW + timedelta(minutes=15 * quarter)) as unit:
            alive.append(session_by_token(unit, started.token, city.settings.security, None) is not None)
    assert alive == [True] * 47 + [False] * 2


def test_only_the_hash_of_a_session_is_stored(city: City) -> None:
    started = attempt(city, city.person("owner").login, PASSWORD)
    assert isinstance(started, StartedSession)
    with city.work() as unit:
        [row] = unit.session.scalars(select(BrowserSession)).all()
    assert started.token.encode() not in row.token_hash


def test_an_unsafe_request_without_its_csrf_token_is_refused(city: City, signed_in: SignIn) -> None:
    client = signed_in(city.officer())
    token = client.headers.pop("X-CSRF-Token")
    assert client.delete("/api/v1/session").json()["type"] == "/problems/csrf-token-missing"
    client.headers["X-CSRF-Token"] = token[::-1]
    assert client.delete("/api/v1/session").status_code == 403
    client.headers["X-CSRF-Token"] = token
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401


def test_the_cookie_is_http_only_and_same_site(app: FastAPI, city: City) -> None:
    answer = TestClient(app).post("/api/v1/session", json={"login": city.person("owner").login, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_first_password_must_be_changed_before_anything_else(city: City, app: FastAPI) -> None:
    with city.work() as unit:
        made = add_account(
            unit,
            NewUser(login="fresh", name="新人", organisation_id=None, roles=frozenset({"station_officer"})),
            city.settings.security,
        )
    client = TestClient(app, headers={"Accept-Language": "en"})
    session = client.post("/api/v1/session", json={"login": "fresh", "password": made.initial_password}).json()
    assert session["must_change_password"]
    client.headers["X-CSRF-Token"] = session["csrf_token"]
    refused = client.get("/api/v1/sites")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/password-change-required")
    weak = client.put("/api/v1/session/password", json={"current": made.initial_password, "new": "short"})
    assert (weak.status_code, weak.json()["field"]) == (422, "/new")
    assert client.put("/api/v1/session/password", json={"current": made.initial_password, "new": PASSWORD}).status_code == 204
    assert client.get("/api/v1/sites").status_code == 200
    again = client.put("/api/v1/session/password", json={"current": PASSWORD, "new": PASSWORD})
    assert again.json()["missing"] == ["used_before"]


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Short-1", ["length"]),
        ("alllowercase", ["classes"]),
        ("Officer7-officer7", ["contains_login"]),
        ("Password-2026", ["common"]),
    ],
)
def test_weak_passwords_are_told_what_they_lack(password: str, missing: list[str]) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "officer7", field="/new")
    assert refused.value.members["missing"] == missing


def test_generated_passwords_keep_the_rules() -> None:
    for _ in range(200):
        check_password(generate_password(), "mt3101152600019-1", field="/password")


def test_credit_codes_of_the_golden_table() -> None:
    assert checked_credit_code(" 91350100m000100y43 ", field="/x") == "91350100M000100Y43"
    with pytest.raises(CreditCodeWrong) as refused:
        checked_credit_code("91350100M000100Y4Z", field="/credit_code")
    assert refused.value.members == {"field": "/credit_code", "expected": "3"}


def test_an_api_key_acts_as_its_account_until_it_is_revoked(city: City, signed_in: SignIn, app: FastAPI) -> None:
    machine, site_id = city.officer(), city.site()
    admin = signed_in(city.person("system_admin"))
    made = admin.post("/api/v1/api-keys", json={"name": "GIS", "user_id": machine.user_id})
    assert made.status_code == 201, made.text
    client = TestClient(app, headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert [one["id"] for one in client.get("/api/v1/sites").json()["items"]] == [site_id]
    assert made.json()["key"] not in admin.get("/api/v1/api-keys").text
    admin.delete(f"/api/v1/api-keys/{made.json()['id']}")
    assert client.get("/api/v1/sites").status_code == 401
    assert TestClient(app, headers={"Authorization": "Bearer gwk_wrong"}).get("/api/v1/sites").status_code == 401


def test_disabling_a_user_ends_their_sessions_at_once(city: City, signed_in: SignIn) -> None:
    person = city.officer()
    client, admin = signed_in(person), signed_in(city.person("system_admin"))
    version = admin.get(f"/api/v1/users/{person.user_id}").json()["version"]
    assert admin.patch(f"/api/v1/users/{person.user_id}", json={"version": version, "state": "disabled"}).status_code == 200
    assert client.get("/api/v1/sites").status_code == 401


def test_nobody_changes_their_own_roles_and_the_last_administrator_stays(city: City) -> None:
    first, other = city.person("system_admin"), city.person("security_admin")
    with city.work(first) as unit:
        own = user_of(unit, first.user_id)
        with pytest.raises(OwnRoles):
            edit_user(unit, first.user_id, UserEdit(roles=frozenset({"owner"})), own.version)
        with pytest.raises(LastAdministrator):
            edit_user(unit, other.user_id, UserEdit(state="disabled"), user_of(unit, other.user_id).version)
        with pytest.raises(RolesClash):
            edit_user(
                unit,
                other.user_id,
                UserEdit(roles=frozenset({"security_admin", "audit_admin"})),
                user_of(unit, other.user_id).version,
            )


def test_a_grant_that_ran_out_shows_nothing_after_the_next_minute(city: City) -> None:
    from sqlalchemy import update

    from access.models import Grant
    from sites.jurisdiction import resolve_expired
    from sites.models import Site

    city.site()
    person = city.officer()
    with city.work() as unit:
        unit.session.execute(update(Grant).values(valid_to=NOW + timedelta(hours=1)))
    with city.work(now=NOW + timedelta(hours=1, minutes=1)) as unit:
        assert resolve_expired(unit) == 1
    with city.work(person) as unit:
        assert unit.session.scalars(select(Site.id)).all() == []


def test_the_audit_trail_refuses_to_be_rewritten(city: City, signed_in: SignIn) -> None:
    signed_in(city.officer())
    with pytest.raises(DatabaseError, match="never changed"), city.work() as unit:
        unit.session.delete(unit.session.scalars(select(AuditEntry)).first())
        unit.session.flush()
    auditor = signed_in(city.person("audit_admin"))
    assert auditor.get("/api/v1/audit", params={"action": "sign_in"}).json()["total"] == 2


def test_an_account_unused_for_ninety_days_is_disabled(city: City) -> None:
    person = city.person("owner")
    assert isinstance(attempt(city, person.login, PASSWORD), StartedSession)
    assert isinstance(attempt(city, person.login, PASSWORD, minutes=91 * 24 * 60), Refusal)
    with city.work() as unit:
        assert unit.session.get_one(UserAccount, person.user_id).state == "disabled"
