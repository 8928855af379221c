"""What routes ask for: a unit of work as the signed-in viewer, in the right transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from access.api_keys import viewer_by_key
from access.errors import PasswordChangeRequired
from access.sessions import OpenSession, session_by_token
from api.problems import CsrfTokenMissing, NotSignedIn
from foundation.database import Database
from foundation.sealing import Seal
from foundation.settings import Settings
from foundation.viewer import NOBODY, Viewer
from foundation.work import Work, work
from insights.search.port import Engine

SESSION_COOKIE = "gw_session"
CSRF_HEADER = "x-csrf-token"
#: All that somebody with a first or overdue password may do: see the session, change the password, sign out.
BEFORE_A_NEW_PASSWORD = ("/api/v1/session",)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who sent the request: the viewer, and the browser session if there is one."""

    viewer: Viewer
    session: OpenSession | None


def database_of(request: Request) -> Database:
    """The database the application was created with."""
    database: Database = request.app.state.database
    return database


def settings_of(request: Request) -> Settings:
    """The settings the application was created with."""
    settings: Settings = request.app.state.settings
    return settings


def search_engine_of(request: Request) -> Engine:
    """What searches: PostgreSQL, or the engine the settings name."""
    engine: Engine = request.app.state.search
    return engine


def caller_of(request: Request) -> Caller:
    """Authenticate by API key or session cookie; 401 for nobody, 403 for an unsafe request without CSRF token."""
    ip = request.client.host if request.client else None
    security = settings_of(request).security
    header = request.headers.get("authorization", "")
    with work(database_of(request), NOBODY) as unit:
        if header.lower().startswith("bearer "):
            viewer = viewer_by_key(unit, header[7:].strip(), ip)
            if viewer is None:
                raise NotSignedIn
            return Caller(viewer=viewer, session=None)
        found = session_by_token(unit, request.cookies.get(SESSION_COOKIE, ""), security, ip)
    if found is None:
        raise NotSignedIn
    if request.method not in SAFE_METHODS and not secrets.compare_digest(
        request.headers.get(CSRF_HEADER, "").encode(), found.csrf_token.encode()
    ):
        raise CsrfTokenMissing
    if found.must_change_password and not request.url.path.startswith(BEFORE_A_NEW_PASSWORD):
        raise PasswordChangeRequired
    return Caller(viewer=found.viewer, session=found)


def seal_of(request: Request) -> Seal:
    """What stored secrets are sealed with."""
    return Seal(settings_of(request).data.folder)


CallerDep = Annotated[Caller, Depends(caller_of)]


def open_work(request: Request, caller: CallerDep) -> Iterator[Work]:
    """One transaction that commits before the answer is sent, so that a failing COMMIT is never a 200."""
    with work(database_of(request), caller.viewer) as unit:
        yield unit


def open_read_work(request: Request, caller: CallerDep) -> Iterator[Work]:
    """A read-only transaction."""
    with work(database_of(request), caller.viewer, read_only=True) as unit:
        yield unit


def open_anonymous_work(request: Request) -> Iterator[Work]:
    """A transaction for somebody who has not signed in: signing in, and nothing scoped."""
    with work(database_of(request), NOBODY) as unit:
        yield unit


WorkDep = Annotated[Work, Depends(open_work, scope="function")]
ReadWorkDep = Annotated[Work, Depends(open_read_work, scope="function")]
AnonymousWorkDep = Annotated[Work, Depends(open_anonymous_work, scope="function")]
SettingsDep = Annotated[Settings, Depends(settings_of)]
SearchDep = Annotated[Engine, Depends(search_engine_of)]
SealDep = Annotated[Seal, Depends(seal_of)]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Which part of a list is asked for."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size


def page_of(page: Annotated[int, Query(ge=1, le=100_000)] = 1, size: Annotated[int, Query(ge=1, le=200)] = 50) -> Page:
    """Paging parameters of every list."""
    return Page(number=page, size=size)


PageDep = Annotated[Page, Depends(page_of)]
