"""numba and our package ``coverage`` live in one process, in either order of import, and numba can be turned off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL = """
from spatial.compiled import COMPILED, compiled

@compiled
def total(x):
    whole = 0.0
    for one in x:
        whole += one
    return whole
"""
CALL = "import coverage.states, sys; assert coverage.states is sys.modules['coverage.states']\nprint(total(np.ones(3)), COMPILED)"


def run(first: str, folder: Path, **environment: str) -> str:
    file = folder / "kernel_of_a_test.py"
    file.write_text(f"{first}\nimport numpy as np\n{KERNEL}\n{CALL}\n")
    variables = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | environment
    done = subprocess.run([sys.executable, str(file)], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("first", ["import coverage.states", ""])
def test_numba_does_not_meet_our_coverage(first: str, tmp_path: Path) -> None:
    assert run(first, tmp_path) == "3.0 True"


def test_without_numba_the_plain_function_runs(tmp_path: Path) -> None:
    assert run("", tmp_path, GEOWARDEN_COMPILED="0") == "3.0 False"
