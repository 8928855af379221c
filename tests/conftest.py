"""A real PostGIS for every test: one private cluster per worker, one migrated template, one database per test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from foundation.database import Database, open_database
from foundation.settings import Data, Security, Server, Settings
from foundation.settings import Database as DatabaseSettings
from ops.postgres import PostgresCluster
from ops.throwaway import TEMPLATE, throwaway_cluster
from sites.visibility import visible_sites
from tests.make import PASSWORD, City, Person

# Everybody gets the same examples, so that a red test is red again when it is looked at; HYPOTHESIS_SEARCH=1 looks for new ones.
# Times are measured in bench/, not here.
hypothesis.settings.register_profile("ours", deadline=None, derandomize="HYPOTHESIS_SEARCH" not in os.environ)
hypothesis.settings.load_profile("ours")


@pytest.fixture(scope="session")
def cluster() -> Iterator[PostgresCluster]:
    """A private PostgreSQL on a Unix socket, thrown away at the end."""
    with throwaway_cluster() as made:
        yield made


@pytest.fixture
def database_url(cluster: PostgresCluster) -> Iterator[str]:
    """A database of its own for one test, migrated and empty."""
    name = f"t_{uuid4().hex[:12]}"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
        yield cluster.url(name)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test: its own database and folder, cheap password hashes."""
    return Settings(
        database=DatabaseSettings(url=database_url, pool_size=5),
        data=Data(folder=tmp_path),
        server=Server(),
        security=Security(argon2_memory_kib=8, argon2_time=1),
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The test's database with the rule of visibility."""
    opened = open_database(settings.database, visible_sites)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    """The whole application on the test's database."""
    return create_app(settings, database=database)


@pytest.fixture
def city(database: Database, settings: Settings) -> City:
    """A small city: two districts, and functions that add people and sites to it."""
    made = City(database, settings)
    made.found()
    return made


@pytest.fixture
def signed_in(app: FastAPI) -> Iterator[Callable[[Person], TestClient]]:
    """``signed_in(person)`` → an HTTP client with that person's session and CSRF token."""
    clients: list[TestClient] = []

    def sign_in(person: Person) -> TestClient:
        client = TestClient(app, raise_server_exceptions=False, headers={"Accept-Language": "en"})
        clients.append(client)
        answer = client.post("/api/v1/session", json={"login": person.login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    yield sign_in
    for client in clients:
        client.close()


@pytest.fixture(scope="session", autouse=True)
def no_operator_settings() -> None:
    """Settings of the machine's operator do not leak into tests."""
    for name in [name for name in os.environ if "__" in name and name.split("__")[0] in {"DATABASE", "REDIS", "SERVER"}]:
        del os.environ[name]
