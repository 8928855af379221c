"""The one place that imports numba, and the switch that turns it off.

numba looks for PyPI's coverage.py under the name of our ``coverage`` package and fails on what it finds, so our package is hidden
while numba is imported. Without numba (no wheel for the machine, or ``GEOWARDEN_COMPILED=0``) every kernel has a NumPy twin that
gives the same numbers, slower.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
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
    if _numba is None:
        return function
    made: F = _numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return made
