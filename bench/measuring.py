"""What the benchmarks share: how a figure is taken, and the line it is printed as."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

#: A machine busier than this per core gives figures about its other work.
BUSIEST_LOAD_PER_CORE = 0.7


def refuse_a_busy_machine() -> None:
    """Leave with a sentence when other work would be measured along."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    if load > BUSIEST_LOAD_PER_CORE and "--anyway" not in sys.argv:
        sys.exit(f"The machine is busy ({load:.1f} per core): wait, or give --anyway.")


def seconds(work: Callable[[], object], *, repeats: int = 5) -> float:
    """The best of ``repeats`` runs, in seconds of CPU time of this process."""
    found = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def percentiles_ms(work: Callable[[], object], *, runs: int) -> dict[str, float]:
    """p50, p95 and p99 of wall time in milliseconds over ``runs`` runs, after one run to warm up."""
    work()
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1e3)
    return {f"p{q}_ms": round(float(np.percentile(found, q)), 2) for q in (50, 95, 99)}


def report(name: str, **figures: Any) -> None:
    """Print the figures as one JSON line, with the commit and the machine."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    machine = {"cpus": os.cpu_count(), "cpu": _cpu_name(), "python": platform.python_version()}
    print(json.dumps({"bench": name, "commit": commit, **figures, "machine": machine}, ensure_ascii=False))


def _cpu_name() -> str:
    try:
        lines = open("/proc/cpuinfo").read().splitlines()  # noqa: SIM115, PTH123
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())
