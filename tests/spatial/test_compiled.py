"""numba and our package ``coverage`` live in one process, in either order of import, and numba can be turned off."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CALL = "import numpy as np; print(float(compiled(lambda x: x.sum())(np.ones(3))), COMPILED)"


def run(code: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("order", ["import coverage.states; from spatial.compiled import *", "from spatial.compiled import *"])
def test_numba_does_not_meet_our_coverage(order: str) -> None:
    ours = "import coverage.states, sys; assert coverage.states is sys.modules['coverage.states']"
    assert run(f"{order}\nfrom spatial.compiled import COMPILED, compiled\n{ours}\n{CALL}") == "3.0 True"


def test_without_numba_the_plain_function_runs() -> None:
    assert run(f"from spatial.compiled import COMPILED, compiled\n{CALL}", GEOWARDEN_COMPILED="0") == "3.0 False"
