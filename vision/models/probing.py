"""Trying a model out in a process of its own, with little time and memory: what it does there, it does to nobody.

``probe(folder)`` is called where people register models; ``python -m vision.models.probing FOLDER`` is what it starts.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import vision.errors
from foundation.problems import Problem
from vision.errors import ModelDoesNotLoad, ModelProcessGone, ModelTooHungry
from vision.models.store import checked_file

PROBE_S, PROBE_MB = 10, 3072
#: A process that cannot get memory ends with one of these, or says so.
_ENDED_FOR_MEMORY = {-6, -9, 134, 137}
_SIGNS_OF_HUNGER = ("bad_alloc", "MemoryError", "allocate memory", "bad allocation")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A model that was loaded and run."""

    ms_per_look: float
    kinds: tuple[str, ...]


def probe(folder: Path, *, limit_s: float = PROBE_S, limit_mb: int = PROBE_MB) -> Proof:
    """Load and run a model in a fresh process; the sentence that says what is wrong otherwise."""
    checked_file(folder)
    command = [sys.executable, "-m", "vision.models.probing", str(folder), str(limit_mb)]
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "LANG", "HOME"}}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    root = Path(__file__).parents[2]
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelTooHungry(field="/file", limit_s=limit_s, limit_mb=limit_mb) from error
    except OSError as error:
        raise ModelProcessGone from error
    if done.returncode in _ENDED_FOR_MEMORY or any(sign in done.stderr for sign in _SIGNS_OF_HUNGER):
        raise ModelTooHungry(field="/file", limit_s=limit_s, limit_mb=limit_mb)
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise ModelDoesNotLoad(field="/file") from error
    if "problem" in answer:
        raise getattr(vision.errors, answer["problem"])(**answer["members"])
    return Proof(ms_per_look=answer["ms_per_look"], kinds=tuple(answer["kinds"]))


def _try_out(folder: Path, limit_mb: int) -> dict[str, object]:
    import numpy as np

    from vision.models.runtime import Detector, become_model_process

    become_model_process()
    limit = limit_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        detector = Detector(folder)
        detector.prove()
        picture = np.full((720, 1280, 3), 127, np.uint8)
        detector.detect(picture)
        began = time.perf_counter()
        detector.detect(picture)
    except Problem as problem:
        return {"problem": type(problem).__name__, "members": problem.members}
    return {"ms_per_look": round((time.perf_counter() - began) * 1e3, 2), "kinds": sorted(detector.kinds)}


if __name__ == "__main__":
    print(json.dumps(_try_out(Path(sys.argv[1]), int(sys.argv[2]))))
