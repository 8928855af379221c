"""Running every check and every test, and saying where the first one failed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from ops.home import ROOT

PACKAGES = (
    "foundation",
    "spatial",
    "access",
    "sites",
    "coverage",
    "vision",
    "incidents",
    "people",
    "insights",
    "tiles",
    "integrations",
    "api",
    "ops",
)
BIN = Path(sys.executable).parent


def checks() -> list[tuple[str, list[str], Path]]:
    """Style, types and architecture of both halves."""
    web = ROOT / "web_map"
    return [
        ("ruff", [str(BIN / "ruff"), "check", "."], ROOT),
        ("mypy", [str(BIN / "mypy"), *PACKAGES], ROOT),
        ("import-linter", [str(BIN / "lint-imports"), "--no-cache"], ROOT),
        ("front-end lint", ["npm", "run", "--silent", "lint"], web),
        ("front-end types", ["npm", "run", "--silent", "typecheck"], web),
    ]


def run_checks() -> int:
    """All checks; the number that failed."""
    return sum(_run(*one) for one in checks())


def run_tests(arguments: list[str], *, quick: bool) -> int:
    """Checks, unit tests of the front end, then pytest; with a browser unless ``quick``."""
    failed = run_checks()
    failed += _run("front-end tests", ["npm", "run", "--silent", "test"], ROOT / "web_map")
    marks = ["-m", "not browser"]
    failed += _run("pytest", [sys.executable, "-m", "pytest", "-n", "2", *marks, *arguments], ROOT)
    if not quick:
        failed += _run("browser tests", [sys.executable, "-m", "pytest", "-m", "browser", *arguments], ROOT)
    print(f"\n{'everything passed' if not failed else f'{failed} of the steps above failed'}", flush=True)
    return 1 if failed else 0


def _run(name: str, command: list[str], folder: Path) -> int:
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=folder, check=False, stdin=subprocess.DEVNULL).returncode
    print(f"== {name}: {'ok' if code == 0 else f'failed ({code})'} in {time.monotonic() - began:.0f} s", flush=True)
    return 0 if code == 0 else 1
