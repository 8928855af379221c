"""The application: settings and a database in, an ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.types import ASGIApp

# registering jobs and reactions is what importing these is for; each line says so, lest a tool takes one away
import access.housekeeping  # noqa: F401
import coverage.jobs
import coverage.plans.reactions
import coverage.reactions
import coverage.reports.making  # noqa: F401
import incidents.overdue  # noqa: F401
import insights.live.logging
import insights.search.indexing  # noqa: F401
import sites.heartbeats
import sites.reactions  # noqa: F401
import tiles.imagery.ingesting
import tiles.pyramid.keeping
import tiles.reactions  # noqa: F401
from api import live, meta
from api.access import api_keys, audit, grants, organisations, session, users
from api.coverage import catalogue, measured, placement, plans, reports, scenes
from api.imagery import imagery, stac, surfaces, uploads
from api.imagery import tiles as imagery_tiles
from api.incidents import incidents as incident_routes
from api.insights import screen, search
from api.problems import install_problems
from api.sites import (
    boundaries,
    calibrations,
    camera_lists,
    camera_pictures,
    cameras,
    cranes,
    devices,
    districts,
    files,
    openings,
    plots,
    progress,
    projects,
    surroundings,
    terminals,
    versions,
)
from api.sites import sites as sites_routes
from api.tiles import basemaps, vector
from api.vision import video
from foundation.database import Database, open_database
from foundation.listening import Listener
from foundation.log import configure_log
from foundation.settings import Settings, load_settings
from insights.search.postgres import PostgresEngine
from sites.visibility import visible_sites
from vision.media.embedded import EmbeddedGateway, clear, live_folder

API = "/api/v1"
#: Requests larger than this are refused before they are read.
LARGEST_BODY_BYTES = 25 * 1024 * 1024
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
        "media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
}
API_ROUTERS = (
    session,
    users,
    grants,
    organisations,
    api_keys,
    audit,
    sites_routes,
    openings,
    plots,
    versions,
    boundaries,
    files,
    progress,
    devices,
    districts,
    projects,
    cameras,
    cranes,
    calibrations,
    camera_lists,
    camera_pictures,
    terminals,
    surroundings,
    catalogue,
    scenes,
    measured,
    placement,
    plans,
    reports,
    screen,
    search,
    video,
    incident_routes,
    uploads,
    imagery_tiles,
    imagery,
    surfaces,
    live,
)


def create_app(settings: Settings | None = None, *, database: Database | None = None, demo_logins: Sequence[Any] = ()) -> FastAPI:
    """The whole product over HTTP. ``database`` is given by tests; otherwise it is opened from the settings."""
    settings = settings or load_settings()
    configure_log(settings.log)
    opened = database or open_database(settings.database, visible_sites)

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        yield
        running.state.listener.stop()
        if database is None:
            opened.engine.dispose()

    app = FastAPI(
        title="geowarden", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=f"{API}/openapi.json"
    )
    app.state.settings, app.state.database, app.state.demo_logins = settings, opened, demo_logins
    clear(live_folder(settings.data))
    app.state.listener, app.state.streams = Listener(settings.database), live.Streams()
    app.state.gateway = EmbeddedGateway(live_folder(settings.data), settings.streams)
    app.state.search = PostgresEngine()
    install_problems(app)
    app.add_middleware(Edge)
    for module in API_ROUTERS:
        app.include_router(module.router, prefix=API)
    for root in (meta, vector, basemaps, stac):
        app.include_router(root.router)
    if settings.server.web_folder is not None:
        serve_web(app, settings.server.web_folder)
    return app


class Edge(BaseHTTPMiddleware):
    """Bind the request to the log, refuse bodies that are too large, and set the headers every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app)

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Around every request."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=f"{request.method} {request.url.path}")
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
            return Response(status_code=413)
        response = await call_next(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.url.path.startswith(API):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def serve_web(app: FastAPI, folder: Path) -> None:
    """The built web application: hashed assets for ever, everything else the page itself, so that deep links work."""
    root = folder.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    def web(request: Request, path: str) -> Response:
        wanted = (root / path).resolve()
        inside = wanted.is_relative_to(root) and wanted.is_file() and not path.endswith(".gz")
        file = wanted if inside else root / "index.html"
        if not inside and (path.startswith(("api/", "tiles/", "basemap/", "stac/", "assets/"))):
            raise HTTPException(status_code=404)
        packed = file.with_name(file.name + ".gz")
        headers = {"Cache-Control": "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"}
        if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
            media_type = FileResponse(file).media_type
            return FileResponse(
                packed, media_type=media_type, headers=headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            )
        return FileResponse(file, headers=headers)
