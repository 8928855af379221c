"""The application as uvicorn imports it: settings from the environment, logins of the demo if it is on."""

from __future__ import annotations

from threading import Thread

from fastapi import FastAPI

from api.app import create_app
from coverage.kernel.measuring import warm_up
from foundation.settings import load_settings
from ops.demo.logins import DEMO_LOGINS


def application() -> FastAPI:
    """Factory for ``uvicorn --factory``."""
    settings = load_settings()
    # making machine code takes some seconds once, and loading it half a second: no request should wait for either
    Thread(target=warm_up, daemon=True).start()
    return create_app(settings, demo_logins=DEMO_LOGINS if settings.server.demo else ())
