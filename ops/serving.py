"""The application as uvicorn imports it: settings from the environment, logins of the demo if it is on."""

from __future__ import annotations

from fastapi import FastAPI

from api.app import create_app
from foundation.settings import load_settings
from ops.demo.logins import DEMO_LOGINS


def application() -> FastAPI:
    """Factory for ``uvicorn --factory``."""
    settings = load_settings()
    return create_app(settings, demo_logins=DEMO_LOGINS if settings.server.demo else ())
