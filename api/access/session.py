"""Signing in and out of the browser, and changing one's own password."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, Field

from access.errors import AccountLocked, WrongCredentials
from access.kiosks import open_kiosk
from access.models import UserAccount
from access.sessions import OpenSession, StartedSession, end_session, end_sessions_of
from access.sign_in import Refusal, change_password, sign_in
from access.users import user_of
from api.dependencies import (
    SESSION_COOKIE,
    CallerDep,
    ReadWorkDep,
    SettingsDep,
    WorkDep,
    database_of,
)
from api.geometry import In
from api.problems import NotSignedIn
from foundation.settings import Security
from foundation.viewer import NOBODY, Viewer
from foundation.work import Work, work

router = APIRouter(tags=["session"])


class CredentialsIn(In):
    """Who signs in."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class KioskIn(In):
    """The key of a wall."""

    key: Annotated[str, Field(min_length=1, max_length=200)]


class PasswordIn(In):
    """A password to replace."""

    current: Annotated[str, Field(min_length=1, max_length=128)]
    new: Annotated[str, Field(min_length=1, max_length=128)]


class OrganisationRef(BaseModel):
    """An organisation by id and name."""

    id: int
    name: str


class SessionUser(BaseModel):
    """The signed-in user."""

    id: int
    login: str
    name: str
    organisation: OrganisationRef | None
    roles: list[str]
    locale: str


class SessionOut(BaseModel):
    """A session, with the token that unsafe requests must carry."""

    user: SessionUser
    permissions: list[str]
    csrf_token: str
    must_change_password: bool
    idle_minutes: int
    expires_at: datetime


@router.post("/session")
def start(credentials: CredentialsIn, request: Request, response: Response, settings: SettingsDep) -> SessionOut:
    """Sign in. The failure of a refused sign-in is committed before the refusal is answered."""
    security, ip = settings.security, request.client.host if request.client else None
    nobody = Viewer(user_id=None, name=NOBODY.name, ip=ip)
    with work(database_of(request), nobody) as unit:
        result = sign_in(unit, credentials.login, credentials.password, security)
        answer = _out(unit, result.session, security) if isinstance(result, StartedSession) else None
    if isinstance(result, Refusal) or answer is None:
        raise _refused(result)
    response.set_cookie(SESSION_COOKIE, result.token, httponly=True, samesite="strict", secure=security.cookie_secure, path="/")
    return answer


@router.post("/session/kiosk")
def open_wall(kiosk: KioskIn, request: Request, response: Response, settings: SettingsDep) -> SessionOut:
    """Open a big screen with a key: read-only, bound to this address."""
    security, ip = settings.security, request.client.host if request.client else None
    with work(database_of(request), Viewer(user_id=None, name=NOBODY.name, ip=ip)) as unit:
        started = open_kiosk(unit, kiosk.key, security, ip)
        answer = _out(unit, started.session, security)
    response.set_cookie(SESSION_COOKIE, started.token, httponly=True, samesite="strict", secure=security.cookie_secure, path="/")
    return answer


@router.get("/session")
def present(unit: ReadWorkDep, caller: CallerDep, settings: SettingsDep) -> SessionOut:
    """The session of this browser."""
    if caller.session is None:
        raise NotSignedIn
    return _out(unit, caller.session, settings.security)


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(unit: WorkDep, request: Request, response: Response) -> None:
    """Sign out here."""
    end_session(unit, request.cookies.get(SESSION_COOKIE, ""))
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
def sign_out_everywhere(unit: WorkDep, response: Response) -> None:
    """Sign out in every browser."""
    if unit.viewer.user_id is not None:
        end_sessions_of(unit, unit.viewer.user_id)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.put("/session/password", status_code=status.HTTP_204_NO_CONTENT)
def replace_password(unit: WorkDep, request: Request, passwords: PasswordIn, settings: SettingsDep) -> None:
    """Replace one's own password; every other session ends."""
    token = request.cookies.get(SESSION_COOKIE, "")
    change_password(unit, passwords.current, passwords.new, settings.security, token)


def _refused(result: StartedSession | Refusal) -> Exception:
    if isinstance(result, Refusal) and result.locked_until is not None:
        return AccountLocked(until=result.locked_until.isoformat(timespec="seconds"))
    return WrongCredentials()


def _out(unit: Work, session: OpenSession, security: Security) -> SessionOut:
    assert session.viewer.user_id is not None
    user: UserAccount = user_of(unit, session.viewer.user_id)
    organisation = user.organisation
    return SessionOut(
        user=SessionUser(
            id=user.id,
            login=user.login,
            name=user.name,
            organisation=OrganisationRef(id=organisation.id, name=organisation.name) if organisation else None,
            roles=sorted(session.viewer.roles),
            locale=user.locale,
        ),
        permissions=sorted(session.viewer.permissions),
        csrf_token=session.csrf_token,
        must_change_password=session.must_change_password,
        idle_minutes=security.idle_minutes,
        expires_at=session.expires_at,
    )
