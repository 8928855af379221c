"""Problems as RFC 9457 answers: the only place that knows which HTTP number a kind of problem has."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from shapely.geometry.base import BaseGeometry
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from api.geometry import remark_out
from api.language import language_of
from foundation.labels import Language, label, labels
from foundation.log import get_log
from foundation.problems import Conflict, Invalid, NotAllowed, NotFound, Problem, Unavailable, VersionMismatch, kind_of
from spatial.geojson import to_geojson
from spatial.plots import Remark

STATUS: dict[type[Problem], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422, Unavailable: 503}
MEDIA_TYPE = "application/problem+json"


class NotSignedIn(NotAllowed):
    """Please sign in first."""


class CsrfTokenMissing(NotAllowed):
    """The request lacks this session's CSRF token."""


class VersionRequired(Conflict):
    """The request must say which version it changes."""

    detail = "Send the version you read in the If-Match header."


#: Problems the protocol has a number of their own for.
OWN_STATUS: dict[type[Problem], int] = {NotSignedIn: 401, VersionMismatch: 412, VersionRequired: 428}


def status_of(problem: type[Problem]) -> int:
    """The HTTP number of a problem."""
    return OWN_STATUS.get(problem, STATUS[kind_of(problem)])


def problem_body(problem: Problem, language: Language, instance: str) -> dict[str, Any]:
    """The members of the answer, localised."""
    slug, words = problem.slug(), labels(language)
    body: dict[str, Any] = {"type": f"/problems/{slug}", "status": status_of(type(problem)), "instance": instance}
    body["title"] = words.get(f"problem.{slug}.title", problem.title())
    members = {name: _plain(value, language) for name, value in problem.members.items() if value is not None}
    detail = members.pop("detail", None)
    if detail is None and (f"problem.{slug}.detail" in words or problem.detail):
        template = words.get(f"problem.{slug}.detail", problem.detail)
        detail = label_or(template, members)
    if detail:
        body["detail"] = detail
    return members | body


def _plain(value: Any, language: Language) -> Any:
    """A member as JSON; remarks of rules get their sentence and their place."""
    if isinstance(value, Remark):
        return remark_out(value, language).model_dump()
    if isinstance(value, list | tuple):
        return [_plain(one, language) for one in value]
    if isinstance(value, BaseGeometry):
        return to_geojson(value)
    return value.isoformat() if isinstance(value, datetime | date) else value


def label_or(template: str, members: dict[str, Any]) -> str:
    """Fill the placeholders that have a value; leave the sentence as it is when one has none."""
    try:
        return template.format(**members)
    except (KeyError, IndexError, ValueError):
        return template


def answer(request: Request, problem: Problem) -> JSONResponse:
    """The problem as a response."""
    body = problem_body(problem, language_of(request), request.url.path)
    get_log().info("problem_answered", slug=problem.slug(), status=body["status"])
    return JSONResponse(body, status_code=body["status"], media_type=MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Make every failure of the application answer in one shape."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(StaleDataError, _on_stale)
    app.add_exception_handler(IntegrityError, _on_integrity)
    app.add_exception_handler(DataError, _on_data)
    app.add_exception_handler(OperationalError, _on_database_gone)
    app.add_exception_handler(Exception, _on_surprise)


def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(request, error)


def _on_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"pointer": _pointer(one["loc"]), "detail": one["msg"]} for one in error.errors()]
    title = label("problem.request-not-valid.title", language_of(request))
    body = {
        "type": "/problems/request-not-valid",
        "title": title,
        "status": 422,
        "instance": request.url.path,
        "detail": "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors[:5]),
        "field": errors[0]["pointer"] if errors else None,
        "errors": errors,
    }
    return JSONResponse(body, status_code=422, media_type=MEDIA_TYPE)


def _pointer(location: tuple[Any, ...]) -> str:
    return "/" + "/".join(str(part) for part in location[1:]) if len(location) > 1 else f"/{location[0]}"


def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    slug = {404: "route-not-found", 405: "method-not-allowed"}.get(error.status_code, "request-refused")
    title = label(f"problem.{slug}.title", language_of(request))
    body = {"type": f"/problems/{slug}", "title": title, "status": error.status_code, "instance": request.url.path}
    return JSONResponse(body, status_code=error.status_code, media_type=MEDIA_TYPE, headers=error.headers)


def _on_stale(request: Request, _: Exception) -> JSONResponse:
    return answer(request, VersionMismatch())


class AlreadyThere(Conflict):
    """This clashes with something that is already there."""


def _on_integrity(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, IntegrityError)
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return answer(request, AlreadyThere(constraint=constraint))


class NotStorable(Invalid):
    """The request holds a character or a number that cannot be stored."""


#: What PostgreSQL says of a value it cannot keep: NUL characters, broken surrogates, numbers too large.
NOT_STORABLE = frozenset({"22P05", "22P02", "22021", "22003"})


def _on_data(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DataError)
    # without a state the driver refused the value before it was sent
    if getattr(error.orig, "sqlstate", None) in {*NOT_STORABLE, None}:
        return answer(request, NotStorable())
    return _on_surprise(request, error)


class DatabaseUnavailable(Unavailable):
    """The database does not answer; please try again in a moment."""


def _on_database_gone(request: Request, error: Exception) -> JSONResponse:
    get_log().error("database_unavailable", error=str(error).splitlines()[0])
    return answer(request, DatabaseUnavailable())


def _on_surprise(request: Request, error: Exception) -> JSONResponse:
    trace = uuid4().hex[:12]
    get_log().error("request_failed", trace_id=trace, path=request.url.path, exc_info=error)
    title = label("problem.internal.title", language_of(request))
    body = {"type": "/problems/internal", "title": title, "status": 500, "instance": request.url.path, "trace": trace}
    return JSONResponse(body, status_code=500, media_type=MEDIA_TYPE)
