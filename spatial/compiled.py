"""The one place that imports numba, and the switch that turns it off.

numba looks for PyPI's coverage.py under the name of our ``coverage`` package and fails on what it finds, so our package is hidden
while numba is imported. Without numba (no wheel for the machine, or ``GEOWARDEN_COMPILED=0``) every kernel has a NumPy twin that
gives the same numbers, slower.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def _numba_without_our_coverage() -> ModuleType | None:
    if os.environ.get("GEOWARDEN_COMPILED") == "0":
        return None
    ours = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "coverage"}
    for name in ours:
        del sys.modules[name]
    # None makes ``import coverage`` an ImportError, which numba expects where coverage.py is not installed
    sys.modules["coverage"] = None  # type: ignore[assignment]
    try:
        import numba
    except ImportError:
        return None
    finally:
        del sys.modules["coverage"]
        sys.modules.update(ours)
    return numba


_numba = _numba_without_our_coverage()
#: Are kernels compiled in this process?
COMPILED = _numba is not None


def compiled(function: F) -> F:
    """The function as machine code, cached on disk; the plain function where numba is not to be had."""
    return _made(function)


def inlined(function: F) -> F:
    """A small function that becomes part of the compiled ones that call it: handing over arrays costs more than what it does."""
    return _made(function, inline="always")


def _made(function: F, **options: Any) -> F:
    if _numba is None:
        return function
    folder = _cache_for(Path(function.__code__.co_filename).parent)
    if folder is not None:
        _numba.config.CACHE_DIR = str(folder)
    made: F = _numba.njit(cache=folder is not None, nogil=True, error_model="numpy", **options)(function)
    return made


def _cache_for(sources: Path) -> Path | None:
    """A folder for machine code made from the sources as they are; None where nothing can be written.

    numba looks only at the file of the function itself, and would go on with what it once compiled when a function that is called
    has changed. So the folder is named by the contents of all folders that compiled functions came from so far; who is called is
    imported before who calls.
    """
    _sources.setdefault(sources, _contents(sources))
    name = hashlib.sha256("".join(sorted(_sources.values())).encode()).hexdigest()[:16]
    base = os.environ.get("NUMBA_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geowarden"
    folder = Path(base) / f"kernel-{name}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


_sources: dict[Path, str] = {}


def _contents(folder: Path) -> str:
    """What the Python files of a folder hold, in short."""
    made = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        made.update(path.read_bytes())
    return made.hexdigest()
