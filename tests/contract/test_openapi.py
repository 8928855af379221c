"""The contract: the client's types are fresh, every problem has one shape, and nothing fuzzed is a 500."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from tests.make import City

ROOT = Path(__file__).parents[2]


def test_the_clients_openapi_document_is_the_servers(app: FastAPI) -> None:
    stored = json.loads((ROOT / "web_map" / "openapi.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(app.openapi())), "run: ./geowarden openapi > web_map/openapi.json && npm run api-types"


def test_every_failure_has_the_shape_of_a_problem(app: FastAPI) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    for path, status in [
        ("/api/v1/nowhere", 404),
        ("/api/v1/sites", 401),
        ("/tiles/sites/0/0/0.mvt", 401),
        ("/api/v1/labels?lang=fr", 422),
    ]:
        answer = client.get(path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "instance"} <= answer.json().keys()
    assert client.put("/api/v1/labels").status_code == 405


def test_problems_speak_chinese_first_and_english_on_demand(app: FastAPI) -> None:
    client = TestClient(app)
    assert client.get("/api/v1/sites").json()["title"] == "请先登录。"
    assert client.get("/api/v1/sites", headers={"Accept-Language": "en-GB,zh;q=0.5"}).json()["title"] == "Please sign in first."


@pytest.mark.parametrize("role", ["station_officer", "system_admin", "security_admin"])
def test_no_fuzzed_request_is_a_server_error(app: FastAPI, city: City, signed_in: object, role: str) -> None:
    """schemathesis over every operation, signed in, with coverage of boundary values and random data."""
    city.plotted_site()
    person = city.person(role)
    city.grant(person, kind="city")
    client = signed_in(person)  # type: ignore[operator]
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    headers = {"X-CSRF-Token": client.headers["X-CSRF-Token"], "Cookie": f"gw_session={client.cookies['gw_session']}"}
    broken: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in {"/api/v1/session", "/api/v1/sessions", "/api/v1/session/password"}:
            continue

        @settings(max_examples=10, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy())
        def probe(case: schemathesis.Case) -> None:
            answer = case.call(headers=headers)
            if answer.status_code >= 500:
                broken.append(f"{case.method} {case.formatted_path} {answer.status_code} {case.body!r:.300} {case.query}")

        probe()
    assert broken == []
